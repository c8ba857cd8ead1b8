"""Several tiles of a gallery that nobody here has seen: in order, or ended by name."""

from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from tests.engine.paper import Bit, Clock, PaperPhone, PaperRun, button, label, pages
from tmcore.apps.catalog import profile_for
from tmcore.errors import ScriptFailed
from tmcore.phone.screen import Node, Screen
from tmcore.scripts.post.picking import Picking
from tmcore.scripts.post.screens import Screens
from tmcore.scripts.script import Deal, Run

ROWS, COLUMNS, SIDE = 4, 3, 359
TOP = 385


@dataclass
class Gallery:
    """A TikTok gallery whose tiles take taps, and which scrolls."""

    total: int
    picked: list[int] = field(default_factory=list)
    first_row: int = 0
    several: bool = False
    starts_with_several: bool = False
    numbers: bool = True
    marks: bool = True
    circles: bool = True
    wrong_at: int = -1  # this tap selects the tile beside
    deaf_at: int = -1  # this tap does nothing
    counts: bool = True
    late: int = 0  # looks that still show the selection before the last taps

    def draw(self) -> list[Bit]:
        shown = range(self.first_row * COLUMNS, min(self.total, (self.first_row + ROWS) * COLUMNS))
        tiles = tuple(self._tile(n, place) for place, n in enumerate(shown))
        following = f"Next ({len(self.picked)})" if self.counts and self.picked else "Next"
        box = Bit(
            (32, 2211, 95, 2274), cls="CheckBox", flags={"checked": str(self.several).lower()}
        )
        return [
            label("Recents", (445, 173, 586, 223)),
            label("Photos", (501, 262, 751, 380)),
            Bit((0, 380, 1080, 2137), cls="GridView", bits=tiles, flags={"scrollable": "true"}),
            Bit(
                (32, 2137, 354, 2337), to="several", cls="RelativeLayout",
                bits=(box, label("Select multiple", (111, 2214, 354, 2261))),
            ),
            button(following, (550, 2123, 1048, 2295), "editor" if self.picked else ""),
        ]  # fmt: skip

    def _tile(self, n: int, place: int) -> Bit:
        left, top = 5 + SIDE * (place % COLUMNS), TOP + 362 * (place // COLUMNS)
        chosen = n in self.picked
        text = str(self.picked.index(n) + 1) if chosen and self.numbers else ""
        flags = {"selected": "true"} if chosen and self.marks else {}
        mark = Bit(
            (left + 275, top + 16, left + 338, top + 79), text, to=f"circle {n}", cls="Button",
            flags=flags,
        )  # fmt: skip
        circle = Bit(
            (left + 238, top, left + 354, top + 116), to=f"circle {n}", cls="FrameLayout",
            bits=(mark,),
        )  # fmt: skip
        inside = (circle,) if self.circles else ((replace(mark, to=""),) if text or flags else ())
        return Bit((left, top, left + 354, top + 357), to=f"tile {n}", bits=inside)


class GalleryPhone(PaperPhone):
    def __init__(self, clock: Clock, gallery: Gallery) -> None:
        super().__init__(clock, pages() | {"gallery": gallery.draw()})
        self.gallery, self.at, self.swipes = gallery, "gallery", 0
        self._tapped = 0

    async def tap(self, node: Node) -> None:
        x, y = node.bounds.center
        hit = [bit for bit in _flat(self.pages["gallery"]) if bit.to and _holds(bit, x, y)][-1].to
        before = self.pages["gallery"]
        kind, _, number = hit.partition(" ")
        if hit == "several":
            self.gallery.several = not self.gallery.several
        elif kind == ("circle" if self.gallery.circles else "tile"):
            self._toggle(int(number))
        else:
            self.at = "editor"  # the tile itself opens
        self.pages["gallery"] = self.gallery.draw()
        self.pages["before"] = before

    async def swipe(self, x: int, y: int, to_x: int, to_y: int) -> None:
        assert x == to_x
        self.swipes += 1
        last = max(0, -(-self.gallery.total // COLUMNS) - ROWS)
        self.gallery.first_row = min(last, self.gallery.first_row + round((y - to_y) / 362))
        self.pages["gallery"] = self.gallery.draw()

    async def look(self, *, windows: bool = False) -> Screen:
        if self.gallery.late > 0 and "before" in self.pages:
            self.gallery.late -= 1
            now, self.pages["gallery"] = self.pages["gallery"], self.pages["before"]
            screen = await super().look(windows=windows)
            self.pages["gallery"] = now
            return screen
        return await super().look(windows=windows)

    def _toggle(self, n: int) -> None:
        self._tapped += 1
        if self._tapped - 1 == self.gallery.deaf_at:
            return
        n += self._tapped - 1 == self.gallery.wrong_at
        if not self.gallery.several:
            self.gallery.picked = [n]
        elif n in self.gallery.picked:
            self.gallery.picked.remove(n)
        else:
            self.gallery.picked.append(n)


def _flat(bits: list[Bit] | tuple[Bit, ...]) -> list[Bit]:
    return [each for bit in bits for each in (bit, *_flat(bit.bits))]


def _holds(bit: Bit, x: int, y: int) -> bool:
    left, top, right, bottom = bit.box
    return left <= x < right and top <= y < bottom


async def pick(monkeypatch: pytest.MonkeyPatch, gallery: Gallery, count: int) -> GalleryPhone:
    """Pick from it as the script does."""
    gallery.several = gallery.starts_with_several
    phone = GalleryPhone(Clock(monkeypatch), gallery)
    run = cast("Run", PaperRun(phone, Deal()))
    screens = Screens(run, profile_for("tiktok"))
    await Picking(run, screens).pick(await screens.until("gallery"), count)
    return phone


GALLERIES = {
    "numbers and marks": Gallery(40),
    "no numbers": Gallery(40, numbers=False, counts=False),
    "numbers only": Gallery(40, marks=False),
    "several from the start": Gallery(40, starts_with_several=True),
    "tiles that select": Gallery(40, circles=False),
    "marks that come late": Gallery(40, late=3),
}


@pytest.mark.parametrize("count", [2, 5, 12, 35])
@pytest.mark.parametrize("name", GALLERIES)
async def test_tiles_are_selected_in_the_order_in_which_they_stand(
    monkeypatch: pytest.MonkeyPatch, name: str, count: int
) -> None:
    """The operator's first is the newest; longer posts are scrolled, few looks suffice."""
    gallery = replace(GALLERIES[name], picked=[])

    phone = await pick(monkeypatch, gallery, count)

    assert gallery.picked == list(range(count))
    assert phone.looks <= 4 + 2 * phone.swipes + GALLERIES[name].late


@pytest.mark.parametrize(
    "gallery",
    [
        Gallery(40, deaf_at=2),
        Gallery(40, wrong_at=2),
        Gallery(40, wrong_at=4, numbers=False, counts=False),
        Gallery(40, numbers=False, marks=False),
        Gallery(4),
        Gallery(40, picked=[3], starts_with_several=True),
    ],
    ids=["deaf", "wrong tile", "wrong tile, unnumbered", "nothing marked", "too few", "others"],
)
async def test_what_is_not_read_back_right_ends_the_task(
    monkeypatch: pytest.MonkeyPatch, gallery: Gallery
) -> None:
    """Other images, or another order, are worse than none."""
    with pytest.raises(ScriptFailed):
        await pick(monkeypatch, gallery, 5)
