"""A console without a terminal, on a rack in memory: near, in this process, or far, over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from textual.pilot import Pilot

from tests.tui.console.racks import Rack
from tmcore.api import RackApi
from tmserve.app import Server
from tmserve.client import RemoteRack
from tmtui.app import TICK_S, Console, Options

Where = Literal["near", "far"]
PATIENCE_S = 20.0


@asynccontextmanager
async def opened(
    rack: Rack,
    folder: Path,
    size: tuple[int, int] = (120, 30),
    *,
    where: Where = "near",
    **options: Any,
) -> AsyncIterator["Person"]:
    """Open the console on the rack and wait until it shows what there is."""
    async with AsyncExitStack() as stack:
        api: RackApi = rack
        if where == "far":
            server = await stack.enter_async_context(Server(rack, port=0, grace_s=0.1))
            api = await stack.enter_async_context(RemoteRack(server.url))
        folders = {"state": folder / "state.json", "keys": folder / "keys.conf"}
        console = Console(api, Options(**({"where": "test"} | folders | options)))
        pilot = await stack.enter_async_context(console.run_test(size=size))
        person = Person(pilot, console)
        shown = console.table().view
        await person.until(lambda: console.store.live and len(shown.keys) == shown.total, "rows")
        yield person


class Person:
    """Presses keys and reads the screen."""

    def __init__(self, pilot: Pilot[None], console: Console) -> None:
        self.pilot, self.console = pilot, console

    @property
    def text(self) -> str:
        strips = self.console.screen._compositor.render_strips()
        lines = ("".join(segment.text for segment in strip) for strip in strips)
        return "\n".join(line.rstrip() for line in lines)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def sees(self, *words: str) -> str:
        await self.until(lambda: all(word in self.text for word in words), words)
        return self.text

    async def settled(self) -> None:
        """Wait until the screen has stayed the same for longer than a tick."""
        before, same = "", 0
        while same < 4:
            await self.pilot.pause(TICK_S / 3)
            now = self.text
            before, same = now, same + 1 if before == now else 0

    async def until(self, look: Callable[[], object], what: object = "") -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not look():
                    await self.pilot.pause(0.02)
        except TimeoutError:
            raise AssertionError(f"not seen: {what}; on the screen:\n{self.text}") from None
