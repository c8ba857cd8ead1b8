"""The app's own list of accounts, a screenful at a time.

It is read downwards only: a sheet that is pulled down at its top closes. A scrolled list may show
nothing that tells the sheet apart from others, so rows are then known by where they stand: as wide
as those of the first screenful, in something that scrolls.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence

from tmcore.apps.profile import name_of
from tmcore.phone.screen import Node, Screen
from tmcore.scripts.post.screens import PAUSE_S, Screens
from tmcore.scripts.script import Run

FILL_LOOKS = 4  # at a list of accounts that may still be filling
END_SCROLLS = 2  # that bring nothing new: one may be lost
OLD_LOOKS = 3  # after a scroll: a slow phone still shows where the list was
MOST_SCREENFULS = 20  # each brings at least one account
REST_S = 0.5  # until a list that was moved stands still
NAME = re.compile(r"@?[a-z0-9._]{1,64}(,.*)?", re.IGNORECASE)


class AccountList:
    """What is known of the list that is open."""

    def __init__(self, run: Run, screens: Screens, sheet: Screen) -> None:
        self._run, self._screens, self.sheet = run, screens, sheet
        self.names: dict[str, None] = {}  # in the order in which they were seen
        self._edges: tuple[int, int] | None = None  # left and right of each row

    async def row_of(self, wanted: str) -> Node | None:
        """Return what to tap for this account, in `sheet`; None where the list does not have it."""
        async for rows in self._screenfuls():
            if match := self._screens.match("account_row", self.sheet, wanted):
                return match.tap_node
            if row := next((row for row in rows if name_of(row) == wanted), None):
                return self.sheet.tappable(row)
        return None

    async def read(self, owner: str) -> tuple[str, ...]:
        """Read the whole list; it has filled when the open account is in it."""
        async for rows in self._screenfuls():
            if owner in self.names and not _scroller(rows):
                break
        return tuple(self.names)

    async def _screenfuls(self) -> AsyncIterator[Sequence[Node]]:
        """Yield the rows in sight, and scroll where that can bring more."""
        idle = 0
        for _ in range(MOST_SCREENFULS):
            rows, known = self._rows(), len(self.names)
            self.names |= dict.fromkeys(map(name_of, rows))
            idle = 0 if len(self.names) > known else idle + 1
            yield rows
            if idle >= (END_SCROLLS if _scroller(rows) else FILL_LOOKS):
                return
            await self._go_on(rows)

    async def _go_on(self, rows: Sequence[Node]) -> None:
        if not _scroller(rows):
            await asyncio.sleep(PAUSE_S)
            self.sheet = await self._screens.until("account_switcher")
            return
        first, last = rows[0].bounds, rows[-1].bounds
        distance = max(last.center[1] - first.center[1], round(0.8 * first.height))
        x, y = last.center
        await self._run.phone.swipe(x, y, x, y - distance)
        for _ in range(OLD_LOOKS):
            await asyncio.sleep(REST_S)
            await self._look()
            if any(name_of(row) not in self.names for row in self._rows()):
                return

    async def _look(self) -> None:
        self.sheet = await self._run.phone.look()
        self._screens.refuse_block(self._screens.profile.recognise(self.sheet))
        if not self._rows():  # something is over it
            self.sheet = await self._screens.until("account_switcher", screen=self.sheet)

    def _rows(self) -> Sequence[Node]:
        rows = self._screens.profile.nodes("accounts", self.sheet)
        if rows:
            box = self.sheet.tappable(rows[0]).bounds
            self._edges = (box.left, box.right)
            return rows
        return [node for node in self.sheet.visible if self._is_row(node)]

    def _is_row(self, node: Node) -> bool:
        box = node.bounds
        return (
            node.clickable
            and (box.left, box.right) == self._edges
            and NAME.fullmatch(node.plain_text or node.plain_desc) is not None
            and _scroller((node,)) is not None
        )


def _scroller(rows: Sequence[Node]) -> Node | None:
    """Return what the rows scroll in, if they do."""
    return next((node for row in rows[:1] for node in row.ancestors if node.scrollable), None)
