"""A draft stands open where somebody only looks: it is saved or stays, and is never thrown away."""

from collections.abc import Awaitable, Callable
from typing import cast

import pytest

from tests.engine import paper, paper_instagram
from tests.engine.paper import Bit, Clock, PaperPhone, PaperRun, button, ends, label
from tests.engine.paper_instagram import INSTAGRAM
from tmcore.accounts import App
from tmcore.reasons import Reason
from tmcore.scripts.match_accounts import MatchAccounts
from tmcore.scripts.post.proof import Before
from tmcore.scripts.post.routes import route_to
from tmcore.scripts.post.verification import Verification
from tmcore.scripts.script import Deal, Past, Run, ScriptArgs

SAVE = {"tiktok": "Drafts", "instagram": "Save draft"}
Looks = Callable[[PaperRun], Awaitable[object]]


async def look_back(run: PaperRun) -> str:
    route = route_to(run.app, "video")
    assert route
    past = Past(Before(count=8).text, resumed=False, alone_on_phone=True, alone_of_account=True)
    return await Verification(cast("Run", run), route, past).look(5)


async def match(run: PaperRun) -> object:
    return await MatchAccounts().run(cast("Run", run), ScriptArgs(app=run.app))


@pytest.fixture(params=["tiktok", "instagram"])
async def app(request: pytest.FixtureRequest) -> App:
    found: App = request.param
    return found


@pytest.fixture
async def phone(app: App, monkeypatch: pytest.MonkeyPatch) -> PaperPhone:
    """The app asks what is to become of a draft on the way back out of its editor."""
    drawn = paper if app == "tiktok" else paper_instagram
    phone = PaperPhone(Clock(monkeypatch), drawn.pages())
    if app == "instagram":
        phone.package, phone.version = INSTAGRAM, "410.0.0.53.71"
    [saves] = [bit for bit in phone.pages["composer"] if bit.text == SAVE[app]]
    saves.to = "home"
    phone.pages["prompt"] = prompt(button("Save draft", (100, 1100, 900, 1200), "home"))
    phone.pages["switcher"] = [
        label("Switch account", (342, 1337, 738, 1400)),
        button("studio", (0, 1451, 1080, 1648)),
        button("Add account", (0, 1648, 1080, 1845)),
    ]
    key = phone.key

    async def back(code: int) -> None:
        await key(code)
        if code == 4 and phone.at == "launcher":
            phone.at = "prompt"

    phone.key = back  # type: ignore[method-assign]  # this app asks
    return phone


def prompt(*more: Bit) -> list[Bit]:
    asks = [
        label("Discard edits?", (140, 960, 760, 1040)),
        button("Discard", (140, 1250, 900, 1350), "thrown"),
        *more,
    ]
    return [Bit((0, 900, 1080, 1500), desc="Dialog", cls="FrameLayout", bits=tuple(asks))]


@pytest.fixture
def run(app: App, phone: PaperPhone) -> PaperRun:
    run = PaperRun(phone, Deal())
    run.app, run.username, run.fresh_app = app, "studio", False
    return run


def untouched(phone: PaperPhone) -> bool:
    return (phone.presses, phone.stray_presses) == (0, 0) and phone.at != "thrown"


@pytest.mark.parametrize("page", ["composer", "editor", "prompt"])
async def test_a_draft_is_saved_on_the_way_to_the_profile(
    phone: PaperPhone, run: PaperRun, page: str
) -> None:
    """By the app's own button, or where it asks; what stood there is kept for a person."""
    phone.start = (page,)

    await look_back(run)

    saved = f"composer:{SAVE[run.app]}" if page == "composer" else "prompt:Save draft"
    assert phone.taps.count(saved) == 1
    assert phone.at == "profile"
    assert "draft.xml" in run.kept
    assert untouched(phone)


@pytest.mark.parametrize("looks", [look_back, match])
async def test_a_draft_that_cannot_be_saved_stays(
    phone: PaperPhone, run: PaperRun, looks: Looks
) -> None:
    """The way back is broken off, and the reason says what a person has to do."""
    phone.start = ("editor",)
    phone.pages["prompt"] = prompt(button("Keep editing", (100, 1360, 900, 1460), "editor"))

    failed = await ends(looks(run), Reason.DRAFT_OPEN)

    assert f"a draft is open in {run.app}" in str(failed)
    assert "save or discard it on the phone" in str(failed)
    assert phone.at == "editor"
    assert untouched(phone)


@pytest.mark.parametrize("looks", [look_back, match])
async def test_a_post_screen_that_does_not_give_way_is_named(
    phone: PaperPhone, run: PaperRun, looks: Looks
) -> None:
    """It is no unknown page of the app, which would hold the account."""
    phone.start = ("composer",)
    phone.pages["composer"] = [bit for bit in phone.pages["composer"] if bit.text != SAVE[run.app]]
    phone.stubborn = {"composer"}

    failed = await ends(looks(run), Reason.DRAFT_OPEN)

    assert "(composer)" in str(failed)
    assert untouched(phone)


async def test_an_empty_gallery_is_no_draft(phone: PaperPhone, run: PaperRun) -> None:
    """It is left by BACK, and nobody is told of one."""
    phone.start, phone.pages["prompt"] = ("gallery",), phone.pages["home"]

    await look_back(run)

    assert not [line for line in run.said if "draft" in line]


OFFER = {
    "tiktok": ("Continue editing?", "Not now", "Continue"),
    "instagram": ("Keep editing your draft?", "Start new video", "Keep editing"),
}


def offer(app: App, *, answer: str) -> list[Bit]:
    """The app's offer at its start, with one of its answers out of sight, or with none."""
    asks, refuse, goes_on = OFFER[app]
    bits = [label(asks, (140, 960, 900, 1040)), button(refuse, (140, 1100, 900, 1200), "thrown")]
    if answer:
        bits.append(button(goes_on, (140, 1250, 900, 1350), "editor"))
    return [Bit((0, 900, 1080, 1500), desc="Dialog", cls="FrameLayout", bits=tuple(bits))]


async def test_an_offer_to_go_on_with_a_draft_is_taken_and_the_draft_saved(
    phone: PaperPhone, run: PaperRun
) -> None:
    """To refuse it may delete the draft."""
    phone.pages["offer"] = offer(run.app, answer="yes")
    phone.start = ("offer",)

    await look_back(run)

    assert phone.taps[:2] == [f"offer:{OFFER[run.app][2]}", "prompt:Save draft"]
    assert untouched(phone)


async def test_an_offer_that_stays_is_named(phone: PaperPhone, run: PaperRun) -> None:
    """It takes no notice of its answer."""
    phone.pages["offer"] = offer(run.app, answer="yes")
    phone.swallowed = {"offer"}
    phone.pages["editor"] = phone.pages["offer"]
    phone.start = ("offer",)

    assert "editing" in str(await ends(look_back(run), Reason.DRAFT_OPEN))
    assert untouched(phone)


@pytest.mark.parametrize("looks", [look_back, match])
async def test_an_offer_that_can_only_be_refused_is_left(
    phone: PaperPhone, run: PaperRun, looks: Looks
) -> None:
    """Nothing is tapped; the account is not held, since nothing is wrong with it."""
    phone.pages["offer"] = offer(run.app, answer="")
    phone.start = ("offer",)

    await ends(looks(run), Reason.DRAFT_OPEN)

    assert (phone.taps, phone.keys) == ([], [])


async def test_a_match_reads_the_accounts_past_a_draft(phone: PaperPhone, run: PaperRun) -> None:
    """As if none were open."""
    names = [bit for bit in phone.pages["profile"] if "studio" in bit.text]
    if run.app == "tiktok":
        phone.pages["profile"].append(button("Studio", (400, 500, 680, 560), "switcher"))
    else:
        names[0].to = "switcher"
    phone.start = ("composer",)

    await match(run)

    assert run.bound == [(run.app, ("studio",), None)]
    assert untouched(phone)
