"""Apps and phones that nobody here has seen: the post is made once, or its reason is named."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.engine.paper import (
    NEXT,
    POST,
    Bit,
    Clock,
    PaperPhone,
    PaperRun,
    button,
    ends,
    label,
    nav,
    pages,
    posted,
)
from tmcore.errors import ScriptFailed
from tmcore.reasons import Reason

Pages = dict[str, list[Bit]]
SHEET = [
    Bit(
        (0, 1400, 1080, 2400),
        cls="FrameLayout",
        bits=(label("Win a prize", (100, 1500, 900, 1600)),),
    )
]
RATE = [label("Enjoying TikTok?", (100, 900, 900, 1000)), button("Not now", POST, "under")]
STEPS = ["home", "profile", "camera", "gallery", "picked", "editor", "composer"]


@pytest.fixture
async def phone(monkeypatch: pytest.MonkeyPatch) -> PaperPhone:
    shown = pages() | {"sheet": SHEET, "rate": RATE}
    return PaperPhone(Clock(monkeypatch), shown)


Posts = Callable[..., Any]


@pytest.fixture
def post(phone: PaperPhone, tmp_path: Path) -> Posts:
    """Run the whole script; return its run, which must have pressed once and never by a tap."""

    async def post(caption: str = "Hello", **args: Any) -> PaperRun:
        run = await posted(phone, tmp_path, caption, **args)
        assert phone.presses == 1
        return run

    return post


# Slow, and deaf


async def test_a_normal_post_takes_few_looks(phone: PaperPhone, post: Posts) -> None:
    """A look costs 1 to 3 s on a phone: at most 14 for a whole post."""
    phone.look_s = 1.5

    run = await post()

    assert phone.looks <= 14, run.looks_at


@pytest.mark.parametrize("look_s", [0.05, 3])
@pytest.mark.parametrize("lag", [1, 2, 3])
async def test_a_screen_that_stays_after_a_tap_is_not_tapped_again(
    phone: PaperPhone, post: Posts, lag: int, look_s: float
) -> None:
    """The second tap on Next would be the first on Post, which stands in the same place."""
    phone.lag, phone.look_s = lag, look_s
    phone.upload = lambda t: "" if t > 20 else "50%"

    await post()

    assert len([tap for tap in phone.taps if tap == "editor:Next"]) == 1


@pytest.mark.parametrize("deaf", ["home", "profile", "camera", "gallery", "picked"])
@pytest.mark.parametrize("lag", [0, 3])
async def test_a_swallowed_tap_is_tapped_again(
    phone: PaperPhone, post: Posts, deaf: str, lag: int
) -> None:
    """Where a second tap can do no harm."""
    phone.swallowed, phone.lag = {deaf}, lag
    phone.upload = lambda t: "" if t > 20 else "50%"

    await post()


async def test_the_editors_next_is_tapped_once(phone: PaperPhone, post: Posts) -> None:
    """Post may stand there by then: the task ends unpressed and can be repeated."""
    phone.swallowed = {"editor"}

    await ends(post(), Reason.UNKNOWN_SCREEN)

    assert phone.presses == 0


@pytest.mark.parametrize("look_s", [0.05, 3])
async def test_an_app_that_takes_ten_seconds_to_start(
    phone: PaperPhone, post: Posts, look_s: float
) -> None:
    """A splash without words, then one with some: neither gets a BACK, which would leave."""
    phone.pages |= {"blank": [], "logo": [label("Loading", (400, 1200, 680, 1300))]}
    phone.start, phone.start_s, phone.look_s = ("blank", "logo", "home"), 8, look_s

    await post()

    assert 4 not in phone.keys


def moving(phone: PaperPhone, *names: str) -> None:
    """Let a counter run on these pages."""
    look = phone.look

    async def moved(*, windows: bool = False) -> Any:
        for name in names:
            still = [bit for bit in phone.pages[name] if not bit.text.startswith("00:")]
            counter = label(f"00:{phone.looks % 60:02}", (500, 1600, 600, 1640))
            phone.pages[name] = [*still, counter]
        return await look(windows=windows)

    phone.look = moved  # type: ignore[method-assign]  # the phone's own, with a clock on it


@pytest.mark.parametrize("deaf", ["", "home", "profile", "camera", "gallery", "picked"])
async def test_what_moves_on_a_screen_does_not_make_it_another(
    phone: PaperPhone, post: Posts, deaf: str
) -> None:
    """A playing clip's counter neither hastens a second tap nor forbids it."""
    moving(phone, *STEPS)
    phone.swallowed = {deaf}

    await post()


async def test_an_unknown_sheet_that_moves_gets_its_back_later(
    phone: PaperPhone, post: Posts
) -> None:
    """It may be the app at work; it is not waited for to the end."""
    moving(phone, "sheet")
    phone.over = {"camera": "sheet"}

    await post()

    assert phone.keys.count(4) == 1


# In the way


@pytest.mark.parametrize("step", STEPS)
async def test_an_unknown_sheet_anywhere_gets_one_back(
    phone: PaperPhone, post: Posts, step: str
) -> None:
    """Whatever stood below is then done again."""
    phone.over = {step: "sheet"}

    run = await post()

    assert phone.keys.count(4) == 1
    assert any("Win a prize" in said for said in run.said)


async def test_two_unknown_sheets_get_a_back_each(phone: PaperPhone, post: Posts) -> None:
    """The first one was left behind."""
    phone.over = {"profile": "sheet", "editor": "sheet"}

    await post()


async def test_a_sheet_that_ignores_back_ends_the_task(phone: PaperPhone, post: Posts) -> None:
    """One BACK, then unknown_screen with what it says."""
    phone.over, phone.stubborn = {"camera": "sheet"}, {"sheet"}

    failed = await ends(post(), Reason.UNKNOWN_SCREEN)

    assert "Win a prize" in str(failed)
    assert phone.keys == [4]


@pytest.mark.parametrize("lag", [0, 2])
@pytest.mark.parametrize("step", [*STEPS, "posted"])
async def test_a_harmless_dialog_anywhere_is_refused_once(
    phone: PaperPhone, post: Posts, step: str, lag: int
) -> None:
    """Also after the press; while it closes its button is not tapped through."""
    phone.over, phone.lag = {step: "rate"}, lag
    phone.upload = lambda t: "" if t > 12 else "50%"

    await post()

    assert phone.taps.count("rate:Not now") == 1


# Other versions


def change(**shown: Callable[[Pages], list[Bit]]) -> Callable[[Pages], None]:
    def apply(pages: Pages) -> None:
        pages.update({name: draw(pages) for name, draw in shown.items()})

    return apply


def without(page: list[Bit], *words: str) -> list[Bit]:
    return [bit for bit in page if bit.text not in words and bit.desc not in words]


def retitled(page: list[Bit], old: str, new: str) -> list[Bit]:
    return [replace(bit, text=new) if bit.text == old else bit for bit in page]


SILENT = {"clickable": "false"}
WORD = label("Next", (753, 2154, 840, 2207), "composer", flags=SILENT)
HANDLE = label("@studio", (376, 150, 702, 200))
VERSIONS: dict[str, Callable[[Pages], None]] = {
    "profile without Create": change(
        profile=lambda p: [*nav("Profile", create=False), label("@studio", (376, 626, 702, 668))]
    ),
    "handle twice": change(profile=lambda p: [*p["profile"], HANDLE]),
    "handle twice, to be tapped": change(
        profile=lambda p: [*p["profile"], replace(HANDLE, to="-")]
    ),
    "profile tab not marked": change(
        profile=lambda p: [
            *nav(),
            label("@studio", (376, 626, 702, 668)),
            button("Edit profile", (330, 840, 750, 930)),
        ]
    ),
    "starts on Friends": change(home=lambda p: nav("Friends")),
    "starts on Inbox": change(home=lambda p: nav("Inbox")),
    "gallery at once": change(camera=lambda p: p["gallery"]),
    "a thumb with words": change(
        camera=lambda p: [
            Bit((0, 2081, 210, 2239), desc="Open the gallery", to="gallery", cls="ImageView"),
            *p["camera"][1:],
        ]
    ),
    "a thumb with a number": change(
        camera=lambda p: [
            Bit((395, 1752, 684, 2041), desc="@2131888184", to="-"),
            Bit((0, 2081, 210, 2239), desc="@2131888111", to="gallery", cls="ImageView"),
            *p["camera"][1:],
        ]
    ),
    "a thumb on the right": change(
        camera=lambda p: [
            Bit((870, 2081, 1080, 2239), to="gallery", cls="ImageView"), *p["camera"][1:],
        ]
    ),
    "album renamed": change(
        gallery=lambda p: retitled(p["gallery"], "Recents", "All media"),
        picked=lambda p: retitled(p["picked"], "Recents", "All media"),
    ),
    "Next (1)": change(picked=lambda p: retitled(p["picked"], "Next", "Next (1)")),
    "tile opens editor": change(picked=lambda p: p["editor"]),
    "tile opens preview": change(
        picked=lambda p: [
            label("Select", (900, 160, 1040, 230), "-"), button("Next", NEXT, "editor"),
        ]
    ),
    "Next always alight": change(
        gallery=lambda p: [*without(p["gallery"], "Next"), button("Next", NEXT)]
    ),
    "Next in silent boxes": change(
        editor=lambda p: [
            *without(p["editor"], "Next"),
            Bit(NEXT, cls="FrameLayout", to="composer", bits=(WORD,), flags=SILENT),
        ]
    ),
    "POST": change(composer=lambda p: retitled(p["composer"], "Post", "POST")),
    "Post now": change(composer=lambda p: retitled(p["composer"], "Post", "Post now")),
    "title above": change(
        composer=lambda p: [
            Bit((42, 500, 1038, 560), "Add a catchy title", to="title", cls="EditText"),
            *p["composer"],
        ]
    ),
    "another hint": change(
        composer=lambda p: [
            replace(bit, text="What is it about?") if bit.cls == "EditText" else bit
            for bit in p["composer"]
        ]
    ),
}  # fmt: skip


@pytest.mark.parametrize("version", VERSIONS)
async def test_another_version_of_the_app(phone: PaperPhone, post: Posts, version: str) -> None:
    """What moved, was renamed or is missing does not stop a post."""
    VERSIONS[version](phone.pages)
    await post()

    assert phone.texts.get("description", "").strip() == "Hello"
    assert "title" not in phone.texts


@pytest.mark.parametrize(
    "size", [(480, 854), (720, 1600), (1440, 3200), (1600, 2560), (2560, 1600)]
)
async def test_another_screen(phone: PaperPhone, post: Posts, size: tuple[int, int]) -> None:
    """Everything is told in parts of the screen."""
    phone.size = size

    await post()


async def test_the_apps_other_name(phone: PaperPhone, post: Posts) -> None:
    """In Asia it is another package."""
    phone.package = "com.ss.android.ugc.trill"

    await post()


async def test_two_different_handles_are_not_read(phone: PaperPhone, post: Posts) -> None:
    """The wrong account is worse than none."""
    phone.pages["profile"] = [*phone.pages["profile"], replace(HANDLE, text="@other")]

    await ends(post(), Reason.ACCOUNT_UNREADABLE)


# Typing


async def test_an_unfocused_field_is_typed_into_again(phone: PaperPhone, post: Posts) -> None:
    """Nothing arrived anywhere: once more."""
    phone.swallowed = {"composer"}

    await post()

    assert phone.texts == {"description": "Hello "}


@pytest.mark.parametrize("typed", ["Helo ", "Hello Hello ", "HELLO "])
async def test_what_arrived_wrong_is_not_posted(phone: PaperPhone, post: Posts, typed: str) -> None:
    """A dropped character, autocorrect: caption_mismatch, unpressed."""
    phone.typing = lambda _: typed

    await ends(post(), Reason.CAPTION_MISMATCH)

    assert phone.presses == 0


async def test_a_title_that_takes_the_caption_ends_the_task(phone: PaperPhone, post: Posts) -> None:
    """The title had the focus and kept it."""
    VERSIONS["title above"](phone.pages)
    phone.swallowed, phone.focus = {"composer"}, "title"

    await ends(post(), Reason.CAPTION_MISMATCH)


async def test_a_keyboard_over_the_button_is_closed(phone: PaperPhone, post: Posts) -> None:
    """Post is nowhere while it is open: ESCAPE, and another look."""
    full = phone.pages["composer"]
    phone.pages["composer"] = [
        *without(full, "Post", "Drafts"),
        label("Hashtags", (42, 1000, 300, 1060)),
    ]
    key = phone.key

    async def escape(code: int) -> None:
        await key(code)
        if phone.keys.count(111) == 2:
            phone.pages["composer"] = full

    phone.key = escape  # type: ignore[method-assign]  # this keyboard ignores the first one

    await post()


# The watch


@pytest.mark.parametrize("look_s", [0.1, 1.5])
@pytest.mark.parametrize(
    "upload",
    [
        lambda t: "" if t < 8 or t > 20 else f"{int(t)}%",
        lambda t: "" if t > 9 else "100%",
        lambda t: "" if t > 12 or 4 < t < 4.4 else "40%",
    ],
)
async def test_an_uneven_badge_is_proof(
    phone: PaperPhone, post: Posts, upload: Callable[[float], str], look_s: float
) -> None:
    """Late, at once full, or away for a moment."""
    phone.upload, phone.look_s = upload, look_s

    await post()


async def test_no_badge_is_no_proof(phone: PaperPhone, post: Posts) -> None:
    """The way of the feed proves nothing."""
    phone.upload = lambda _: ""

    await ends(post(), Reason.OUTCOME_UNKNOWN)


async def test_a_percentage_in_the_feed_is_no_badge(phone: PaperPhone, post: Posts) -> None:
    """A video may say 50 % where the badge would stand, and scroll away."""
    feed = Bit(
        (0, 0, 1080, 2200), cls="ViewPager", flags={"scrollable": "true"},
        bits=(label("50%", (56, 344, 127, 383)),),
    )  # fmt: skip
    phone.upload = lambda _: ""
    phone.pages["posted"] = [feed, *phone.pages["posted"]]
    old_look = phone.look

    async def look(*, windows: bool = False) -> Any:
        if phone.at == "posted" and phone.looks % 7 == 0:
            phone.pages["posted"] = nav("Friends")
        return await old_look(windows=windows)

    phone.look = look  # type: ignore[method-assign]  # a feed that moves on

    await ends(post(), Reason.OUTCOME_UNKNOWN)


async def test_a_failure_from_before_is_none_of_ours(phone: PaperPhone, post: Posts) -> None:
    """The row stands in the feed, not on the post screen: it was seen on the way."""
    row = label("Couldn't upload video", (150, 330, 760, 390))
    phone.pages["home"] = [*phone.pages["home"], row]
    phone.pages["posted"] = [*phone.pages["posted"], row]

    await post()


async def test_a_new_failure_is_the_apps_own_word(phone: PaperPhone, post: Posts) -> None:
    """It was not there before."""
    phone.pages["posted"] = [*phone.pages["posted"], label("Upload failed", (150, 330, 760, 390))]

    await ends(post(), Reason.UPLOAD_FAILED)


async def test_a_crash_in_the_upload_is_unknown_before_long(phone: PaperPhone, post: Posts) -> None:
    """The wait goes on while progress is visible, not for ever after it was."""
    phone.pages["gone"] = phone.pages["launcher"]
    key_look = phone.look

    async def look(*, windows: bool = False) -> Any:
        if phone.at == "posted" and phone.looks % 6 == 0:
            phone.at = "gone"
        return await key_look(windows=windows)

    phone.upload, phone.look = lambda _: "40%", look  # type: ignore[method-assign]
    started = phone.clock.passed

    failed = await ends(post(), Reason.OUTCOME_UNKNOWN)

    assert phone.clock.passed - started < 90, failed


async def test_a_crash_after_the_press_is_unknown(phone: PaperPhone, post: Posts) -> None:
    """The launcher is no evidence."""
    phone.pages["posted"] = phone.pages["launcher"]

    await ends(post(), Reason.OUTCOME_UNKNOWN)


@pytest.mark.parametrize("look_s", [0.05, 1, 3])
@pytest.mark.parametrize("lag", range(4, 9))
async def test_however_slow_a_phone_is_nothing_is_pressed_by_a_tap(
    phone: PaperPhone, post: Posts, lag: int, look_s: float
) -> None:
    """Slower than the patience of the script: posted by the press, or ended by name."""
    phone.lag, phone.look_s = lag, look_s
    phone.upload = lambda t: "" if t > 60 else "50%"

    with suppress(ScriptFailed):
        await post()

    assert phone.stray_presses == 0
