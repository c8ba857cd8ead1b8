"""The account that is open, on apps that nobody has seen: the task's, or no press."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tests.engine.paper import (
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
from tmcore.apps.catalog import catalog
from tmcore.errors import AccountBlocked, ScriptFailed
from tmcore.phone.screen import Screen
from tmcore.reasons import Reason
from tmcore.scripts.match_accounts import MatchAccounts
from tmcore.scripts.post.account import open_account
from tmcore.scripts.post.screens import Screens
from tmcore.scripts.script import Deal, Done, Run, ScriptArgs

HANDLE = (376, 626, 702, 668)


def profile_of(name: str) -> list[Bit]:
    return [
        *nav("Profile"),
        button("Virtual Studio", (308, 555, 772, 618), f"sheet_{name}"),
        label(f"@{name}", HANDLE),
    ]


def sheet(active: str, *names: str, leads: Callable[[str], str]) -> list[Bit]:
    """The list of accounts, with a row that looks like the others and adds one."""
    rows = [
        Bit(
            (0, 1700 + 190 * n, 1080, 1890 + 190 * n), desc=name, cls="Button",
            to="-" if name == active or name == "Add account" else leads(name),
            flags={"selected": "true"} if name == active else {},
        )
        for n, name in enumerate((*names, "Add account"))
    ]  # fmt: skip
    title = label("Switch account", (373, 1600, 708, 1660))
    close = button("", (954, 1600, 1059, 1690), f"profile_{active}", desc="Close")
    return [
        Bit(
            (0, 1550, 1080, 2400),
            cls="FrameLayout",
            desc="Bottom sheet",
            bits=(title, close, *rows),
        )
    ]


@pytest.fixture
async def phone(monkeypatch: pytest.MonkeyPatch) -> PaperPhone:
    """An app with three accounts, open as @ann."""
    shown = pages()
    names = ("ann", "bob.b", "cleo_1")
    for name in names:
        shown[f"profile_{name}"] = profile_of(name)
        shown[f"sheet_{name}"] = sheet(name, *names, leads=lambda to: f"profile_{to}")
    shown["profile"] = shown["profile_ann"]
    return PaperPhone(Clock(monkeypatch), shown)


@pytest.fixture
def run(phone: PaperPhone) -> PaperRun:
    return PaperRun(phone, Deal())


async def opened(run: PaperRun, username: str | None) -> tuple[str, Screen]:
    run.username = username
    screens = Screens(cast("Run", run), catalog().choose("tiktok", "43.1.4").profile)
    await run.phone.start_app(run.phone.package)
    home = await screens.until("home")
    return await open_account(cast("Run", run), screens, home)


async def refused(run: PaperRun, username: str | None) -> ScriptFailed:
    with pytest.raises(ScriptFailed) as failed:
        await opened(run, username)
    return failed.value


async def test_the_open_account_is_not_switched(run: PaperRun) -> None:
    """It is read on the profile page, in two looks."""
    account, page = await opened(run, "ann")

    assert (account, run.opened_as) == ("ann", ("tiktok", "ann"))
    assert any(node.text == "@ann" for node in page.nodes)
    assert run.phone.looks <= 2


async def test_a_task_without_an_account_takes_the_open_one(run: PaperRun) -> None:
    """Nothing is switched for it."""
    assert (await opened(run, None))[0] == "ann"
    assert run.phone.taps == ["home:Profile"]


@pytest.mark.parametrize("lag", [0, 1, 3])
@pytest.mark.parametrize("look_s", [0.1, 2])
async def test_another_account_is_switched_to_and_read_again(
    run: PaperRun, lag: int, look_s: float
) -> None:
    """The page that is returned is the new account's, whatever the phone still showed."""
    run.phone.lag, run.phone.look_s = lag, look_s

    account, page = await opened(run, "cleo_1")

    assert (account, run.opened_as) == ("cleo_1", ("tiktok", "cleo_1"))
    assert any(node.text == "@cleo_1" for node in page.nodes)
    assert run.phone.taps.count("sheet_ann:cleo_1") == 1


async def test_an_app_that_lands_on_its_feed_is_read_on_the_profile_page(run: PaperRun) -> None:
    """The switch alone proves nothing."""
    shown = run.phone.pages
    names = ("ann", "bob.b")
    shown["home_bob"] = [
        Bit(
            bit.box,
            desc=bit.desc,
            cls=bit.cls,
            to="profile_bob.b" if bit.desc == "Profile" else "-",
        )
        for bit in nav("Home")
    ]
    shown["sheet_ann"] = sheet("ann", *names, leads=lambda _: "home_bob")

    account, _ = await opened(run, "bob.b")

    assert account == "bob.b"
    assert run.phone.taps[-1] == "home_bob:Profile"


async def test_a_switch_that_changes_nothing_is_the_wrong_account(run: PaperRun) -> None:
    """However politely the app closes its list."""
    names = ("ann", "bob.b")
    run.phone.pages["sheet_ann"] = sheet("ann", *names, leads=lambda _: "profile_ann")

    failed = await refused(run, "bob.b")

    assert failed.reason is Reason.WRONG_ACCOUNT
    assert "stays open as @ann" in str(failed)
    assert run.opened_as is None


async def test_an_account_that_is_not_in_the_list_is_named_with_the_list(run: PaperRun) -> None:
    """Nobody is logged in or out to get it there."""
    failed = await refused(run, "dora")

    assert failed.reason is Reason.WRONG_ACCOUNT
    assert "@dora" in str(failed)
    assert "@ann, @bob.b, @cleo_1" in str(failed)
    assert not any("Add account" in tap for tap in run.phone.taps)


async def test_a_name_is_never_taken_for_a_longer_one(run: PaperRun) -> None:
    """@cleo is not @cleo_1."""
    failed = await refused(run, "cleo")

    assert failed.reason is Reason.WRONG_ACCOUNT
    assert run.phone.taps == ["home:Profile", "profile:Virtual Studio"]


FAR = tuple(f"shop_{n:02}" for n in range(1, 13))


def screenful(first: int, *, title: bool = True) -> list[Bit]:
    """Five rows of a list of accounts that scrolls; the last of all adds one."""
    names = (*FAR, "Add account")[first : first + 5]
    rows = [
        Bit(
            (0, 1700 + 120 * n, 1080, 1820 + 120 * n), desc=name, cls="Button",
            to="-" if name == "Add account" else f"profile_{name}",
        )
        for n, name in enumerate(names)
    ]  # fmt: skip
    scroller = Bit(
        (0, 1700, 1080, 2300), cls="RecyclerView", bits=tuple(rows), flags={"scrollable": "true"}
    )
    head = (label("Switch account", (373, 1600, 708, 1660)),) if title else ()
    return [Bit((0, 1550, 1080, 2400), cls="FrameLayout", bits=(*head, scroller))]


@pytest.fixture
def long_list(phone: PaperPhone) -> PaperPhone:
    """Twelve accounts in four screenfuls; in the middle nothing tells the sheet from others."""
    phone.pages["sheet_ann"] = screenful(0)
    for n in (4, 6, 8):
        phone.pages[f"sheet_{n}"] = screenful(n, title=n != 6)
        phone.pages |= {f"profile_{name}": profile_of(name) for name in FAR}
    phone.moves_on = {
        "sheet_ann": "sheet_4", "sheet_4": "sheet_6", "sheet_6": "sheet_8", "sheet_8": "sheet_8",
    }  # fmt: skip
    return phone


@pytest.mark.parametrize("lag", [0, 1, 2])
@pytest.mark.parametrize("wanted", ["shop_02", "shop_09", "shop_11", "shop_12"])
async def test_an_account_further_down_is_scrolled_to(
    run: PaperRun, long_list: PaperPhone, wanted: str, lag: int
) -> None:
    """Its row is tapped once, and the account read afterwards."""
    long_list.lag = lag

    assert (await opened(run, wanted))[0] == wanted
    assert sum(tap.endswith(f":{wanted}") for tap in long_list.taps) == 1


async def test_a_list_is_read_to_its_end_before_an_account_is_said_to_be_missing(
    run: PaperRun, long_list: PaperPhone
) -> None:
    """All twelve are named, and what adds one is not touched."""
    failed = await refused(run, "dora")

    assert ", ".join(f"@{name}" for name in FAR) in str(failed)
    assert not any("Add account" in tap for tap in long_list.taps)


async def test_a_wall_over_a_scrolled_list_is_not_touched(
    run: PaperRun, long_list: PaperPhone
) -> None:
    """It ends the task as anywhere else."""
    long_list.pages["wall"] = CAPTCHA
    long_list.over = {"sheet_6": "wall"}

    failed = await refused(run, "dora")

    assert failed.reason is Reason.SECURITY_CHECK
    assert not any(tap.startswith("wall:") for tap in long_list.taps)


async def test_a_list_that_fills_slowly_is_waited_for(run: PaperRun) -> None:
    """Its rows come after its title."""
    full, look = run.phone.pages["sheet_ann"], run.phone.look
    run.phone.pages["sheet_ann"] = sheet("ann", leads=lambda _: "-")

    async def filling(*, windows: bool = False) -> Any:
        if run.phone.looks == 3:
            run.phone.pages["sheet_ann"] = full
        return await look(windows=windows)

    run.phone.look = filling  # type: ignore[method-assign]  # the phone's own, with a delay

    assert (await opened(run, "bob.b"))[0] == "bob.b"


async def test_a_question_after_the_switch_is_answered(run: PaperRun) -> None:
    """ "Save login for next time?" is refused, and the account is read behind it."""
    ask = [
        label("Save login info for next time?", (100, 900, 900, 1000)),
        button("Not now", (300, 1100, 800, 1200), "under"),
    ]
    run.phone.pages["ask"] = ask
    run.phone.over = {"profile_bob.b": "ask"}

    assert (await opened(run, "bob.b"))[0] == "bob.b"


LOGIN = [
    label("Log in to TikTok", (100, 300, 900, 400)),
    Bit((40, 600, 1040, 700), cls="EditText", to="pw", flags={"password": "true"}),
    button("Log in", (40, 800, 1040, 900)),
]
CAPTCHA = [
    label("Verify you are human", (100, 300, 900, 400)),
    button("Slide", (40, 800, 1040, 900)),
]


@pytest.mark.parametrize(
    ("page", "reason"), [(LOGIN, Reason.LOGIN_REQUIRED), (CAPTCHA, Reason.SECURITY_CHECK)]
)
@pytest.mark.parametrize("at", ["home", "profile", "sheet_ann", "profile_bob.b"])
async def test_a_wall_ends_the_task_and_is_not_touched(
    run: PaperRun, page: list[Bit], reason: Reason, at: str
) -> None:
    """Before, in, or after the switch: by its own name, and the account is to be held."""
    run.phone.pages["wall"] = page
    run.phone.over = {at: "wall"}

    failed = await refused(run, "bob.b")

    assert isinstance(failed, AccountBlocked)
    assert (failed.reason, failed.app) == (reason, "tiktok")
    assert not any(tap.startswith("wall:") for tap in run.phone.taps)
    assert run.phone.keys == []


async def test_a_page_without_a_name_is_unreadable(run: PaperRun) -> None:
    """Two names, and none can be told to be the owner's."""
    run.phone.pages["profile"] = [*profile_of("ann"), label("@other", (376, 150, 702, 200))]

    assert (await refused(run, "ann")).reason is Reason.ACCOUNT_UNREADABLE


NAMED = """
app = "tiktok"

[targets.composer_account]
screens = ["composer"]
candidates = [{ label_match = "@[a-z0-9._]+", zone = [0, 0, 1, 0.2] }]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An operator's profile that says where the composer names the account."""
    (tmp_path / "apps").mkdir()
    (tmp_path / "apps" / "mine.toml").write_text(NAMED)
    return tmp_path / "apps"


async def test_a_composer_of_another_account_is_not_pressed(
    phone: PaperPhone, own: Path, tmp_path: Path
) -> None:
    """Where a profile says where it names one; the profile page was read before."""
    phone.pages["composer"].append(label("@bob.b", (300, 150, 700, 200)))

    failed = await ends(posted(phone, tmp_path, "Hello", profiles=own), Reason.WRONG_ACCOUNT)

    assert str(failed) == "the composer is @bob.b's, the post is for @ann"
    assert phone.presses == 0


@pytest.mark.parametrize("names", [(), ("@Ann",), ("@bob.b", "@cleo_1")])
async def test_a_composer_that_names_nobody_else_is_pressed(
    phone: PaperPhone, own: Path, tmp_path: Path, names: tuple[str, ...]
) -> None:
    """Nobody, its own account, or two of which neither can be told to be meant."""
    shown = (label(name, (300, 150 + 60 * n, 700, 200 + 60 * n)) for n, name in enumerate(names))
    phone.pages["composer"].extend(shown)

    run = await posted(phone, tmp_path, "Hello", profiles=own)

    assert (phone.presses, run.opened_as) == (1, ("tiktok", "ann"))


async def test_matching_binds_what_the_list_shows(run: PaperRun) -> None:
    """The open one first, and nothing is pressed or switched."""
    done = await MatchAccounts().run(cast("Run", run), ScriptArgs(app="tiktok"))

    assert isinstance(done, Done)
    assert done.reason is Reason.MATCHED
    assert run.bound == [("tiktok", ("ann", "bob.b", "cleo_1"), None)]
    assert done.remark.startswith("tiktok: @ann (open), @bob.b, @cleo_1")
    assert run.phone.presses == run.phone.stray_presses == 0


async def test_matching_a_phone_without_the_app_says_so(run: PaperRun) -> None:
    """There is nothing to read."""
    run.phone.package = "com.example.other"

    with pytest.raises(ScriptFailed) as failed:
        await MatchAccounts().run(cast("Run", run), ScriptArgs())

    assert failed.value.reason is Reason.APP_MISSING
