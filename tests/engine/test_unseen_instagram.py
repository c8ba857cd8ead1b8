"""An Instagram that nobody here has seen: the post is made once, or its reason is named."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.engine.paper import Bit, Clock, PaperPhone, PaperRun, button, ends, label, posted
from tests.engine.paper_instagram import (
    BADGE,
    INSTAGRAM,
    SHARE,
    TITLE,
    composer,
    gallery,
    nav,
    pages,
    sharing,
)
from tmcore.errors import ScriptFailed
from tmcore.reasons import Reason
from tmcore.scripts.script import Done

RATE = [label("Rate Instagram", (100, 900, 900, 1000)), button("No, thanks", SHARE, "under")]
SHEET = [
    Bit(
        (0, 1400, 1080, 2400), cls="FrameLayout", flags={"content-desc": "Bottom sheet"},
        bits=(label("Win a prize", (100, 1500, 900, 1600)),),
    )
]  # fmt: skip
ABOUT = [
    label("About Reels", (60, 1500, 1020, 1580)),
    button("Share", (60, 2095, 1020, 2265), "posted"),
]
STEPS = ["home", "profile", "sheet", "gallery", "editor", "composer"]
Posts = Callable[..., Any]


@pytest.fixture
async def phone(monkeypatch: pytest.MonkeyPatch) -> PaperPhone:
    phone = PaperPhone(Clock(monkeypatch), pages() | {"win": SHEET, "rate": RATE, "about": ABOUT})
    phone.package, phone.version = INSTAGRAM, "410.0.0.53.71"
    phone.upload, phone.badge = sharing, BADGE
    return phone


@pytest.fixture
def post(phone: PaperPhone, tmp_path: Path) -> Posts:
    """Run the whole script; return its run, which must have pressed once and never by a tap."""

    async def post(caption: str = "Hello", **args: Any) -> PaperRun:
        return await posted(phone, tmp_path, caption, app="instagram", **args)

    return post


async def test_a_normal_reel_takes_few_looks(phone: PaperPhone, post: Posts) -> None:
    """A look costs 1 to 3 s on a phone: at most 14 for a whole post."""
    phone.look_s = 1.5

    run = await post()

    assert phone.looks <= 14, run.looks_at
    assert phone.presses == 1
    assert phone.texts == {"description": "Hello "}


@pytest.mark.parametrize("look_s", [0.05, 3])
@pytest.mark.parametrize("lag", [1, 2, 3])
async def test_a_screen_that_stays_after_a_tap_is_not_tapped_again(
    phone: PaperPhone, post: Posts, lag: int, look_s: float
) -> None:
    """The second tap on Next would be the first on Share, which stands in the same place."""
    phone.lag, phone.look_s = lag, look_s
    phone.upload = lambda t: sharing(t / 5)

    await post()

    assert phone.presses == 1
    assert phone.taps.count("editor:Next") == 1


@pytest.mark.parametrize("deaf", ["home", "profile", "sheet", "gallery"])
@pytest.mark.parametrize("lag", [0, 3])
async def test_a_swallowed_tap_is_tapped_again(
    phone: PaperPhone, post: Posts, deaf: str, lag: int
) -> None:
    """Where a second tap can do no harm."""
    phone.swallowed, phone.lag = {deaf}, lag
    phone.upload = lambda t: sharing(t / 5)

    await post()

    assert phone.presses == 1


@pytest.mark.parametrize("step", STEPS)
async def test_an_unknown_sheet_anywhere_gets_one_back(
    phone: PaperPhone, post: Posts, step: str
) -> None:
    """Whatever stood below is then done again."""
    phone.over = {step: "win"}

    await post()

    assert (phone.presses, phone.keys.count(4)) == (1, 1)


@pytest.mark.parametrize("lag", [0, 2])
@pytest.mark.parametrize("step", [*STEPS, "posted"])
async def test_a_harmless_dialog_anywhere_is_refused_once(
    phone: PaperPhone, post: Posts, step: str, lag: int
) -> None:
    """Also after the press."""
    phone.over, phone.lag = {step: "rate"}, lag
    phone.upload = lambda t: sharing(t / 4)

    await post()

    assert phone.taps.count("rate:No, thanks") == 1


# Other versions


def _without_create(phone: PaperPhone) -> None:
    phone.pages["profile"] = [bit for bit in phone.pages["profile"] if bit.desc != "Create New"]


def _opens_post_gallery(phone: PaperPhone) -> None:
    phone.pages["sheet"] = phone.pages["gallery_post"]


def _camera_first(phone: PaperPhone) -> None:
    phone.pages["sheet"] = [
        button("Capture", (400, 1800, 680, 2080)),
        button("Flash", (500, 60, 580, 140)),
        button("Gallery", (60, 2141, 200, 2233), "gallery"),
        button("STORY", (600, 2141, 770, 2233)),
    ]


def _tile_selects(phone: PaperPhone) -> None:
    following = button("Next", (826, 45, 1080, 140), "editor")
    phone.pages["gallery"] = gallery("New reel", "picked")
    phone.pages["picked"] = [*phone.pages["gallery"], following]


def _share_after_ok(phone: PaperPhone) -> None:
    """While the caption has the focus there is OK, and ESCAPE does not bring Share back."""
    phone.pages["ready"] = composer()
    phone.pages["composer"] = [
        *[bit for bit in composer() if bit.text not in ("Share", "Save draft")],
        button("OK", (951, 87, 1060, 217), "ready"),
    ]


def _in_the_top_bar(phone: PaperPhone) -> None:
    phone.pages["composer"] = composer(share=(860, 70, 1060, 170))


def _no_titles(phone: PaperPhone) -> None:
    for name in ("gallery", "composer"):
        phone.pages[name] = [bit for bit in phone.pages[name] if not bit.text.startswith("New ")]
        phone.pages[name] = [bit for bit in phone.pages[name] if bit.text != "REEL"]


VERSIONS = {
    each.__name__: each
    for each in (
        _without_create, _opens_post_gallery, _camera_first, _tile_selects, _share_after_ok,
        _in_the_top_bar, _no_titles,
    )
}  # fmt: skip


@pytest.mark.parametrize("version", VERSIONS)
async def test_another_version_of_the_app(phone: PaperPhone, post: Posts, version: str) -> None:
    """What moved, was renamed or is missing does not stop a reel."""
    VERSIONS[version](phone)

    await post()

    assert phone.presses == 1
    assert phone.texts["description"].strip() == "Hello"


@pytest.mark.parametrize("size", [(480, 854), (720, 1600), (1440, 3200), (1600, 2560)])
async def test_another_screen(phone: PaperPhone, post: Posts, size: tuple[int, int]) -> None:
    """Everything is told in parts of the screen."""
    phone.size = size

    await post()

    assert phone.presses == 1


async def test_the_page_of_another_kind_is_not_published_from(
    phone: PaperPhone, post: Posts
) -> None:
    """A reel was asked for, and the last page says New post."""
    phone.pages["composer"] = composer("New post")

    await ends(post(), Reason.UNKNOWN_SCREEN)

    assert phone.presses == 0


# Sharing


async def test_a_shared_file_opens_the_editor(phone: PaperPhone, post: Posts) -> None:
    """The activity for reels is chosen, never the one for messages; the gallery is not needed."""
    phone.sharing = (
        f"{INSTAGRAM}/com.instagram.share.DirectShareHandlerActivity",
        f"{INSTAGRAM}/com.instagram.share.ShareHandlerActivity",
        f"{INSTAGRAM}/com.instagram.share.ClipsShareHandlerActivity",
    )
    phone.opens_shared = "editor"

    await post()

    assert phone.presses == 1
    assert [name.rpartition(".")[2] for name, _ in phone.shared] == ["ClipsShareHandlerActivity"]
    assert not any(tap.startswith("gallery") for tap in phone.taps)


async def test_a_shared_file_that_is_picked_already_goes_on(phone: PaperPhone, post: Posts) -> None:
    """Some versions show the gallery with it, and nothing else to pick."""
    phone.sharing = (f"{INSTAGRAM}/com.instagram.share.ClipsShareHandlerActivity",)
    following = button("Next", (826, 45, 1080, 140), "editor")
    phone.pages["picked"] = [label("New reel", TITLE), *phone.pages["gallery"][1:3], following]
    phone.opens_shared = "picked"

    await post()

    assert phone.presses == 1


async def test_sharing_that_leads_nowhere_falls_back_to_the_button(
    phone: PaperPhone, post: Posts
) -> None:
    """The app only came up: its own button does it, and the log says so."""
    phone.sharing = (f"{INSTAGRAM}/com.instagram.share.ClipsShareHandlerActivity",)

    run = await post()

    assert phone.presses == 1
    assert any("sharing led nowhere" in said for said in run.said)


async def test_an_old_draft_is_not_posted_in_place_of_the_file(
    phone: PaperPhone, post: Posts
) -> None:
    """After sharing led nowhere the button opens an editor at once: with what?"""
    phone.sharing = (f"{INSTAGRAM}/com.instagram.share.ClipsShareHandlerActivity",)
    phone.pages["sheet"] = phone.pages["editor"]

    await ends(post(), Reason.UNKNOWN_SCREEN)

    assert phone.presses == 0


# The press that asks once more


@pytest.mark.parametrize("lag", [0, 2])
async def test_a_sheet_that_publishes_is_pressed_as_the_button_is(
    phone: PaperPhone, post: Posts, lag: int
) -> None:
    """About Reels comes after Share, and its own Share publishes: once, and never by a tap."""
    phone.pages["composer"] = [
        replace(bit, to="about") if bit.text == "Share" else bit for bit in composer()
    ]
    phone.lag = lag
    phone.upload = lambda t: sharing(t / 4)

    run = await post()

    assert phone.presses == 1
    assert run.said.count("confirmed") == 1


# Proof


def counting(phone: PaperPhone, after: str) -> None:
    """Let the profile say so many posts from the press on."""
    look = phone.look

    async def counted(*, windows: bool = False) -> Any:
        if phone.presses:
            phone.pages["profile"] = [
                replace(bit, desc=after) if bit.desc == "8posts" else bit
                for bit in phone.pages["profile"]
            ]
        return await look(windows=windows)

    phone.look = counted  # type: ignore[method-assign]  # the phone's own, with a count that moves


@pytest.mark.parametrize("upload", [lambda _: "", lambda t: "Sharing to Reels…" if t < 4 else ""])
async def test_one_post_more_on_the_profile_is_proof(
    phone: PaperPhone, post: Posts, upload: Callable[[float], str]
) -> None:
    """Whether or not the upload was seen; the count was read before the press."""
    phone.upload = upload
    counting(phone, "9posts")

    run = await post(upload_wait_time=5)

    assert "counted 8 posts, and now 9" in run.ended


async def test_an_upload_that_is_gone_is_no_proof(phone: PaperPhone, post: Posts) -> None:
    """It may have failed: a failed reel is told in the feed, not where it was seen last."""
    phone.upload = lambda t: "Sharing to Reels…" if t < 4 else ""
    row = label("Video can't be posted", (160, 650, 900, 720))
    look = phone.look

    async def failed(*, windows: bool = False) -> Any:
        if phone.presses and row not in phone.pages["home"]:
            phone.pages["home"] = [*phone.pages["home"], row]
        return await look(windows=windows)

    phone.look = failed  # type: ignore[method-assign]  # the phone's own, with a row that comes

    said = await ends(post(upload_wait_time=5), Reason.UPLOAD_FAILED)

    assert "can't be posted" in str(said)


@pytest.mark.parametrize("count", ["8posts", "10posts", "12.3K posts"])
async def test_another_count_is_no_proof(phone: PaperPhone, post: Posts, count: str) -> None:
    """Two more may be anybody's, and 12.3K tells nothing."""
    phone.upload = lambda _: ""
    counting(phone, count)

    await ends(post(upload_wait_time=5), Reason.OUTCOME_UNKNOWN)


async def test_what_was_done_before_the_press_is_no_proof(phone: PaperPhone, post: Posts) -> None:
    """An earlier reel's snackbar may stand there until ours is on its way."""
    old = label("Done posting. Want to send it directly to friends?", BADGE)
    phone.pages["home"] = [*phone.pages["home"], old]
    phone.pages["posted"] = [*nav("Reels"), old]
    phone.upload = lambda _: ""

    await ends(post(upload_wait_time=5), Reason.OUTCOME_UNKNOWN)


async def test_a_failure_from_before_is_none_of_ours(phone: PaperPhone, post: Posts) -> None:
    """The row stands in the feed until somebody takes it away."""
    row = label("Video can't be posted", (160, 650, 900, 720))
    phone.pages["home"] = [*phone.pages["home"], row]
    phone.pages["posted"] = [*nav("Reels"), row]

    await post()

    assert phone.presses == 1


async def test_a_new_failure_is_the_apps_own_word(phone: PaperPhone, post: Posts) -> None:
    """It was not there before."""
    phone.pages["posted"] = [*nav("Home"), label("Video can't be posted", (160, 650, 900, 720))]

    failed = await ends(post(), Reason.UPLOAD_FAILED)

    assert "can't be posted" in str(failed)


@pytest.mark.parametrize("look_s", [0.05, 1, 3])
@pytest.mark.parametrize("lag", range(4, 9))
async def test_however_slow_a_phone_is_nothing_is_pressed_by_a_tap(
    phone: PaperPhone, post: Posts, lag: int, look_s: float
) -> None:
    """Slower than the patience of the script: posted by the press, or ended by name."""
    phone.lag, phone.look_s = lag, look_s
    phone.upload = lambda t: sharing(t / 12)

    with suppress(ScriptFailed):
        await post()

    assert phone.stray_presses == 0


# Rehearsals


@pytest.mark.parametrize("lag", [0, 2])
async def test_a_rehearsal_presses_nothing_and_leaves_no_draft(
    phone: PaperPhone, post: Posts, lag: int
) -> None:
    """Back out of the filled page, and the draft is thrown away where the app asks."""
    phone.pages["discard"] = [
        label("Discard reel?", (100, 900, 900, 1000)),
        button("Save draft", (100, 1100, 900, 1200)),
        button("Discard", (100, 1250, 900, 1350), "home"),
    ]
    key = phone.key

    async def back(code: int) -> None:
        if code == 4 and phone.at == "composer":
            phone.keys.append(4)
            phone.at = "discard"
        else:
            await key(code)

    phone.key, phone.lag = back, lag  # type: ignore[method-assign]  # this app asks on the way out

    run = await post(rehearse=True)

    assert isinstance(run.ended, Done)
    assert (run.ended.reason, phone.presses, phone.at) == (Reason.REHEARSED, 0, "home")
    assert "discarded" in run.ended.remark
    assert sorted(run.kept) == ["composer.png", "composer.xml"]
    assert phone.taps.count("discard:Discard") == 1
    assert not [tap for tap in phone.taps if "Save draft" in tap]
