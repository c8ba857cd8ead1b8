"""The own profile, the sheet of accounts, and what "Create New" asks."""

from collections.abc import Callable

from tmcore.virtual.app.instagram.bars import go, tab_page
from tmcore.virtual.app.instagram.session import InstagramSession
from tmcore.virtual.app.node import Bounds, Node, nothing

_ROW = 106
_MOST_ROWS = 7  # an account list that is longer scrolls


def profile(app: InstagramSession) -> Node:
    """A tap on the name opens the accounts."""
    return tab_page(app, "Profile", *_head(app), *_grid(app), _bar(app))


def account_switcher(app: InstagramSession) -> Node:
    """Rows without ids, the active one selected; the last two are no accounts."""
    ui = app.ui
    names = app.look.accounts
    top = 1253 - _ROW * min(len(names) + 1, _MOST_ROWS) - 160
    rows = _rows(app, top + 26)
    if _hidden(app):
        rows = [ui.node("RecyclerView", (0, top, 720, 1362), *rows, scrollable=True)]
    handle = ui.node("FrameLayout", (316, top - 27, 404, top), desc="Cancel", on=go(app, "profile"))
    box = ui.node(
        "ViewGroup", (0, top, 720, 1362), *rows, id="recycler_view_container_id",
        enabled=False, blocks=True,
    )  # fmt: skip
    return _over_profile(app, handle, box)


def _rows(app: InstagramSession, top: int) -> list[Node]:
    """The rows in sight. (unseen) More of them than there is room for scroll."""
    names = app.look.accounts[app.scrolled : app.scrolled + _MOST_ROWS]
    rows = [_account(app, name, top + _ROW * n) for n, name in enumerate(names)]
    if app.scrolled == _hidden(app):
        last = top + _ROW * len(rows)
        rows.append(_entry(app, "Add Instagram account", (29, last, 691, last + _ROW)))
        rows.append(_entry(app, "Go to Accounts Center", (29, last + 132, 691, last + 192)))
    return rows


def _hidden(app: InstagramSession) -> int:
    """How many rows are above the screen when the list is at its end."""
    return max(0, len(app.look.accounts) + 1 - _MOST_ROWS)


def scroll_accounts(app: InstagramSession, up: int) -> None:
    """Move the sheet's list by what a finger moved, in pixels."""
    app.scroll(round(up / app.ui.scaled((0, 0, 0, _ROW))[3]), _hidden(app))


def create_sheet(app: InstagramSession) -> Node:
    """(unseen) What "Create New" offers."""
    ui = app.ui
    deeds = {
        "Reel": lambda: app.open_create("reel"),
        "Post": lambda: app.open_create("post"),
        "Story": lambda: app.open_create("story"),
        "Story highlight": nothing,
        "Live": nothing,
    }
    title = ui.node("TextView", (300, 810, 420, 850), text="Create")
    rows = []
    for n, (label, deed) in enumerate(deeds.items()):
        box = (0, 870 + 90 * n, 720, 960 + 90 * n)
        text = ui.node("TextView", (100, box[1] + 25, 600, box[3] - 25), text=label)
        rows.append(ui.node("ViewGroup", box, text, desc=label, on=deed))
    sheet = ui.node(
        "FrameLayout", (0, 790, 720, 1362), title, *rows, id="bottom_sheet_container", blocks=True
    )
    return _over_profile(app, sheet)


def _over_profile(app: InstagramSession, *sheet: Node) -> Node:
    """A sheet stands in the tree of the page below it; a tap beside it closes it."""
    page = profile(app)
    outside = app.ui.node(
        "View", (0, 0, 720, 1362), on=go(app, "profile"), clickable=False, blocks=True
    )
    page.children.append(
        app.ui.node("FrameLayout", (0, 0, 720, 1362), outside, *sheet, id="layout_container_bottom")
    )
    return page


def _bar(app: InstagramSession) -> Node:
    ui = app.ui
    create = ui.node("ImageView", (0, 39, 79, 130), desc="Create New", on=go(app, "create_sheet"))
    title = ui.node(
        "TextView", (208, 39, 494, 130), id="action_bar_title", text=app.look.active,
        desc=app.look.active,
    )  # fmt: skip
    chevron = ui.node("ImageView", (504, 74, 524, 94), id="action_bar_title_chevron")
    name = ui.node(
        "LinearLayout", (105, 39, 549, 130), title, chevron, id="action_bar_username_container",
        on=go(app, "account_switcher"),
    )  # fmt: skip
    options = ui.node("ImageView", (628, 39, 707, 130), desc="Options", on=nothing)
    return ui.node("FrameLayout", (0, 39, 720, 130), create, name, options, id="profile_action_bar")


def _head(app: InstagramSession) -> list[Node]:
    """With a story the picture says something else, which no dump shows (unseen)."""
    ui = app.ui
    said = "Your profile. Unseen story" if app.has_story else "Your profile. No story"
    image = ui.node(
        "ImageView", (39, 173, 170, 304), id="row_profile_header_imageview", desc=said, on=nothing
    )
    badge = ui.node(
        "ImageView", (134, 268, 170, 304), id="reel_empty_badge", desc="Add to story",
        on=lambda: app.open_create("story"),
    )  # fmt: skip
    full_name = ui.node(
        "TextView", (208, 173, 400, 201), id="profile_header_full_name_above_vanity",
        text=app.look.display_name,
    )  # fmt: skip
    counts = [
        _count(app, n, *what)
        for n, what in enumerate((
            (str(app.post_count), "posts", "post_count_front_familiar"),
            ("2", "followers", "followers_stacked_familiar"),
            ("28", "following", "following_stacked_familiar"),
        ))
    ]  # fmt: skip
    actions = [
        ui.node("Button", (20 + 345 * n, 525, 355 + 345 * n, 577), id="button_container",
                desc=label, on=nothing)
        for n, label in enumerate(("Edit profile", "Share profile"))
    ]  # fmt: skip
    return [image, *([] if app.has_story else [badge]), full_name, *counts, *actions]


def _count(app: InstagramSession, place: int, value: str, label: str, identity: str) -> Node:
    ui = app.ui
    left = 208 + 158 * place
    word = identity.partition("_")[0]
    number = ui.node(
        "TextView", (left, 214, left + 60, 247), text=value,
        id=f"profile_header_familiar_{word}_{'count_' if word == 'post' else ''}value",
    )  # fmt: skip
    name = ui.node("TextView", (left, 247, left + 95, 274), text=label)
    return ui.node(
        "View", (left, 201, left + 150, 287), number, name, id=f"profile_header_{identity}",
        desc=f"{value}{label}", on=nothing,
    )  # fmt: skip


def _grid(app: InstagramSession) -> list[Node]:
    tiles = [p for p in app.mine if p.kind != "story"][-6:]
    return [
        app.ui.node(
            "Button",
            (242 * (n % 3), 868 + 321 * (n // 3), 242 * (n % 3) + 236, 1183 + 321 * (n // 3)),
            id="image_button", on=nothing,
        )
        for n, _ in enumerate(tiles[:3])
    ]  # fmt: skip


def _account(app: InstagramSession, name: str, top: int) -> Node:
    chosen = name == app.look.active
    text = app.ui.node("View", (154, top + 35, 331, top + 70), text=name, selected=chosen)
    return app.ui.node(
        "ViewGroup", (29, top, 691, top + _ROW), text, desc=name, selected=chosen,
        on=_switch(app, name),
    )  # fmt: skip


def _entry(app: InstagramSession, label: str, box: Bounds) -> Node:
    text = app.ui.node("View", (154, box[1] + 20, 465, box[3] - 20), text=label)
    return app.ui.node("Button", box, text, desc=label, on=nothing)


def _switch(app: InstagramSession, name: str) -> Callable[[], None]:
    return lambda: app.switch(name)
