"""The three galleries: New post with a preview, New reel and Add to story with larger tiles."""

import time
from collections.abc import Callable

from tmcore.virtual.app.instagram.bars import go
from tmcore.virtual.app.instagram.session import InstagramSession
from tmcore.virtual.app.node import Node, nothing
from tmcore.virtual.media import Row

# columns, width and height from one tile to the next, top of the grid
POST_GRID = (4, 180, 180, 898)
TALL_GRID = (3, 239, 422, 274)
BOTTOM = 1277  # where the tabs begin
_TABS = (
    ("cam_dest_feed", "POST", "post", 312, 408),
    ("cam_dest_story", "STORY", "story", 408, 519),
    ("cam_dest_clips", "REEL", "reel", 519, 608),
)


def gallery(app: InstagramSession) -> Node:
    """As what is being made has it."""
    content = _post(app) if app.making == "post" else _tall(app)
    tabs = [_tab(app, *tab) for tab in _TABS]
    bar = app.ui.node(
        "FrameLayout", (0, BOTTOM, 720, 1440), *tabs, id="multi_destination_scroll_view",
        blocks=True,
    )  # fmt: skip
    return app.ui.page([*content, bar])


def grid_of(app: InstagramSession) -> tuple[int, int, int, int]:
    """Columns, width, height, top."""
    return POST_GRID if app.making == "post" else TALL_GRID


def last_row(app: InstagramSession) -> int:
    """The lowest row that can come to the top."""
    columns, _, height, top = grid_of(app)
    rows = -(-(len(app.tiles()) + 1) // columns)
    return max(0, rows - (BOTTOM - top) // height)


def _post(app: InstagramSession) -> list[Node]:
    ui = app.ui
    cancel = ui.node(
        "ImageView", (0, 0, 91, 91), id="action_bar_cancel", desc="Cancel", on=go(app, "feed")
    )
    title = ui.node("TextView", (91, 0, 626, 91), id="new_post_title", text="New post")
    following = ui.node(
        "Button", (626, 0, 720, 91), id="next_button_textview", text="Next", desc="Next",
        on=app.open_editor if app.picked else None, enabled=bool(app.picked),
    )  # fmt: skip
    preview = ui.node(
        "View", (0, 91, 720, 811), id="video_preview_view", desc="Video preview thumbnail",
        on=nothing,
    )  # fmt: skip
    folder = ui.node(
        "Button", (0, 834, 191, 873), id="gallery_folder_menu_tv", text="Recents", on=nothing
    )
    words = ui.node(
        "TextView", (520, 841, 687, 864), id="slideout_iconview_text", text="SELECT MULTIPLE"
    )
    multiple = ui.node(
        "LinearLayout", (481, 827, 700, 879), words, id="multi_select_slide_button_alt",
        desc="Select multiple button", checked=app.multiple, on=app.toggle_multiple,
    )  # fmt: skip
    return [cancel, title, following, preview, folder, multiple, _grid(app)]


def _tall(app: InstagramSession) -> list[Node]:
    """With several selected a Next appears, of which there is no dump (unseen)."""
    ui = app.ui
    name = "New reel" if app.making == "reel" else "Add to story"
    back = ui.node(
        "Button", (0, 7, 85, 92), id="gallery_cancel_button", desc="Back to Home",
        on=go(app, "feed"),
    )  # fmt: skip
    title = ui.node("TextView", (299, 31, 421, 68), id="gallery_title_text", text=name)
    gear = ui.node(
        "Button", (635, 7, 720, 92), id="gallery_settings_gear", desc="Camera settings", on=nothing
    )
    folder = ui.node(
        "TextView", (0, 209, 172, 246), id="gallery_folder_menu_tv",
        text="Album switcher, Recents, button, double tap to change album",
    )  # fmt: skip
    menu = ui.node("LinearLayout", (0, 185, 196, 271), folder, id="gallery_folder_menu_button")
    multiple = ui.node(
        "Button", (644, 203, 702, 261), id="gallery_menu_multi_select_button",
        desc="Select multiple, activate to select multiple photos in your gallery",
        on=app.toggle_multiple,
    )  # fmt: skip
    found = [back, title, gear, menu, multiple, _grid(app)]
    if app.multiple and app.picked:
        found.append(
            ui.node("Button", (560, 1190, 700, 1260), text="Next", desc="Next", on=app.open_editor)
        )
    return found


def _grid(app: InstagramSession) -> Node:
    ui = app.ui
    columns, _, height, top = grid_of(app)
    rows = -(-(BOTTOM - top) // height)
    cells: list[Row | None] = [None, *app.tiles()]
    first = app.scrolled * columns
    tiles = [
        _tile(app, row, place) for place, row in enumerate(cells[first : first + columns * rows])
    ]
    identity = "media_picker_grid_view" if app.making == "post" else "gallery_recycler_view"
    return ui.node("GridView", (0, top, 720, 1362), *tiles, id=identity)


def _tile(app: InstagramSession, row: Row | None, place: int) -> Node:
    """The first cell is the camera's."""
    ui = app.ui
    columns, width, height, top = grid_of(app)
    left, upper = 2 + width * (place % columns), top + height * (place // columns)
    box = (left, upper, left + width - 3, min(1362, upper + height - 3))
    if row is None:
        icon = ui.node("ImageView", box, id="gallery_grid_camera_item_icon", desc="Camera")
        return ui.node("Button", box, icon, desc="Open camera", on=nothing)
    chosen = row.path in app.picked
    what = "Video" if row.kind == "video" else "Photo"  # (unseen) what a photo's says
    made = time.strftime("%B %d, %Y %I:%M %p", time.localtime(row.added))
    thumb = ui.node(
        "Button", box, id="gallery_grid_item_thumbnail", on=_choose(app, row.path),
        desc=f"{'Selected' if chosen else 'Unselected'} {what} thumbnail created on {made}",
    )  # fmt: skip
    inside = [thumb]
    if row.kind == "video":
        inside.append(
            ui.node(
                "TextView", (box[2] - 47, box[3] - 35, box[2] - 13, box[3] - 11),
                id="gallery_grid_item_label", text="0:08",
            )
        )  # fmt: skip
    if app.multiple and chosen:  # (unseen) how the number is written
        number = str(app.picked.index(row.path) + 1)
        inside.append(
            ui.node(
                "TextView", (box[2] - 47, box[1] + 8, box[2] - 8, box[1] + 47),
                id="gallery_grid_item_selection_circle", text=number,
            )
        )  # fmt: skip
    return ui.node("ViewGroup", box, *inside, on=_choose(app, row.path), hold=nothing)


def _tab(app: InstagramSession, identity: str, text: str, making: str, *span: int) -> Node:
    left, right = span
    return app.ui.node(
        "TextView", (left, 1284, right, 1342), id=identity, text=text, desc=text,
        on=lambda: app.open_create(making),
    )  # fmt: skip


def _choose(app: InstagramSession, path: str) -> Callable[[], None]:
    return lambda: app.tap_tile(path)
