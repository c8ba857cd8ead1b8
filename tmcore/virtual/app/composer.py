"""The post screen: fields, rows, Drafts and Post, and how an open keyboard rearranges them."""

from collections.abc import Callable
from functools import partial

from tmcore.virtual.app.node import Node, nothing
from tmcore.virtual.app.session import Session

_LEADS = {"Add link": "link_sheet", "More options": "more_options"}
TITLE_HINT = "Add a catchy title"


def composer(app: Session) -> Node:
    """A photo's post has a title field above the description, so "the first field" is wrong."""
    ui = app.ui
    back = ui.node(
        "Button", (16, 136, 131, 252), id="back", desc="@2131888269", on=lambda: app.show("editor")
    )
    cover_text = ui.node("TextView", (42, 274, 161, 332), id="cover_text", text="Cover")
    cover = ui.node("ImageView", (42, 274, 320, 552), id="cover", on=nothing)
    bottom = [] if app.focus.keyboard else _buttons(app)
    top = [_moved_post(app)] if app.focus.keyboard and app.look.keyboard_post == "moved" else []
    fields = [cover, cover_text, *_fields(app), *_tools(app)]
    return ui.page([back, *top, *fields, *_rows(app), *bottom, *_suggestions(app)])


def _fields(app: Session) -> list[Node]:
    if app.look.field_hides and app.focus.keyboard:
        return []
    found = []
    if app.has_title:
        found.append(_field(app, "title", TITLE_HINT, (42, 584, 1038, 637)))
    top = 691 if app.has_title else 584
    return [*found, _field(app, "description", app.look.hint, (42, top, 1038, 1059))]


def _field(app: Session, name: str, hint: str, box: tuple[int, int, int, int]) -> Node:
    return app.ui.node(
        "EditText", box, id=name, text=getattr(app.draft, name), hint=hint,
        focused=app.focus.field == name, on=lambda: app.focus_on(name),
        edit=lambda text: app.set_text(name, text),
    )  # fmt: skip


def _tools(app: Session) -> list[Node]:
    """Hashtag has no text in the real one either; both are no Post."""
    ui = app.ui
    hashtag = ui.node("Button", (42, 1080, 116, 1154), id="hashtag", on=nothing)
    mention = ui.node("Button", (137, 1080, 211, 1154), id="mention", text="Mention", on=nothing)
    return [hashtag, mention]


def _rows(app: Session) -> list[Node]:
    """Three rows that share one id."""
    link = "1 product" if app.draft.product else "Add link"
    rows = (
        ("Location", "Location", 1191, 1308),
        (link, f"{link} ", 1413, 1539),
        ("Everyone can view this post", "Everyone can view this post", 1539, 1665),
        (
            "More options, Privacy and more settings have been moved here.",
            "More options",
            1665,
            1832,
        ),
    )
    ui = app.ui
    found = []
    for desc, text, top, bottom in rows:
        icon = ui.node("ImageView", (42, top + 42, 84, top + 84), id="row_icon")
        label = ui.node("TextView", (100, top + 38, 579, top + 88), id="row_text", text=text)
        box = (0, top, 1080, bottom)
        leads = _LEADS.get(text.strip())
        deed = partial(app.show, leads) if leads else nothing
        found.append(ui.node("Button", box, icon, label, id="row", desc=desc, on=deed))
    share = ui.node("TextView", (100, 1870, 244, 1920), text="Share to")
    sms = ui.node("RadioButton", (816, 1848, 911, 1943), desc="sms", on=nothing)
    return [*found, share, sms]


def _buttons(app: Session) -> list[Node]:
    ui = app.ui
    drafts = ui.node("Button", (32, 2179, 529, 2305), id="drafts", text="Drafts", on=app.save_draft)
    post = ui.node("Button", (550, 2179, 1048, 2305), id="post", text="Post", on=app.press)
    return [drafts, post]


def _moved_post(app: Session) -> Node:
    """Above an open keyboard Post is another button, elsewhere."""
    return app.ui.node(
        "Button", (850, 150, 1048, 240), id="post_with_keyboard", text="Post", on=app.press
    )


def _suggestions(app: Session) -> list[Node]:
    """Cover everything below the field, Post too, until a space ends the hashtag."""
    tag = app.open_hashtag
    if not tag:
        return []
    ui = app.ui
    rows = []
    for n, ending in enumerate(("", "trend", "video", "2026", "forever", "life", "day", "fyp")):
        box = (0, 1160 + 147 * n, 1080, 1307 + 147 * n)
        text = ui.node(
            "TextView",
            (42, box[1] + 45, 800, box[1] + 100),
            id="suggestion_text",
            text=tag + ending,
        )
        rows.append(
            ui.node("LinearLayout", box, text, id="suggestion", on=_take(app, tag + ending))
        )
    return [ui.node("RecyclerView", (0, 1160, 1080, 2337), *rows, scrollable=True, blocks=True)]


def _take(app: Session, tag: str) -> Callable[[], None]:
    return lambda: app.take_suggestion(tag)
