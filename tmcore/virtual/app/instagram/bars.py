"""What frames Instagram's pages: the tabs below, and what an upload says above them."""

from collections.abc import Callable

from tmcore.virtual.app.instagram.session import InstagramSession
from tmcore.virtual.app.node import Node

_TABS = (
    ("feed_tab", "Home", "feed"),
    ("clips_tab", "Reels", "reels"),
    ("direct_tab", "Message", "direct"),
    ("search_tab", "Search and explore", "search"),
    ("profile_tab", "Profile", "profile"),
)
_OLD_TABS = (_TABS[0], _TABS[3], ("creation_tab", "Create", ""), _TABS[1], _TABS[4])
DONE = "Done posting. Want to send it directly to friends?"


def tab_page(app: InstagramSession, selected: str, *content: Node) -> Node:
    """A page with the tabs; what an upload says lies above all of it."""
    return app.ui.page([*content, _tab_bar(app, selected), *_snackbar(app)])


def _tab_bar(app: InstagramSession, selected: str) -> Node:
    tabs = _OLD_TABS if app.look.old_tabs else _TABS
    found = [_tab(app, n, tab, chosen=tab[1] == selected) for n, tab in enumerate(tabs)]
    return app.ui.node("LinearLayout", (0, 1284, 720, 1362), *found, id="tab_bar")


def _tab(app: InstagramSession, place: int, tab: tuple[str, str, str], *, chosen: bool) -> Node:
    """A long press on the last opens the accounts; Home's own box is never marked as selected."""
    identity, label, screen = tab
    left = 144 * place
    icon = app.ui.node(
        "ImageView", (left + 52, 1303, left + 91, 1342), id="tab_icon", selected=chosen
    )
    accounts = go(app, "account_switcher") if label == "Profile" else None
    return app.ui.node(
        "FrameLayout", (left, 1284, left + 144, 1362), icon, id=identity, desc=label,
        selected=chosen and label != "Home",
        on=go(app, screen) if screen else app.open_create, hold=accounts,
    )  # fmt: skip


def _snackbar(app: InstagramSession) -> list[Node]:
    """A reel on its way, and for a while that it arrived."""
    sharing = app.sharing
    if "badge_hidden" in app.body.faults or not (sharing or app.just_done):
        return []
    ui = app.ui
    thumb = ui.node("ImageView", (39, 1190, 91, 1242), id="media_thumbnail")
    text = ui.node(
        "TextView", (107, 1194, 588, 1223), id="status_text",
        text="Sharing to Reels…" if sharing else DONE,
    )  # fmt: skip
    if sharing:
        below = ui.node(
            "ProgressBar", (107, 1236, 691, 1238), id="progress_bar",
            text=f"{sharing.percent}.0",
        )  # fmt: skip
    else:
        below = ui.node(
            "Button", (604, 1174, 700, 1258), id="upload_snackbar_button", text="Send",
            on=go(app, "direct"),
        )  # fmt: skip
    box = ui.node(
        "ViewGroup", (13, 1161, 707, 1271), thumb, text, below, id="upload_snackbar_container",
        on=go(app, "reels"),
    )  # fmt: skip
    bar = ui.node("FrameLayout", (0, 1148, 720, 1284), box, id="igds_upload_snackbar")
    return [ui.node("FrameLayout", (0, 0, 720, 1362), bar, id="overlay_layout_container")]


def go(app: InstagramSession, screen: str) -> Callable[[], None]:
    """A deed that leads to a screen."""
    return lambda: app.show(screen)
