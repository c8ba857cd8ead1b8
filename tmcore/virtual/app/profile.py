"""The own profile, and the sheet on which accounts are switched."""

from collections.abc import Callable

from tmcore.virtual.app.feed import nav_bar
from tmcore.virtual.app.node import Node, nothing
from tmcore.virtual.app.session import Session

_ROW = 189
_MOST_ROWS = 7


def profile(app: Session) -> Node:
    """Tapping the display name opens the sheet; tapping the handle only copies it."""
    return app.ui.page([*_head(app), nav_bar(app, "Profile")])


def account_switcher(app: Session) -> Node:
    """The sheet lies over the profile, which is not in this window's tree."""
    ui = app.ui
    entries = [*app.look.accounts, "Add account"]
    shown = entries[app.scrolled : app.scrolled + _MOST_ROWS]
    top = 2337 - _ROW * len(shown) - 150
    title = ui.node(
        "TextView", (373, top + 30, 708, top + 90), id="sheet_title",
        text="Switch account", desc="Switch account",
    )  # fmt: skip
    close = ui.node("Button", (954, top + 15, 1059, top + 120), desc="Close", on=_back(app))
    rows = [_row(app, name, top + 150 + _ROW * n) for n, name in enumerate(shown)]
    if len(entries) > _MOST_ROWS:  # (unseen) a list that scrolls
        box = (0, top + 150, 1080, 2337)
        rows = [ui.node("RecyclerView", box, *rows, scrollable=True)]
    outside = ui.node("View", (0, 0, 1080, top), on=_back(app), clickable=False)
    sheet = ui.node(
        "FrameLayout", (0, top, 1080, 2337), title, close, *rows,
        id="sheet", desc="Bottom sheet", blocks=True,
    )  # fmt: skip
    return ui.node("FrameLayout", (0, 0, 1080, 2400), outside, sheet)


def scroll_accounts(app: Session, up: int) -> None:
    """Move the sheet's list by what a finger moved, in pixels."""
    row = app.ui.scaled((0, 0, 0, _ROW))[3]
    app.scroll(round(up / row), max(0, len(app.look.accounts) + 1 - _MOST_ROWS))


def _head(app: Session) -> list[Node]:
    ui = app.ui
    name = ui.node(
        "Button", (308, 555, 772, 618), id="display_name", text=app.look.display_name,
        on=lambda: app.show("account_switcher"),
    )  # fmt: skip
    handle = ui.node(
        "Button", (376, 626, 702, 668), id="username", text=f"@{app.look.active}", on=nothing
    )
    counts = [
        ui.node("TextView", (180 + 260 * n, 720, 400 + 260 * n, 780), text=text)
        for n, text in enumerate(("12 Following", "340 Followers", "2.1K Likes"))
    ]
    edit = ui.node("Button", (330, 840, 750, 930), text="Edit profile", on=nothing)
    menu = ui.node("Button", (960, 150, 1060, 250), desc="Profile menu", on=nothing)
    mine = [p for p in app.body.truth.posts if (p.account, p.app) == (app.look.active, app.package)]
    tiles = [
        ui.node("ImageView", (5 + 359 * (n % 3), 1100, 359 + 359 * (n % 3), 1560), on=nothing)
        for n, _ in enumerate(mine[-3:])
    ]
    return [menu, name, handle, *counts, edit, *tiles]


def _row(app: Session, name: str, top: int) -> Node:
    """The active row is selected and carries a checkmark; Add account has the same id."""
    ui = app.ui
    chosen = name == app.look.active
    text = ui.node(
        "TextView", (220, top + 69, 598, top + 121), id="account_name", text=name, selected=chosen
    )
    mark = ui.node(
        "ImageView",
        (975, top + 63, 1038, top + 126),
        id="checkmark",
        desc="Checkmark",
        selected=True,
    )
    is_account = name in app.look.accounts
    deed = _switch(app, name) if is_account else nothing
    children = [text, mark] if chosen else [text]
    box = (0, top, 1080, top + _ROW)
    return ui.node("Button", box, *children, id="account_row", desc=name, selected=chosen, on=deed)


def _switch(app: Session, name: str) -> Callable[[], None]:
    return lambda: app.switch(name)


def _back(app: Session) -> Callable[[], None]:
    return lambda: app.show("profile")
