"""The gallery: its tab, and several tiles in the operator's order.

The files were pushed so that the operator's first is the newest, and the apps number what is
selected in the order of the taps: so the tiles are tapped in the order in which they stand. What is
selected is always a beginning of the grid; the next tile is the one behind the last that is marked.
After each screenful it is read back: the marks, the numbers, and how many the button counts.
"""

import asyncio
import re

from tmcore.apps.profile import label
from tmcore.errors import ScriptFailed
from tmcore.phone.screen import Node, Screen
from tmcore.reasons import Reason
from tmcore.scripts.post.screens import PAUSE_S, Screens
from tmcore.scripts.script import Run

MOST_SCREENFULS = 40  # each brings at least one row of tiles
READ_BACKS, READ_BACK_S = 4, 6.0  # how long marks may take to appear after the taps
REST_S = 0.5  # until a list that was moved stands still
WHOLE = 0.9  # of the tallest: a tile that is cut off has its middle below something else


class Picking:
    """Selects in the gallery that is in sight."""

    def __init__(self, run: Run, screens: Screens) -> None:
        self._run, self._phone, self._screens = run, run.phone, screens

    async def turn_to(self, tab: str, gallery: Screen) -> Screen:
        """List nothing but the kind of file that is wanted, where the app has a tab for it."""
        node = self._screens.first(tab, gallery) if tab else None
        if node is None or node.selected or gallery.tappable(node).selected:
            return gallery
        await self._phone.tap(gallery.tappable(node))
        return await self._screens.until("gallery")

    async def pick(self, gallery: Screen, count: int) -> Screen:
        """Select the first `count` tiles in order; return the gallery as it then is."""
        gallery = await self._take_several(gallery)
        picked = self._picked_before(gallery)
        for _ in range(MOST_SCREENFULS):
            tiles = self._next_tiles(gallery, picked)[: count - picked]
            for tile in tiles:
                await self._phone.tap(self._circle(tile, gallery))
            if tiles:
                gallery = await self._read_back(tiles, picked)
                picked += len(tiles)
            if picked == count:
                return gallery
            gallery = await self._scroll(gallery)
        raise ScriptFailed(
            Reason.TARGET_MISSING, f"the gallery offers {picked} files to select, not {count}"
        )

    async def _take_several(self, gallery: Screen) -> Screen:
        if self._screens.shows("several_on", gallery):
            return gallery
        switch = self._screens.first("select_multiple", gallery)
        if switch is None:
            raise ScriptFailed(Reason.TARGET_MISSING, "the gallery offers no selecting of several")
        await self._phone.tap(gallery.tappable(switch))
        return await self._screens.until("gallery")

    def _picked_before(self, gallery: Screen) -> int:
        """Count what is selected from the start: Instagram begins with the newest."""
        tiles = self._tiles(gallery)
        marked = [place for place, tile in enumerate(tiles) if self._is_marked(tile, gallery)]
        if marked != list(range(len(marked))):
            raise ScriptFailed(
                Reason.UNKNOWN_SCREEN, "other files than the newest are selected from the start"
            )
        return len(marked)

    def _next_tiles(self, gallery: Screen, picked: int) -> list[Node]:
        """Return the tiles in sight that come after what is selected."""
        tiles = self._tiles(gallery)
        marked = [place for place, tile in enumerate(tiles) if self._is_marked(tile, gallery)]
        if marked:
            tiles = tiles[marked[-1] + 1 :]
        elif picked:
            raise ScriptFailed(
                Reason.UNKNOWN_SCREEN, f"{picked} files were selected, and the gallery marks none"
            )
        tallest = max((tile.bounds.height for tile in tiles), default=0)
        return [tile for tile in tiles if tile.bounds.height >= WHOLE * tallest]

    async def _read_back(self, tiles: list[Node], before: int) -> Screen:
        """Look until each tile that was tapped is marked, with its number where it has one."""
        begun, looks = asyncio.get_running_loop().time(), 0
        while True:
            gallery = await self._screens.until("gallery")
            looks += 1
            wrong = self._wrong(tiles, before, gallery)
            if not wrong:
                return gallery
            if looks >= READ_BACKS and asyncio.get_running_loop().time() - begun >= READ_BACK_S:
                raise ScriptFailed(Reason.UNKNOWN_SCREEN, f"the selection went wrong: {wrong}")
            await asyncio.sleep(PAUSE_S)

    def _wrong(self, tiles: list[Node], before: int, gallery: Screen) -> str:
        """Say what the gallery shows else than these tiles as the next ones."""
        for number, tile in enumerate(tiles, before + 1):
            if not self._is_marked(tile, gallery):
                return f"file {number} is not marked"
            said = self._number(tile, gallery)
            if said not in (None, number):
                return f"file {number} is marked as {said}"
        counted = re.search(r"\d+", self._screens.text("gallery_next", gallery) or "")
        if counted and int(counted[0]) != before + len(tiles):
            return f"the app counts {counted[0]}, not {before + len(tiles)}"
        return ""

    async def _scroll(self, gallery: Screen) -> Screen:
        """Move on so far that the last selected tile stays in sight."""
        tiles = self._tiles(gallery)
        if not tiles:
            raise ScriptFailed(Reason.TARGET_MISSING, "the gallery shows no files")
        row = max(tile.bounds.height for tile in tiles)
        top, bottom = tiles[0].bounds.top, tiles[-1].bounds.bottom
        distance = max(round(0.8 * row), bottom - top - round(1.5 * row))
        x = tiles[0].bounds.center[0]
        await self._phone.swipe(x, top + distance + row // 4, x, top + row // 4)
        await asyncio.sleep(REST_S)
        return await self._screens.until("gallery")

    def _tiles(self, gallery: Screen) -> list[Node]:
        return list(self._screens.profile.nodes("tiles", gallery))

    def _is_marked(self, tile: Node, gallery: Screen) -> bool:
        return any(_holds(tile, mark) for mark in self._screens.profile.nodes("picked", gallery))

    def _number(self, tile: Node, gallery: Screen) -> int | None:
        marks = self._screens.profile.nodes("numbers", gallery)
        inside = [label(mark) for mark in marks if _holds(tile, mark)]
        return int(inside[0]) if inside else None

    def _circle(self, tile: Node, gallery: Screen) -> Node:
        """Return what selects a tile: the circle in its corner, or where there is none, itself."""
        circles = self._screens.profile.nodes("circles", gallery)
        inside = [circle for circle in circles if _holds(tile, circle)]
        return max(inside, key=lambda node: node.bounds.area, default=tile)


def _holds(tile: Node, node: Node) -> bool:
    return tile.bounds.holds(node.bounds.center)
