"""The first eye waits for no idle screen, so it reads until what can be tapped stands still."""

import json
from collections.abc import Iterator

import pytest

from tmcore.errors import UiUnreadable
from tmcore.phone.commands import Folder
from tmcore.phone.link import Link
from tmcore.phone.screen import Screen
from tmcore.phone.server import AdbServer
from tmcore.phone.transport import Request
from tmcore.phone.u2 import U2Eye


def page(top: int, text: str = "") -> str:
    return (
        "<hierarchy rotation='0'><node class='F' package='p' bounds='[0,0][1080,2400]'>"
        f"<node class='B' package='p' text='Post' clickable='true' "
        f"bounds='[0,{top}][9,{top + 9}]'/>"
        f"<node class='T' package='p' text='{text}' bounds='[0,0][{len(text)},9]'/>"
        "</node></hierarchy>"
    )


class Slide(U2Eye):
    """Answers with one page after the other, the last for ever."""

    pages: list[str]
    answers: dict[str, list[object]]  # of the other methods
    readings = 0

    async def _ask(self, request: Request, deadline_s: float = 1) -> object:
        del deadline_s
        method = json.loads(request.body or b"")["method"]
        if method != "dumpWindowHierarchy":
            return self.answers[method].pop(0)
        self.readings += 1
        return self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]


@pytest.fixture
def eye() -> Iterator[Slide]:
    link = Link("S", "S", AdbServer("127.0.0.1", 1))
    yield Slide(link, Folder("owner"), lambda: None)
    link.close()


async def look(eye: Slide) -> Screen:
    return await eye.look(windows=False, deadline_s=5)


def top(screen: Screen) -> int:
    return next(node.bounds.top for node in screen.nodes if node.text == "Post")


async def test_a_button_is_read_where_it_comes_to_rest(eye: Slide) -> None:
    """A sheet that slides in is read on until its button no longer moves."""
    eye.pages = [page(900), page(600), page(500), page(500)]

    assert top(await look(eye)) == 500


async def test_a_screen_that_stands_still_is_read_twice(eye: Slide) -> None:
    """No more than it takes to know."""
    eye.pages = [page(500)]

    await look(eye)

    assert eye.readings == 2


async def test_what_cannot_be_tapped_may_move(eye: Slide) -> None:
    """A counter, a progress bar, a running text are no reason to read on."""
    eye.pages = [page(500, "0:01"), page(500, "0:02 and on"), page(500, "0:03 and on and on")]

    await look(eye)

    assert eye.readings == 2


async def test_a_screen_that_never_stands_still_is_read_all_the_same(eye: Slide) -> None:
    """After a few readings the last one is taken."""
    eye.pages = [page(n) for n in range(0, 2000, 20)]

    await look(eye)

    assert eye.readings == 4


async def test_an_empty_tree_is_read_again_with_all_windows(eye: Slide) -> None:
    """Between two windows none takes the input; an empty screen is no screen of the app."""
    eye.pages = ["<hierarchy rotation='0' />", "<hierarchy rotation='0' />", page(500)]

    assert top(await look(eye)) == 500


FIELD = {"className": "android.widget.EditText"}


async def test_a_text_that_shows_late_is_waited_for(eye: Slide) -> None:
    """Its cache still has the old text just after the new one was set."""
    eye.pages = [page(500)]
    eye.answers = {"objInfo": [FIELD], "setText": [True], "getText": ["old", "old", "new"]}

    assert await eye.set_text("new") == "new"


async def test_a_text_that_stays_another_is_told_as_it_is(eye: Slide) -> None:
    """An app that changes what is set is not talked out of it."""
    eye.pages = [page(500)]
    eye.answers = {"objInfo": [FIELD], "setText": [True], "getText": ["NEW"] * 4}

    assert await eye.set_text("new") == "NEW"


@pytest.mark.parametrize(
    "answers",
    [
        {"objInfo": [{"className": "android.widget.Button"}]},
        {"objInfo": [None]},
        {"objInfo": [FIELD], "setText": [False]},
    ],
)
async def test_what_takes_no_text_is_an_error(eye: Slide, answers: dict[str, list[object]]) -> None:
    """A button with the focus, nothing, a field that refuses."""
    eye.pages, eye.answers = [page(500)], answers

    with pytest.raises(UiUnreadable):
        await eye.set_text("new")
