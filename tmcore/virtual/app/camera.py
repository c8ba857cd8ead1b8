"""The camera, and the CREATE tab that often stands in its place."""

from collections.abc import Callable

from tmcore.virtual.app.canvas import PAGE
from tmcore.virtual.app.node import Node, nothing
from tmcore.virtual.app.session import Session

_MODES = (
    ("10m", 46, 188),
    ("60s", 188, 316),
    ("15s", 316, 444),
    ("PHOTO", 444, 637),
    ("TEXT", 637, 793),
)
_TOOLS = ("Flip", "Flash", "Timer", "Layout", "Ratio", "Retouch")


def camera(app: Session) -> Node:
    """The camera alone."""
    return app.ui.page([camera_layer(app)])


def camera_layer(app: Session) -> Node:
    """Also behind the gallery, whose tree holds it first; the thumbnail has no text."""
    ui = app.ui
    shutter = ui.node(
        "Button", (395, 1752, 684, 2041), id="shutter", desc="@2131888184", on=nothing
    )
    image = ui.node("ImageView", (32, 2091, 158, 2217))
    thumb = ui.node("FrameLayout", (0, 2081, 210, 2239), image, id="thumb", on=app.open_gallery)
    close = ui.node(
        "ImageView", (32, 193, 148, 309), id="camera_close", desc="@2131888272",
        on=lambda: app.show("home_feed"),
    )  # fmt: skip
    modes = [
        ui.node("TextView", (left, 1655, right, 1742), id="mode", text=text, selected=text == "15s")
        for text, left, right in _MODES
    ]
    tools = [
        ui.node("Button", (933, 193 + 137 * n, 1080, 330 + 137 * n), desc=name, on=nothing)
        for n, name in enumerate(_TOOLS)
    ]
    more = ui.node(
        "ImageView", (969, 1076, 1043, 1134), id="more", desc="Dropdown menu", on=nothing
    )
    tabs = mode_tabs(app, "POST", 457)
    return ui.node(
        "FrameLayout", PAGE, shutter, thumb, _sound(app), close, *modes, *tabs, *tools, more
    )


def mode_tabs(app: Session, selected: str, left: int) -> list[Node]:
    """POST and CREATE at the bottom; what shows their state is not what takes the tap."""
    ui = app.ui
    found = []
    for text, screen, width in (("POST", "camera", 166), ("CREATE", "create_tab", 207)):
        box = (left, 2115, left + width, 2233)
        deed = nothing if text == selected else _go(app, screen)
        chosen = text == selected
        found.append(
            ui.node(
                "TextView", box, id="mode", text=text, selected=chosen, on=deed, clickable=False
            )
        )
        left += width
    return found


def _sound(app: Session) -> Node:
    ui = app.ui
    box = (372, 198, 707, 314)
    icon = ui.node("ImageView", (414, 232, 456, 274), id="sound_icon", desc="Music")
    button = ui.node("Button", (377, 198, 702, 314), icon, id="sound_button", desc="Add sound")
    text = ui.node(
        "TextView", (456, 198, 686, 314), id="sound_text", text="Add sound", focused=True
    )
    inner = ui.node("Button", box, button, text, id="sound", on=nothing)
    return ui.node("LinearLayout", box, inner, id="sound_box", on=nothing)


def create_tab(app: Session) -> Node:
    """Templates: the wrong tab. POST leads to the camera."""
    ui = app.ui
    close = ui.node(
        "ImageView",
        (53, 173, 116, 236),
        id="create_close",
        desc="Close",
        on=lambda: app.show("home_feed"),
    )
    tools = []
    for n, name in enumerate(("Photo editor", "AutoCut", "Captions", "Cutout")):
        left = 211 + 184 * n
        icon = ui.node("ImageView", (left + 60, 294, left + 123, 357), id="tool_icon", desc=name)
        text = ui.node("TextView", (left + 15, 378, left + 169, 415), id="tool_text", text=name)
        tools.append(
            ui.node("Button", (left, 273, left + 184, 468), icon, text, desc=name, on=nothing)
        )
    new_text = ui.node("TextView", (316, 581, 519, 639), id="new_video_text", text="New video")
    new = ui.node("FrameLayout", (32, 468, 803, 689), new_text, id="new_video", on=nothing)
    drafts_icon = ui.node("ImageView", (903, 513, 971, 581), desc="Drafts")
    drafts_text = ui.node("TextView", (876, 586, 999, 644), text="Drafts")
    drafts = ui.node(
        "FrameLayout", (827, 468, 1048, 689), drafts_icon, drafts_text, id="drafts_tile", on=nothing
    )
    title = ui.node("TextView", (32, 757, 277, 823), text="Templates")
    tabs = mode_tabs(app, "CREATE", 271)
    return ui.page([close, *tools, new, drafts, title, *_templates(app), *tabs])


def _templates(app: Session) -> list[Node]:
    ui = app.ui
    found = []
    for n, name in enumerate(("Slow zoom", "Three cuts")):
        left = 32 + 519 * n
        text = ui.node(
            "TextView", (left + 11, 1653, left + 300, 1700), id="template_title", text=name
        )
        uses = ui.node(
            "TextView",
            (left + 11, 1705, left + 497, 1744),
            id="template_count",
            text="1.2K videos • 1 clip",
        )
        found.append(ui.node("ViewGroup", (left, 969, left + 497, 1744), text, uses, on=nothing))
    return found


def _go(app: Session, screen: str) -> Callable[[], None]:
    return lambda: app.show(screen)
