"""The account that the app is open as: read on its own profile page, switched, and read again.

What is read here holds until the press, so the app is not left from here on. An account is never
added, logged in or logged out: what is not in the app's own list of accounts is not there.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from tmcore.apps.profile import bare
from tmcore.apps.rules import COMPOSER_ACCOUNT
from tmcore.errors import ScriptFailed
from tmcore.phone.screen import Screen
from tmcore.reasons import Reason
from tmcore.scripts.post.account_list import AccountList
from tmcore.scripts.post.screens import BACK, PAUSE_S, Screens
from tmcore.scripts.script import Run

RELOAD_S = 10.0  # an app that changes accounts may show anything for so long
SWITCH_LOOKS, SWITCH_S = 4, 15.0  # how long the old name may stand there after a switch


@dataclass(frozen=True)
class Owner:
    """Whose profile page this is."""

    username: str
    page: Screen


async def open_account(run: Run, screens: Screens, home: Screen) -> tuple[str, Screen]:
    """Make the task's account the open one; return the one that is, and its profile page.

    A task without an account takes the one that is open. Raises ScriptFailed: wrong_account,
    account_unreadable, what a block says, or why this account is held.
    """
    owner = await read_owner(screens, home)
    if run.username not in (None, owner.username):
        owner = await _switch(run, screens, owner, run.username or "")
    await run.opened(screens.profile.app, owner.username)
    await run.log(f"account @{owner.username}")
    run.progress(0.45)
    return owner.username, owner.page


async def read_owner(screens: Screens, home: Screen) -> Owner:
    """Read the active account on the app's own profile page."""
    page = await _profile_page(screens, home)
    username = _name(screens, page)
    if username is None:
        raise ScriptFailed(
            Reason.ACCOUNT_UNREADABLE, "the profile page does not show one user name"
        )
    return Owner(username, page)


def refuse_other(screens: Screens, composer: Screen, account: str) -> None:
    """Compare with whom the composer names; most name nobody, and the profile page was read."""
    if COMPOSER_ACCOUNT not in screens.profile.targets:
        return
    shown = screens.reading(COMPOSER_ACCOUNT, composer)
    if shown and bare(shown) != account:
        raise ScriptFailed(
            Reason.WRONG_ACCOUNT, f"the composer is @{bare(shown)}'s, the post is for @{account}"
        )


async def read_accounts(run: Run, screens: Screens, owner: Owner) -> tuple[str, ...]:
    """Read the app's list of accounts, and close it again."""
    listed = AccountList(run, screens, await _open_list(screens, owner))
    names = await listed.read(owner.username)
    await run.phone.key(BACK)
    return tuple(dict.fromkeys((owner.username, *names)))


async def _switch(run: Run, screens: Screens, owner: Owner, wanted: str) -> Owner:
    await run.log(f"open as @{owner.username}; switching to @{wanted}")
    listed = AccountList(run, screens, await _open_list(screens, owner))
    row = await listed.row_of(wanted)
    if row is None:
        raise _not_listed(owner, wanted, listed.names)
    await run.phone.tap(row)
    switched = await _after_switch(screens, owner, wanted)
    if switched.username != wanted:
        raise ScriptFailed(
            Reason.WRONG_ACCOUNT,
            f"the app stays open as @{switched.username} after its switch to @{wanted}",
        )
    return switched


async def _open_list(screens: Screens, owner: Owner) -> Screen:
    return await screens.until(
        "account_switcher",
        on={
            "own_profile": screens.tapping("account_menu"),
            "home": screens.tapping("nav_profile"),
        },
        screen=owner.page,
    )


def _not_listed(owner: Owner, wanted: str, names: Iterable[str]) -> ScriptFailed:
    listed = ", ".join(f"@{name}" for name in names) or "nobody"
    return ScriptFailed(
        Reason.WRONG_ACCOUNT,
        f"the app is open as @{owner.username}, the task is for @{wanted}, "
        f"and the app's list of accounts has {listed}",
    )


async def _after_switch(screens: Screens, owner: Owner, wanted: str) -> Owner:
    """Read the profile page until it is the wanted one's; the old page stands there for a while."""
    begun, looks = _now(), 0
    while True:
        page = await _profile_page(screens, tapped=wanted)
        name, looks = _name(screens, page), looks + 1
        patient = looks < SWITCH_LOOKS or _now() - begun < SWITCH_S
        if name == wanted or not patient:
            return Owner(name or owner.username, page)
        await asyncio.sleep(PAUSE_S)


async def _profile_page(
    screens: Screens, screen: Screen | None = None, tapped: str | None = None
) -> Screen:
    """Go to the own profile page; `tapped` is whose row was just tapped in the list."""
    on = {"home": screens.tapping("nav_profile")}
    if tapped is None:
        return await screens.until("own_profile", on=on, screen=screen)
    on["account_switcher"] = screens.tapping("account_row", tapped)
    return await screens.until(
        "own_profile", on=on, done=("account_switcher",), patience_s=RELOAD_S
    )


def _name(screens: Screens, page: Screen) -> str | None:
    handle = screens.reading("username", page)
    return bare(handle) if handle else None


def _now() -> float:
    return asyncio.get_running_loop().time()
