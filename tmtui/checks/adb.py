"""Checks of adb: the binaries on this machine, and the server that they talk to."""

import asyncio
import re
import shutil
import socket
import subprocess
from pathlib import Path

from adbutils import AdbClient, adb_path

from tmcore.errors import AdbUnreachable
from tmcore.phone.server import AdbServer
from tmtui.checks.check import Check, fail, ok, warn

_ANSWER_S = 10.0


def binary() -> Check:
    """The adb that starts a server for us."""
    path = _ours()
    version = _version(path)
    if version is None:
        return fail("adb", f"{path} does not run", "make install, or set ADBUTILS_ADB_PATH")
    return ok("adb", f"{version} at {path}")


async def server() -> Check:
    """Whether an adb server answers, and is one that our adb and the PATH's leave alive."""
    try:
        adb = AdbServer.from_environment()
    except AdbUnreachable as error:
        return fail("adb server", str(error), "correct the variable, or unset it")
    if not await adb.reachable():
        return await _silent(adb)
    others = {str(path): said for path in _binaries() if (said := _version(path))}
    running = _running(adb)
    if clash := [path for path, said in others.items() if not said.startswith(running)]:
        return warn(
            "adb server",
            f"{running} at {adb}, but {', '.join(clash)} is another version",
            "use one adb: two versions kill each other's server, and the phones with it",
        )
    return ok("adb server", f"{running} at {adb}")


async def _silent(adb: AdbServer) -> Check:
    try:
        await adb.check()
    except AdbUnreachable as error:
        if "not an adb server" in str(error) or "2019" in str(error):
            return fail("adb server", str(error), "stop it, or set ANDROID_ADB_SERVER_PORT")
    if await asyncio.to_thread(_is_taken, adb):
        found = f"what listens at {adb} is not an adb server"
        return fail("adb server", found, "stop it, or set ANDROID_ADB_SERVER_PORT")
    return warn("adb server", f"none answers at {adb}", "nothing: tm serve starts one there")


def _is_taken(adb: AdbServer) -> bool:
    try:
        socket.create_connection((adb.host, adb.port), timeout=_ANSWER_S).close()
    except OSError:
        return False
    return True


def _ours() -> Path:
    return Path(adb_path())


def _binaries() -> list[Path]:
    found = shutil.which("adb")
    return list(dict.fromkeys([_ours(), *([Path(found)] if found else [])]))


def _version(path: Path) -> str | None:
    """Ask the binary itself: `1.0.41`, whose last number is what server and client compare."""
    try:
        said = subprocess.run([path, "version"], capture_output=True, timeout=_ANSWER_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(rb"version (\d+\.\d+\.\d+)", said.stdout)
    return found[1].decode() if found else None


def _running(adb: AdbServer) -> str:
    return f"1.0.{AdbClient(adb.host, adb.port, socket_timeout=_ANSWER_S).server_version()}"
