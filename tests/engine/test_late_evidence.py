"""A look back at a press, on paper: only what could not be seen before it is evidence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tests.engine import paper, paper_instagram
from tests.engine.paper import Bit, Clock, PaperPhone, PaperRun, label
from tests.engine.paper_instagram import BADGE, INSTAGRAM
from tmcore.accounts import App
from tmcore.errors import AccountBlocked, ScriptFailed
from tmcore.reasons import Reason
from tmcore.scripts.post.proof import Before
from tmcore.scripts.post.routes import Kind, route_to
from tmcore.scripts.post.verification import Verification
from tmcore.scripts.script import Deal, Past, Run

DONE = "Done posting. Want to send it directly to friends?"
EIGHT = Before(count=8)
Look = Callable[..., Any]


@pytest.fixture
async def phone(monkeypatch: pytest.MonkeyPatch) -> PaperPhone:
    phone = PaperPhone(Clock(monkeypatch), paper_instagram.pages())
    phone.package, phone.version = INSTAGRAM, "410.0.0.53.71"
    return phone


@pytest.fixture
def run(phone: PaperPhone) -> PaperRun:
    run = PaperRun(phone, Deal())
    run.app, run.username = "instagram", "studio"
    return run


@pytest.fixture
def look(phone: PaperPhone, run: PaperRun) -> Look:
    """Look back once; nothing was pressed then, nor stopped."""

    async def look(
        before: Before = EIGHT, app: App = "instagram", kind: Kind = "video", **past: bool
    ) -> str:
        route = route_to(app, kind)
        assert route
        alone = {"alone_on_phone": True, "alone_of_account": True, **past}
        try:
            told = Past(before.text, resumed=False, **alone)
            return await Verification(cast("Run", run), route, told).look(5)
        finally:
            assert (phone.presses, phone.stray_presses) == (0, 0)

    return look


def counts(phone: PaperPhone, text: str) -> None:
    [bit] = [bit for bit in phone.pages["profile"] if "posts" in bit.desc]
    bit.desc = text


async def test_one_post_more_is_evidence(phone: PaperPhone, run: PaperRun, look: Look) -> None:
    """The account's own count, read before the press and now."""
    counts(phone, "9posts")

    assert await look() == "the profile counted 8 posts, and now 9"
    assert "proof.xml" in run.kept


@pytest.mark.parametrize("now", ["8posts", "7posts", "10posts", "12.3K posts"])
async def test_another_count_is_none(phone: PaperPhone, look: Look, now: str) -> None:
    """Two posts more are somebody else's; none more proves nothing either."""
    counts(phone, now)

    assert await look() == ""


async def test_a_count_of_which_nothing_was_read_before_is_none(
    phone: PaperPhone, look: Look
) -> None:
    """Where the page was not in sight before the press, it says nothing afterwards."""
    counts(phone, "9posts")

    assert await look(Before()) == ""


async def test_a_count_that_another_post_may_have_moved_is_none(
    phone: PaperPhone, look: Look
) -> None:
    """The ledger knows of another press of this account."""
    counts(phone, "9posts")

    assert await look(alone_of_account=False) == ""


@pytest.mark.parametrize(("before", "said"), [((), f"the app says: {DONE}"), ((DONE,), "")])
async def test_what_the_app_says_counts_once(
    phone: PaperPhone, look: Look, before: tuple[str, ...], said: str
) -> None:
    """Its words are evidence, unless they stood there before the press."""
    phone.pages["home"].append(label(DONE, BADGE))

    assert await look(Before(count=8, done=frozenset(before))) == said


async def test_what_the_app_says_of_another_post_is_none(phone: PaperPhone, look: Look) -> None:
    """Another press on this phone may be what it speaks of."""
    phone.pages["home"].append(label(DONE, BADGE))

    assert await look(alone_on_phone=False) == ""


async def test_an_app_that_says_no_is_told(phone: PaperPhone, look: Look) -> None:
    """Its own failure is no evidence of a post, and the reason that a person reads."""
    phone.pages["home"].append(label("Video can't be posted.", BADGE))

    with pytest.raises(ScriptFailed, match="can't be posted") as failed:
        await look()
    assert failed.value.reason is Reason.UPLOAD_FAILED


async def test_another_account_proves_nothing(phone: PaperPhone, run: PaperRun, look: Look) -> None:
    """It is not in the app's list, so it cannot be opened."""
    run.username = "other"
    phone.pages["home"].append(label(DONE, BADGE))
    phone.pages["profile"][:] = [bit for bit in phone.pages["profile"] if bit.text != "studio"]
    phone.pages["profile"].append(label("somebody", (157, 65, 823, 217)))

    with pytest.raises(ScriptFailed):
        await look()


async def test_a_wall_is_not_touched(phone: PaperPhone, look: Look) -> None:
    """It holds the account, as it does on the way to a post."""
    wall = [
        label("Confirm you're human to use your account, studio", (60, 300, 1020, 400)),
        Bit((60, 2000, 1020, 2100), "Continue", to="-", cls="Button"),
    ]
    phone.pages["home"] = wall

    with pytest.raises(AccountBlocked):
        await look()
    assert phone.taps == []


async def test_an_upload_that_is_still_shown_is_watched_to_its_end(
    phone: PaperPhone, run: PaperRun, look: Look, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """TikTok's badge was in sight, and is gone."""
    del tmp_path
    phone.pages, phone.package, phone.version = paper.pages(), paper.TIKTOK, "43.1.4"
    run.app = "tiktok"
    phone.start, phone.upload = ("posted",), lambda t: "" if t > 40 else f"{int(t * 2)}%"

    said = await look(Before(), "tiktok", "video")

    assert said.startswith("upload seen")


@pytest.mark.parametrize(("ringed", "said"), [(True, "now has one"), (False, "")])
async def test_a_ring_that_was_not_there_is_evidence_of_a_story(
    phone: PaperPhone, look: Look, said: str, *, ringed: bool
) -> None:
    """The account had no story before the press; a count of posts says nothing of one."""
    counts(phone, "9posts")
    ring = {"resource-id": f"{INSTAGRAM}:id/seen_state"}
    if ringed:
        phone.pages["home"].append(Bit((20, 240, 200, 420), flags=ring))
    phone.pages["home"].append(label("Your story", (20, 460, 200, 500)))

    found = await look(Before(count=8, had_no_story=True), "instagram", "story")

    assert found.endswith(said)
    assert bool(found) == ringed
