"""`python -m tmserve --db FILE --port N`: the server without the console."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from tmcore.errors import TmError
from tmserve import logs
from tmserve.app import HOST, PORT, Server
from tmserve.entrance import Entrance
from tmserve.service import serve


def main() -> int:
    """Serve until SIGTERM or SIGINT; 0, or 1 with a sentence on stderr."""
    args = _arguments()
    os.umask(0o077)  # what is written here is this user's alone
    logs.set_up()
    try:
        entrance = Entrance(
            args.host,
            args.tls_cert,
            args.tls_key,
            args.behind_proxy,
            tuple(args.allow_host),
            tuple(args.allow_origin),
        )
        asyncio.run(serve(args.db, port=args.port, ready=_say, entrance=entrance))
    except TmError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tmserve", description=__doc__)
    parser.add_argument("--db", type=Path, required=True, help="the database file")
    parser.add_argument("--host", default=HOST, help="default: %(default)s")
    parser.add_argument(
        "--port", type=int, default=PORT, help="default: %(default)s; 0: a free one"
    )
    parser.add_argument("--tls-cert", type=Path, help="a PEM file, with its chain")
    parser.add_argument("--tls-key", type=Path, help="a PEM file")
    parser.add_argument("--behind-proxy", action="store_true", help="a proxy in front speaks TLS")
    parser.add_argument("--allow-host", action="append", default=[], help="another name it has")
    parser.add_argument("--allow-origin", action="append", default=[], help="a page that may call")
    return parser.parse_args()


def _say(server: Server) -> None:
    print(f"serving at {server.url}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
