"""A server in the background, as adb has one: a dropped SSH line must not end posts.

It runs in a session of its own, writes to a log file beside the database, and is ended by
`tm serve --stop`. Its pid is believed only while /proc says that it is our server.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

from tmcore.errors import ServerUnreachable, TmError
from tmserve.client import RemoteRack

START_S, STOP_S, LOOK_S = 20.0, 25.0, 0.1
LOCAL = ("127.0.0.1", "localhost")
OURS = b"tmtui\0serve"  # how the server's command line begins after the interpreter


async def ensure(url: str, folder: Path, token: str | None = None) -> str:
    """Return what to say: empty where a server answers, else that one was started."""
    if await _answers(url, token):
        return ""
    where = urlsplit(url)
    if where.hostname not in LOCAL:
        raise ServerUnreachable(f"No server answers at {url}; start one there.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = folder / "server.log"
    pid = _start(where.port or 80, log)
    (folder / "server.pid").write_text(str(pid))
    async with asyncio.timeout(START_S):
        while not await _answers(url, token):
            if _has_ended(pid):
                said = log.read_text("utf-8", "replace").strip().splitlines()[-3:]
                raise TmError(f"The server did not start: {' '.join(said)}")
            await asyncio.sleep(LOOK_S)
    return f"started a server in the background ({log}); `tm serve --stop` ends it"


async def stop(folder: Path) -> bool:
    """End the server that was started in the background; False where there is none."""
    file = folder / "server.pid"
    pid = _pid(file)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    async with asyncio.timeout(STOP_S):
        while _is_ours(pid):  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(LOOK_S)
    file.unlink(missing_ok=True)
    return True


async def _answers(url: str, token: str | None) -> bool:
    try:
        async with RemoteRack(url, token) as rack:
            await rack.settings()
    except ServerUnreachable:
        return False
    return True


def _start(port: int, log: Path) -> int:
    """Start it as a leader of its own session and return its pid; it outlives us."""
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    words = [sys.executable, "-m", "tmtui", "serve", "--port", str(port)]
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(sys.executable, words, os.environ, file_actions=files, setsid=True)


def _has_ended(pid: int) -> bool:
    return os.waitpid(pid, os.WNOHANG) != (0, 0)


def _pid(file: Path) -> int | None:
    try:
        pid = int(file.read_text())
    except (OSError, ValueError):
        return None
    return pid if _is_ours(pid) else None


def _is_ours(pid: int) -> bool:
    """Whether this pid is a server of ours that still runs; it may be somebody else's now."""
    try:
        return OURS in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
