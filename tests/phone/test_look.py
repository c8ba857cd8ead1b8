"""The second eye on phones whose dump tools differ: what is asked for next, by what was said."""

from collections.abc import Iterator

import pytest

from tmcore.errors import UiUnreadable
from tmcore.phone.commands import Folder
from tmcore.phone.dump import DumpEye
from tmcore.phone.link import Link
from tmcore.phone.screen import Screen
from tmcore.phone.server import AdbServer
from tmcore.phone.transport import Output

NODE = b'<node class="V" package="p" bounds="[0,0][10,10]" text="%s"/>'
PLAIN = b"<hierarchy rotation='0'>" + NODE % b"one" + b"</hierarchy>"
ALL = (
    b"<displays><display><window><hierarchy>"
    + NODE % b"all"
    + b"</hierarchy></window></display></displays>"
)
EMPTY = b"<hierarchy rotation='0'></hierarchy>"
DUMPED = b"UI hierchary dumped to: /data/local/tmp/x.xml\n@@xml\n"
NOT_IDLE = b"ERROR: could not get idle state.\n"


class Teller(DumpEye):
    """Says what the test wants; keeps the flags that it was asked with."""

    answers: list[Output]
    asked: list[str]

    async def see(self, *, windows: bool = False) -> Screen:
        return await self.look(windows=windows, deadline_s=3)

    async def _read(self, command: str, deadline_s: float) -> Output:
        del deadline_s
        words = command.partition(";")[0].split()
        self.asked.append(" ".join(word for word in words if word.startswith("--")))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def eye() -> Iterator[Teller]:
    link = Link("S", "S", AdbServer("127.0.0.1", 1))
    eye = Teller(link, Folder("owner"), lambda: None)
    eye.asked = []
    yield eye
    link.close()


def said(stdout: bytes, stderr: bytes = b"") -> Output:
    return Output(stdout, stderr, 0)


@pytest.mark.parametrize("merged", [False, True])
async def test_no_idle_state_asks_for_less_from_then_on(eye: Teller, merged: bool) -> None:
    """Each failure costs ten seconds; an old adb merges it with the shell's own complaint."""
    failed = (
        said(NOT_IDLE + b"@@xml\r\ncat: /data/local/tmp/x.xml: No such file or directory\r\n")
        if merged
        else said(b"@@xml\n", NOT_IDLE + b"cat: x.xml: No such file or directory\n")
    )
    eye.answers = [failed, said(DUMPED + PLAIN)]

    await eye.see()
    await eye.see()

    assert eye.asked == ["", "--compressed", "--compressed"]


async def test_a_phone_that_knows_no_windows_shows_the_active_one(eye: Teller) -> None:
    """An unknown flag is an error on some phones."""
    eye.answers = [said(b"Unknown option: --windows\n@@xml\n"), said(DUMPED + PLAIN)]

    screen = await eye.see(windows=True)

    assert screen.texts() == ("one",)
    assert eye.asked == ["--windows", ""]


async def test_windows_that_were_seen_are_asked_for_again(eye: Teller) -> None:
    """In a look at one window the upload badge would seem to be gone, which is taken for proof."""
    eye.answers = [
        said(DUMPED + ALL), said(b"@@xml\n", b"ERROR: null root node\n"), said(DUMPED + ALL),
    ]  # fmt: skip

    await eye.see(windows=True)
    await eye.see(windows=True)

    assert eye.asked == ["--windows"] * 3


async def test_an_empty_tree_is_tried_once_more_and_then_told(eye: Teller) -> None:
    """A playing video empties the full tree; a screen that is empty is no error."""
    eye.answers = [said(DUMPED + EMPTY)]

    screen = await eye.see()

    assert screen.nodes == ()
    assert eye.asked == ["", "--compressed"]


async def test_what_stays_unreadable_is_told_in_the_phones_words(eye: Teller) -> None:
    """The operator reads the cause, not ours."""
    eye.answers = [said(b"@@xml\n", b"java.lang.IllegalStateException: UiAutomation not connected")]

    with pytest.raises(UiUnreadable, match="not connected"):
        await eye.see()
