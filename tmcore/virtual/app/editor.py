"""The editor: Your Story stands beside Next, and Next is a text in the box that takes the tap."""

from tmcore.virtual.app.node import Node, nothing
from tmcore.virtual.app.session import Session

_TOOLS = ("Settings", "Share", "Edit", "Video templates", "Text", "Stickers", "Effects", "Voice")


def editor(app: Session) -> Node:
    """The clip plays here, so a plain dump may find no idle moment."""
    ui = app.ui
    back = ui.node(
        "ImageView",
        (32, 193, 137, 298),
        id="back",
        desc="@2131888269",
        on=lambda: app.show("gallery"),
    )
    icon = ui.node("ImageView", (320, 232, 362, 274), id="sound_icon", desc="Music")
    song = ui.node(
        "TextView", (362, 198, 698, 314), id="sound_text", text=app.draft.sound or "Add sound",
        focused=True,
    )  # fmt: skip
    sound = ui.node(
        "LinearLayout", (278, 198, 703, 314), icon, song, id="sound",
        on=lambda: app.show("sound_picker"),
    )  # fmt: skip
    close_icon = ui.node("ImageView", (706, 229, 801, 282), desc="Close")
    close = ui.node(
        "LinearLayout", (703, 198, 801, 314), close_icon, desc="@2131888108", on=app.remove_sound
    )
    story_text = ui.node("TextView", (238, 2154, 430, 2207), id="story_text", text="Your Story")
    story = ui.node("FrameLayout", (32, 2123, 534, 2239), story_text, id="story", on=nothing)
    next_text = ui.node("TextView", (753, 2154, 840, 2207), id="editor_next_text", text="Next")
    following = ui.node(
        "LinearLayout", (545, 2123, 1048, 2239), next_text, id="editor_next", on=app.open_composer
    )
    tools = [
        ui.node("Button", (933, 193 + 137 * n, 1080, 330 + 137 * n), desc=name, on=nothing)
        for n, name in enumerate(_TOOLS)
    ]
    more = ui.node(
        "ImageView", (969, 1487, 1043, 1545), id="more", desc="Dropdown menu", on=nothing
    )
    surface = ui.node("SurfaceView", (0, 161, 1080, 2081))
    sounds = [sound, close] if app.draft.sound else [sound]
    return ui.page([surface, *sounds, story, following, back, *tools, more])
