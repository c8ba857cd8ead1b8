"""`python -m tmserve --db FILE --port N`: the server without the console."""

import argparse
import asyncio
import sys
from pathlib import Path

from tmcore.errors import TmError
from tmserve.app import HOST, PORT, Server
from tmserve.service import serve


def main() -> int:
    """Serve until SIGTERM or SIGINT; 0, or 1 with a sentence on stderr."""
    args = _arguments()
    try:
        asyncio.run(serve(args.db, host=args.host, port=args.port, ready=_say))
    except TmError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tmserve", description=__doc__)
    parser.add_argument("--db", type=Path, required=True, help="the database file")
    parser.add_argument("--host", default=HOST, help="a loopback address (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=PORT, help="default: %(default)s; 0: a free one"
    )
    return parser.parse_args()


def _say(server: Server) -> None:
    print(f"serving at {server.url}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
