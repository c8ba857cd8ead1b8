"""What follows the gallery: the reel's editor, a photo's, a story's."""

from tmcore.virtual.app.instagram.bars import go
from tmcore.virtual.app.instagram.session import InstagramSession
from tmcore.virtual.app.node import Deed, Node, nothing

_TOOLS = (
    ("volume_controls", "Add audio"), ("add_text", "Add text"), ("add_sticker", "Add sticker"),
    ("ar_effects", "Effects"), ("voiceover", "Voiceover"), ("add_clips", "Add clips"),
    ("captions", "Captions"), ("volume_controls", "Volume"), ("save", "Save"),
)  # fmt: skip


def reel_editor(app: InstagramSession) -> Node:
    """The preview plays, so a plain dump may find no idle moment."""
    ui = app.ui
    preview = ui.node(
        "FrameLayout", (0, 0, 720, 1280), id="capture_interactive_drawable_container",
        desc="Reel preview playing",
    )  # fmt: skip
    cancel = ui.node(
        "Button", (12, 26, 84, 98), id="cancel_button", desc="Cancel", on=go(app, "gallery")
    )
    more = ui.node(
        "Button", (636, 26, 708, 98), id="overflow_button", desc="@2131966362", on=nothing
    )
    tools = [
        ui.node(
            "Button", (12 + 83 * n, 1126, min(720, 83 + 83 * n), 1197),
            id=f"clips_action_bar_{name}_button", desc=label, on=_leading(app, label),
        )
        for n, (name, label) in enumerate(_TOOLS)
    ]  # fmt: skip
    bar = ui.node(
        "RecyclerView", (0, 1094, 720, 1197), *tools, id="creation_toolbar_recyclerview",
        scrollable=True,
    )  # fmt: skip
    edit_text = ui.node("TextView", (46, 1314, 142, 1340), text="Edit video")
    edit = ui.node(
        "Button", (20, 1292, 168, 1362), edit_text, id="clips_left_action_button",
        desc="Double tap for tools that edit your video clips.", on=nothing,
    )  # fmt: skip
    next_text = ui.node("TextView", (605, 1314, 681, 1340), text="Next")
    following = ui.node(
        "Button", (579, 1292, 700, 1362), next_text, id="clips_right_action_button", desc="Next",
        on=app.open_composer,
    )  # fmt: skip
    below = ui.node("ViewGroup", (20, 1292, 700, 1362), edit, following, id="clips_action_bar")
    return ui.page([preview, below, bar, cancel, more])


def _leading(app: InstagramSession, label: str) -> Deed:
    leads = {"Add audio": "sound_picker", "Volume": "sound_volume"}
    return go(app, leads[label]) if label in leads else nothing


def photo_editor(app: InstagramSession) -> Node:
    """(unseen, but for the button's id and label, which a report has)."""
    ui = app.ui
    back = ui.node(
        "ImageView", (0, 0, 91, 91), id="action_bar_button_back", desc="Back",
        on=go(app, "gallery"),
    )  # fmt: skip
    image = ui.node("ImageView", (0, 91, 720, 811), id="filter_view")
    tools = [
        ui.node(
            "Button", (20 + 175 * n, 1000, 180 + 175 * n, 1100), text=label, on=_leading(app, label)
        )
        for n, label in enumerate(("Add text", "Filter", "Edit", "Add audio"))
    ]
    following = ui.node(
        "Button", (520, 1270, 700, 1342), ui.node("TextView", (560, 1290, 660, 1322), text="Next"),
        id="creation_next_button", desc="Next", on=app.open_composer,
    )  # fmt: skip
    return ui.page([back, image, *tools, following])


def story_editor(app: InstagramSession) -> Node:
    """Your story publishes at once; the two beside it go elsewhere."""
    ui = app.ui
    sticker = ui.node("View", (72, 144, 648, 1296), desc="Sticker", on=nothing)
    tools = [
        ui.node("ImageView", (left, 110, left + 88, 209), id=name, desc=label, on=nothing)
        for name, label, left in (
            ("add_text_button", "Add text", 318),
            ("asset_button", "Emojis and stickers", 418),
            ("music_button", "Music", 518),
            ("overflow_button", "More actions", 618),
        )
    ]
    cancel = ui.node(
        "ImageView", (14, 110, 102, 209), id="cancel_button", desc="Cancel", on=go(app, "gallery")
    )
    buttons = []
    for label, left, right, deed in (
        ("Your story", 24, 304, app.press),
        ("Close Friends", 316, 596, nothing),
        ("Share to", 608, 696, nothing),
    ):
        text = ui.node("TextView", (left + 40, 1228, right - 40, 1282), text=label)
        inside = [] if label == "Share to" else [text]
        box = (left, 1206, right, 1305)
        buttons.append(ui.node("Button", box, *inside, desc=label, on=deed))
    bar = ui.node(
        "ViewGroup", (24, 1206, 696, 1305), *buttons, id="story_share_controls_action_bar",
        on=nothing,
    )  # fmt: skip
    return ui.page([sticker, cancel, *tools, bar])
