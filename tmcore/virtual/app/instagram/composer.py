"""The page with the caption and Share, and how an open keyboard rearranges it."""

from tmcore.virtual.app.instagram.bars import go
from tmcore.virtual.app.instagram.session import InstagramSession
from tmcore.virtual.app.node import Node, nothing

HINT = "Write a caption and add hashtags…"
_CHIPS = (
    ("Hashtags", 26, 166),
    ("Link a reel", 179, 326),
    ("Poll", 339, 427),
    ("Prompt", 440, 563),
)


def composer(app: InstagramSession) -> Node:
    """With the keyboard open Share is in no tree, and OK stands at the top."""
    ui = app.ui
    keyboard = app.focus.keyboard
    shift = -503 if keyboard else 0  # the caption scrolls up to the title
    field = [] if keyboard and app.look.field_hides else [_caption(app, shift)]
    content = [*([] if keyboard else _cover(app)), *field, *_rows(app, shift)]
    scroll = ui.node("ScrollView", (0, 130, 720, 1233), *content, id="scroll_view", scrollable=True)
    below = [] if keyboard else [_buttons(app)]
    return ui.page([scroll, *below, _bar(app)])


def _bar(app: InstagramSession) -> Node:
    ui = app.ui
    name = "New reel" if app.making == "reel" else "New post"  # (unseen) this page of a post
    back = ui.node(
        "ImageView",
        (0, 39, 91, 130),
        id="action_bar_button_back",
        desc="Back",
        on=go(app, app.editor),
    )
    title = ui.node("TextView", (117, 65, 255, 104), id="action_bar_title", text=name, desc=name)
    ok = ui.node(
        "Button", (634, 52, 707, 130), id="action_bar_button_text", text="OK", desc="OK",
        on=app.leave_caption,
    )  # fmt: skip
    found = [back, title, *([ok] if app.focus.field else [])]
    return ui.node("LinearLayout", (0, 39, 720, 130), *found, id="action_bar", on=nothing)


def _cover(app: InstagramSession) -> list[Node]:
    ui = app.ui
    image = ui.node(
        "Button", (239, 153, 480, 584), id="clip_thumbnail_image",
        desc="Double tap to edit cover photo", on=nothing,
    )  # fmt: skip
    text = ui.node("TextView", (274, 532, 372, 558), id="clip_thumbnail_text", text="Edit cover")
    label = ui.node("Button", (254, 522, 392, 568), text, id="clip_thumbnail_layout", on=nothing)
    return [image, label] if app.making == "reel" else []


def _caption(app: InstagramSession, shift: int) -> Node:
    return app.ui.node(
        "AutoCompleteTextView", (26, 637 + shift, 694, 715 + shift), id="caption_input_text_view",
        text=app.draft.description, hint=HINT, focused=app.focus.field == "description",
        on=lambda: app.focus_on("description"), hold=nothing,
        edit=lambda text: app.set_text("description", text),
    )  # fmt: skip


def _rows(app: InstagramSession, shift: int) -> list[Node]:
    """Switches and rows that must not be touched."""
    ui = app.ui
    chips = [
        ui.node(
            "Button", (left, 728 + shift, right, 796 + shift),
            ui.node("TextView", (left + 40, 757 + shift, right - 13, 783 + shift),
                    id="suggestion_text", text=label),
            on=nothing,
        )
        for label, left, right in _CHIPS
    ]  # fmt: skip
    found = [
        ui.node(
            "RecyclerView", (0, 715 + shift, 720, 809 + shift), *chips,
            id="caption_add_on_recyclerview",
        )
    ]  # fmt: skip
    for n, label in enumerate(("Tag people", "Add location", "Rename audio", "Add AI label")):
        top = 809 + shift + 100 * n
        text = ui.node("TextView", (85, top + 23, 276, top + 56), id="title", text=label)
        inside = [text]
        if label == "Add AI label":
            inside.append(
                ui.node(
                    "ToggleButton",
                    (609, top + 20, 694, top + 72),
                    id="toggle",
                    checked=app.draft.ai_label,
                    on=app.toggle_ai,
                )
            )
        found.append(ui.node("Button", (0, top, 720, top + 100), *inside, on=nothing))
    return found


def _buttons(app: InstagramSession) -> Node:
    """A post has one wide button, of which only the id and the label are reported."""
    ui = app.ui
    if app.making != "reel":
        share = ui.node(
            "Button", (26, 1257, 694, 1329), id="share_footer_button", text="Share", desc="Share",
            on=app.press,
        )  # fmt: skip
        return ui.node("LinearLayout", (0, 1233, 720, 1362), share, on=nothing)
    draft_text = ui.node("TextView", (129, 1278, 243, 1308), text="Save draft")
    draft = ui.node(
        "Button", (26, 1257, 347, 1329), draft_text, id="save_draft_button", desc="Save draft",
        on=app.save_draft,
    )  # fmt: skip
    share_text = ui.node("TextView", (501, 1278, 566, 1308), text="Share")
    share = ui.node(
        "FrameLayout", (373, 1257, 694, 1329), share_text, id="share_button", desc="Share",
        on=app.press,
    )  # fmt: skip
    return ui.node(
        "LinearLayout", (0, 1233, 720, 1362), draft, share, id="share_button_container", on=nothing
    )
