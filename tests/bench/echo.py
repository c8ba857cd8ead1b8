"""Sanic with nothing behind it: `python -m tests.bench.echo` prints its port and serves."""

import asyncio
import socket
from typing import Any

from sanic import Request, Sanic, json


async def _echo(request: Request) -> object:
    return json(request.json or {"tasks": [], "total": 0})


async def _main() -> None:
    app: Sanic[Any, Any] = Sanic("echo", configure_logging=False)
    app.config.ACCESS_LOG = False
    app.add_route(_echo, "/echo", methods=["GET", "POST"])  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as sock:
        server = await app.create_server(sock=sock, return_asyncio_server=True)
        assert server is not None
        await server.startup()  # type: ignore[no-untyped-call]  # Sanic's
        await server.start_serving()  # type: ignore[no-untyped-call]
        print(sock.getsockname()[1], flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
