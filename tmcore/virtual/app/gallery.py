"""The picker. Its tree holds the whole camera first: "the first node with that text" is wrong."""

from collections.abc import Callable

from tmcore.virtual.app.camera import camera_layer
from tmcore.virtual.app.canvas import PAGE
from tmcore.virtual.app.node import Node, nothing
from tmcore.virtual.app.session import Session
from tmcore.virtual.media import Row

COLUMNS = ((5, 359), (364, 717), (722, 1075))
ROWS, TILE = 5, 362  # rows in sight, pixels from one to the next
_TABS = (("All", 42, 254), ("Videos", 254, 501), ("Photos", 501, 751), ("AI gallery", 751, 1038))


def gallery(app: Session) -> Node:
    """Three columns, newest first, over the camera."""
    ui = app.ui
    picker = ui.node(
        "LinearLayout",
        PAGE,
        _header(app),
        _tabs(app),
        _grid(app),
        _footer(app),
        id="sheet",
        blocks=True,
    )
    surface = ui.node("SurfaceView", (0, 161, 1080, 2081))
    # the camera's preview is drawn below but comes last in the tree, as in the real one
    return ui.page([camera_layer(app), picker, ui.node("FrameLayout", PAGE, surface)])


def _header(app: Session) -> Node:
    ui = app.ui
    close = ui.node(
        "ImageView",
        (42, 167, 105, 230),
        id="picker_close",
        desc="Close",
        on=lambda: app.show("camera"),
    )
    text = ui.node("TextView", (445, 173, 586, 223), id="album_text", text="Recents")
    arrow = ui.node("ImageView", (602, 177, 644, 219), id="album_arrow", desc="Down")
    album = ui.node("LinearLayout", (403, 151, 676, 246), text, arrow, id="album", on=nothing)
    icon = ui.node("ImageView", (932, 180, 969, 217), desc="Get description ideas")
    ideas_text = ui.node("TextView", (974, 179, 1033, 218), text="Text")
    ideas = ui.node("LinearLayout", (906, 151, 1059, 246), icon, ideas_text, id="ideas", on=nothing)
    return ui.node("RelativeLayout", (0, 136, 1080, 262), close, album, ideas)


def _tabs(app: Session) -> Node:
    ui = app.ui
    tabs = []
    for name, left, right in _TABS:
        chosen = name == app.gallery_tab
        text = ui.node("TextView", (left + 26, 262, right - 26, 380), text=name, selected=chosen)
        deed = None if chosen else _tab(app, name)
        box = (left, 262, right, 380)
        tabs.append(ui.node("FrameLayout", box, text, desc=name, selected=chosen, on=deed))
    return ui.node("HorizontalScrollView", (0, 262, 1080, 380), *tabs, id="tabs", scrollable=True)


def _grid(app: Session) -> Node:
    ui = app.ui
    first = app.scrolled * len(COLUMNS)
    shown = app.tiles()[first : first + len(COLUMNS) * ROWS]
    tiles = [_tile(app, row, n) for n, row in enumerate(shown)]
    if not app.body.allows_media(app.package):
        text = "Allow TikTok to access your photos and videos"
        tiles = [ui.node("TextView", (100, 900, 980, 1000), text=text)]
    grid = ui.node("GridView", (0, 380, 1080, 2137), *tiles, id="grid", scrollable=True)
    return ui.node("ViewPager", (0, 380, 1080, 2137), grid)


def _tile(app: Session, row: Row, index: int) -> Node:
    """The circle selects; the rest of the tile does what the version does."""
    ui = app.ui
    left, right = COLUMNS[index % 3]
    top = 385 + TILE * (index // 3)
    bottom = min(top + 357, 2137)
    chosen = row.path in app.picked
    image = ui.node("ImageView", (left, top, right, bottom), id="tile")
    mark_text = str(app.picked.index(row.path) + 1) if chosen else ""
    mark = ui.node(
        "Button", (right - 79, top + 16, right - 16, top + 79), id="circle_mark",
        text=mark_text, selected=chosen,
        on=lambda: app.toggle(row.path),
    )  # fmt: skip
    circle = ui.node(
        "FrameLayout", (right - 116, top, right, top + 116), mark, id="circle",
        on=lambda: app.toggle(row.path),
    )  # fmt: skip
    children = [image, circle]
    if row.kind == "video":
        children.insert(
            1,
            ui.node("TextView", (right - 110, bottom - 60, right - 10, bottom - 10), text="00:08"),
        )
    box = (left, top, right, bottom)
    return ui.node("FrameLayout", box, *children, on=lambda: app.tap_tile(row.path))


def _footer(app: Session) -> Node:
    ui = app.ui
    box = ui.node("CheckBox", (32, 2211, 95, 2274), id="multiple_box", checked=app.multiple)
    text = ui.node("TextView", (111, 2214, 354, 2261), id="multiple_text", text="Select multiple")
    multiple = ui.node(
        "RelativeLayout",
        (32, 2137, 354, 2337),
        box,
        text,
        id="multiple",
        on=app.toggle_multiple,
    )
    deed = app.open_editor if app.picked else None
    count = f" ({len(app.picked)})" if app.look.next_counts and app.picked else ""
    following = ui.node(
        "Button", (550, 2179, 1048, 2295), id="picker_next", text=f"Next{count}", on=deed
    )
    return ui.node("FrameLayout", (0, 2137, 1080, 2337), multiple, following)


def _tab(app: Session, name: str) -> Callable[[], None]:
    return lambda: app.choose_tab(name)
