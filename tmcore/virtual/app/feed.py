"""The tabs of the navigation bar but for the profile: Home, Friends, Inbox."""

from collections.abc import Callable

from tmcore.virtual.app.canvas import PAGE, Canvas
from tmcore.virtual.app.node import Node, nothing
from tmcore.virtual.app.session import Session

_TABS = (
    ("nav_home", "Home", "home_feed", 0),
    ("nav_friends", "Friends", "friends", 216),
    ("nav_inbox", "Inbox", "inbox", 648),
    ("nav_profile", "Profile", "profile", 864),
)


def nav_bar(app: Session, selected: str) -> Node:
    """Home, Friends, Create, Inbox, Profile: the box carries desc, a child the text."""
    ui = app.ui
    tabs = [_tab(app, tab, chosen=tab[1] == selected) for tab in _TABS]
    create = ui.node(
        "Button", (432, 2208, 648, 2337), id="create", desc="Create", on=app.open_create
    )
    tabs.insert(2, create)
    return ui.node("LinearLayout", (0, 2208, 1080, 2337), *tabs, id="nav_bar")


def _tab(app: Session, tab: tuple[str, str, str, int], *, chosen: bool) -> Node:
    identity, label, screen, left = tab
    ui = app.ui
    text = ui.node("TextView", (left, 2288, left + 216, 2322), text=label, selected=chosen)
    icon = ui.node("ImageView", (left + 66, 2213, left + 150, 2297), selected=chosen)
    box = (left, 2208, left + 216, 2337)
    deed = _go(app, screen)
    return ui.node(
        "FrameLayout", box, text, icon, id=identity, desc=label, selected=chosen, on=deed
    )


def _go(app: Session, screen: str) -> Callable[[], None]:
    return lambda: app.show(screen)


def home_feed(app: Session) -> Node:
    """A playing video under a column of icons."""
    ui = app.ui
    top = [
        _feed_tab(ui, name, index) for index, name in enumerate(("Explore", "Following", "For You"))
    ]
    search = ui.node("ImageView", (933, 138, 1080, 285), id="search", desc="Search", on=nothing)
    live = ui.node("ImageView", (0, 138, 147, 285), id="live", desc="@2131892834", on=nothing)
    video = ui.node("View", (0, 0, 1080, 2208), id="video", desc="Video", on=nothing)
    cell = ui.node("FrameLayout", (0, 0, 1080, 2208), video, *_rail(ui), id="feed_cell", on=nothing)
    feed = ui.node("ViewPager", (0, 0, 1080, 2208), cell, id="feed", scrollable=True)
    bar = ui.node("FrameLayout", (0, 136, 1080, 288), live, *top, search, id="top_bar", on=nothing)
    return ui.page([ui.node("FrameLayout", PAGE, feed, bar, *_failure(app), nav_bar(app, "Home"))])


def _rail(ui: Canvas) -> list[Node]:
    items = (
        ("avatar", "", "Studio profile", 1236),
        ("like", "", "Like video. 12.4K likes", 1414),
        ("comment", "312", "Read or add comments. 312 comments", 1572),
        ("favorite", "87", "Add or remove this video from Favorites.", 1730),
        ("share", "41", "Share video. 41 shares", 1888),
    )
    found = []
    for identity, text, desc, top in items:
        count = ui.node("TextView", (912, top + 120, 1080, top + 150), text=text)
        box = (912, top, 1080, top + 158)
        button = ui.node("Button", box, count, id=identity, desc=desc, on=nothing)
        found.append(ui.node("FrameLayout", box, button, id="rail_item", on=nothing))
    author = ui.node("Button", (32, 2060, 420, 2118), id="author", text="studio.friend", on=nothing)
    return [*found, author]


def _feed_tab(ui: Canvas, name: str, index: int) -> Node:
    left = 280 + 190 * index
    chosen = name == "For You"
    box = (left, 136, left + 180, 288)
    text = ui.node("TextView", box, text=name, id="android:id/text1", selected=chosen)
    label = ui.node("LinearLayout", box, text, desc=name, selected=chosen)
    return ui.node("Tab", box, label, selected=chosen, on=nothing)


def friends(app: Session) -> Node:
    """The tab on which 43.1.4 lands after a post."""
    ui = app.ui
    text = "Connect with friends to view their posts"
    empty = ui.node("TextView", (153, 808, 926, 998), id="friends_empty", text=text)
    rows = [
        ui.node("Button", (84, 1051 + 137 * n, 996, 1167 + 137 * n), text=label, on=nothing)
        for n, label in enumerate(("Connect with contacts", "Invite friends"))
    ]
    title = ui.node("TextView", (459, 183, 646, 241), text="Friends")
    head = ui.node("FrameLayout", (459, 140, 646, 284), title, desc="Friends", on=nothing)
    search = ui.node("ImageView", (933, 139, 1080, 286), id="search", desc="Search", on=nothing)
    box = ui.node("LinearLayout", (84, 1051, 996, 1462), *rows, id="friends_row")
    return ui.page([empty, box, head, search, *_failure(app), nav_bar(app, "Friends")])


def inbox(app: Session) -> Node:
    """Nothing that we ever read."""
    ui = app.ui
    title = ui.node("TextView", (459, 183, 646, 241), text="Inbox", selected=True)
    row = ui.node("TextView", (160, 320, 900, 380), text="New followers")
    return ui.page([title, row, nav_bar(app, "Inbox")])


def _failure(app: Session) -> list[Node]:
    """(unseen) What is left of an upload that failed."""
    if not app.failed_upload and "failure_row" not in app.body.faults:
        return []
    text = app.ui.node("TextView", (150, 330, 760, 390), text="Couldn’t upload video")  # noqa: RUF001
    retry = app.ui.node("Button", (780, 310, 1000, 410), text="Retry", on=nothing)
    return [app.ui.node("LinearLayout", (32, 300, 1048, 420), text, retry, id="failure")]
