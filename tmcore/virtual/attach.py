"""Keeps the phones attached to an adb server, which forgets TCP devices when it restarts."""

import asyncio
import time
from collections.abc import Callable, Iterable

from tmcore.virtual.phone import Phone

_INTERVAL_S = 1.0
_STALE_S = 1.5  # after this adb's own retries come only every 3 s
_ANSWER_S = 12.0


class Attacher:
    """Looks at the server's list once a second, and at once when a phone changes."""

    def __init__(self, port: int, phones: Callable[[], Iterable[Phone]]) -> None:
        self._port, self._phones = port, phones
        self._connecting: dict[str, asyncio.Task[None]] = {}
        self._lost_at: dict[str, float] = {}
        self._poke = asyncio.Event()

    async def run(self) -> None:
        """For ever."""
        while True:
            await self.look()
            self._poke.clear()
            try:
                await asyncio.wait_for(self._poke.wait(), _INTERVAL_S)
            except TimeoutError:
                continue

    def poke(self) -> None:
        """Something changed: look now."""
        self._poke.set()

    async def wait_for(self, phone: Phone, timeout_s: float = 6.0) -> bool:
        """Until adb shows a plugged phone as a device, and an unplugged one not at all."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            listed = await self._listed()
            if listed is None:
                return False
            state = listed.get(phone.cable.address)
            if state == "device" if phone.cable.plugged else state is None:
                return True
            await self.look()
            await asyncio.sleep(0.02)
        return False

    async def look(self) -> None:
        """Attach what is missing, detach what is unplugged."""
        listed = await self._listed()
        if listed is None:
            return
        for phone in self._phones():
            address, state = phone.cable.address, listed.get(phone.cable.address)
            if not phone.cable.plugged:
                if state is not None:
                    await self._detach(address)
            elif state is None:
                self._connect(address)
            elif state == "offline":
                await self._unstick(phone)
            else:
                self._lost_at.pop(address, None)

    async def forget(self, phone: Phone) -> None:
        """A phone leaves the rack."""
        await self._detach(phone.cable.address)

    async def _unstick(self, phone: Phone) -> None:
        """A healthy phone that adb lost is faster back by a new connect than by adb's retries."""
        address = phone.cable.address
        if phone.cable.connected:
            self._lost_at.pop(address, None)
        elif time.monotonic() - self._lost_at.setdefault(address, time.monotonic()) > _STALE_S:
            del self._lost_at[address]
            await self._detach(address)
            self._connect(address)

    def _connect(self, address: str) -> None:
        """Beside the others: a frozen phone takes ten seconds to fail."""
        if address not in self._connecting:
            task = asyncio.create_task(self._ask_quietly(f"host:connect:{address}"))
            self._connecting[address] = task
            task.add_done_callback(lambda _: self._connecting.pop(address, None))

    async def _detach(self, address: str) -> None:
        await self._ask_quietly(f"host:disconnect:{address}")

    async def _listed(self) -> dict[str, str] | None:
        """States by address, or None when no server answers."""
        try:
            text = await self._ask("host:devices")
        except (OSError, EOFError, TimeoutError, ValueError):
            return None
        return dict(line.split("\t") for line in text.splitlines() if "\t" in line)

    async def _ask_quietly(self, request: str) -> None:
        try:
            await self._ask(request)
        except (OSError, EOFError, TimeoutError, ValueError):
            return

    async def _ask(self, request: str) -> str:
        """One request of the smart-socket protocol."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            async with asyncio.timeout(_ANSWER_S):
                writer.write(f"{len(request):04x}{request}".encode())
                status = await reader.readexactly(4)
                size = int(await reader.readexactly(4), 16)
                text = (await reader.readexactly(size)).decode(errors="replace")
        finally:
            writer.close()
        return text if status == b"OKAY" else ""
