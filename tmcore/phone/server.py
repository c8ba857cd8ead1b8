"""The adb server: where it is, whether it answers, and how one is started when somebody asks."""

import asyncio
import os
from contextlib import closing, suppress
from dataclasses import dataclass

from tmcore.errors import AdbUnreachable

_LOCAL = ("127.0.0.1", "localhost")
_OLDEST = 41  # adb 1.0.41, 2019: the first that knows `host:tport`
_ANSWER_S = 3.0
_START_S = 20.0
_CONNECT_S = 15.0


@dataclass(frozen=True)
class AdbServer:
    """An adb server's address."""

    host: str = "127.0.0.1"
    port: int = 5037

    @classmethod
    def from_environment(cls) -> "AdbServer":
        """Read ANDROID_ADB_SERVER_HOST and _PORT, as adb itself does."""
        port = os.environ.get("ANDROID_ADB_SERVER_PORT") or "5037"
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            raise AdbUnreachable(f"ANDROID_ADB_SERVER_PORT is {port!r}, which is no port.")
        return cls(os.environ.get("ANDROID_ADB_SERVER_HOST") or "127.0.0.1", int(port))

    async def reachable(self) -> bool:
        """Whether an adb server answers there."""
        try:
            await self.check()
        except AdbUnreachable:
            return False
        return True

    async def check(self) -> None:
        """Ask for the version. Raises AdbUnreachable, saying what is there instead."""
        try:
            async with asyncio.timeout(_ANSWER_S):
                answer = await self._ask("host:version")
        except (OSError, EOFError) as error:  # TimeoutError is an OSError
            raise AdbUnreachable(
                f"No adb server answers at {self}; start one with `adb start-server`."
            ) from error
        if not answer.startswith(b"OKAY0004"):
            raise AdbUnreachable(f"What listens at {self} is not an adb server.")
        if int(answer[8:], 16) < _OLDEST:
            raise AdbUnreachable(f"The adb server at {self} is from before 2019; update it.")

    async def start(self) -> None:
        """Start one there as a daemon, where none answers. Raises AdbUnreachable if it cannot.

        One that answers is left alone: adb kills a server whose version is not its own.
        """
        if await self.reachable():
            return
        if not self.is_local:
            raise AdbUnreachable(f"{self.host} is another machine; start the adb server there.")
        # no pipes: the daemon would inherit them, and reading them would never end
        start = await asyncio.create_subprocess_exec(
            _adb(), "-P", str(self.port), "start-server",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(_START_S):
                await start.wait()
        except TimeoutError:
            start.kill()
            await start.wait()
        await self.check()

    async def connect(self, address: str) -> str:
        """Let the server reach a phone by Wi-Fi; return what it says. Raises AdbUnreachable."""
        return await self._told(f"host:connect:{address}")

    async def disconnect(self, address: str) -> str:
        """Let the server forget an address; return what it says. Raises AdbUnreachable."""
        return await self._told(f"host:disconnect:{address}")

    @property
    def is_local(self) -> bool:
        """Whether it runs on this computer."""
        return self.host in _LOCAL

    async def reconnect(self, address: str) -> str:
        """Let the server reach one phone anew; return what it says. Raises AdbUnreachable.

        A phone in the network is forgotten by adb's own `reconnect`, so it is connected again.
        """
        if ":" not in address:
            return await self._told(f"host-serial:{address}:reconnect")
        await self._told(f"host:disconnect:{address}")
        return await self._told(f"host:connect:{address}")

    async def reconnect_offline(self) -> str:
        """Let the server reach every phone anew that it calls offline. Raises AdbUnreachable."""
        return await self._told("host:reconnect-offline") or "nothing was offline any more"

    async def restart(self) -> None:
        """End the server and start one in its place. Raises AdbUnreachable.

        One that hangs does not hear of its end; then this fails, and a person must end it.
        """
        with suppress(OSError, EOFError):  # TimeoutError is an OSError
            async with asyncio.timeout(_ANSWER_S):
                reader, writer = await asyncio.open_connection(self.host, self.port)
                with closing(writer):
                    writer.write(b"0009host:kill")
                    await reader.read()  # until it is gone
        await self.start()

    async def _told(self, request: str) -> str:
        """Ask for one text. A peer that says nothing costs the server ten seconds."""
        try:
            async with asyncio.timeout(_CONNECT_S):
                reader, writer = await asyncio.open_connection(self.host, self.port)
                with closing(writer):
                    writer.write(f"{len(request):04x}{request}".encode())
                    await reader.readexactly(4)  # OKAY or FAIL: the words after either tell
                    size = int(await reader.readexactly(4), 16)
                    said = await reader.readexactly(size)
        except (OSError, EOFError, ValueError) as error:  # TimeoutError is an OSError
            raise AdbUnreachable(f"The adb server at {self} did not answer.") from error
        return " ".join(said.decode(errors="replace").split())[:200]

    async def _ask(self, question: str) -> bytes:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        with closing(writer):
            writer.write(f"{len(question):04x}{question}".encode())
            return await reader.readexactly(12)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def _adb() -> str:
    """Find the binary: ADBUTILS_ADB_PATH, the PATH's, or the one in the adbutils wheel."""
    from adbutils import adb_path  # noqa: PLC0415  # loads Pillow and requests: 0.2 s

    return str(adb_path())
