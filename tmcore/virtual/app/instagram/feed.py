"""Instagram's tabs but for the profile."""

from tmcore.virtual.app.instagram.bars import tab_page
from tmcore.virtual.app.instagram.session import InstagramSession
from tmcore.virtual.app.node import Node, nothing
from tmcore.virtual.app.upload import Upload

_BEGINS_PERCENT = 20
_OTHERS = ("name_1", "name_2", "name_3")


def feed(app: InstagramSession) -> Node:
    """Stories, what is being posted or could not be, and somebody's post."""
    ui = app.ui
    pending = _pending(app)
    top = 476 if pending else 345
    author = ui.node(
        "Button", (83, top, 649, top + 41), id="row_feed_photo_profile_name", text="name_6",
        desc="name_6", on=nothing,
    )  # fmt: skip
    more = ui.node(
        "ImageView", (649, top + 3, 720, top + 82), id="media_option_button",
        desc="More actions for this post", on=nothing,
    )  # fmt: skip
    media = ui.node("FrameLayout", (0, top, 720, 1284), id="media_group", on=nothing)
    content = [_tray(app), *pending, media, author, more]
    posts = ui.node("RecyclerView", (0, 39, 720, 1284), *content, id="list", scrollable=True)
    return tab_page(app, "Home", posts, _bar(app))


def reels(app: InstagramSession) -> Node:
    """A video that plays, or does not."""
    ui = app.ui
    text = "This reel is unavailable."
    reel = ui.node("ViewGroup", (0, 39, 720, 1284), text=text, desc=text)
    pager = ui.node(
        "ViewPager", (0, 39, 720, 1284), reel, id="clips_viewer_view_pager", scrollable=True
    )
    create = ui.node(
        "ImageView", (0, 53, 77, 130), desc="Create a reel", on=lambda: app.open_create("reel")
    )
    tabs = [
        ui.node(
            "LinearLayout", (192 + 138 * n, 64, 330 + 138 * n, 119),
            ui.node("TextView", (195 + 138 * n, 64, 297 + 138 * n, 119), id="text1", text=name),
            desc=name, selected=n == 0, on=nothing,
        )
        for n, name in enumerate(("Reels", "Friends"))
    ]  # fmt: skip
    bar = ui.node("RelativeLayout", (0, 39, 720, 130), create, *tabs, id="clips_viewer_action_bar")
    return tab_page(app, "Reels", pager, bar)


def direct(app: InstagramSession) -> Node:
    """Nothing that we ever read."""
    return tab_page(app, "Message")


def search(app: InstagramSession) -> Node:
    """Nothing that we ever read."""
    return tab_page(app, "Search and explore")


def _bar(app: InstagramSession) -> Node:
    """The button at the top left says nothing: it makes something new."""
    ui = app.ui
    create = ui.node("ImageView", (0, 39, 79, 130), on=app.open_create, hold=nothing)
    left = ui.node("LinearLayout", (0, 39, 79, 130), create, id="action_bar_buttons_container_left")
    logo = ui.node("ImageView", (272, 59, 448, 110), id="title_logo", desc="Instagram")
    notes = ui.node("FrameLayout", (641, 39, 720, 130), id="notification", on=nothing)
    found = [notes, logo] if app.look.old_tabs else [left, logo, notes]
    return ui.node("FrameLayout", (0, 39, 720, 130), *found, id="main_feed_action_bar")


def _tray(app: InstagramSession) -> Node:
    """The own bubble comes first: a badge to add a story, or the ring of one."""
    bubbles = [_bubble(app, n, name) for n, name in enumerate((app.look.active, *_OTHERS))]
    tray = app.ui.node(
        "RecyclerView", (0, 130, 720, 345), *bubbles, desc="reels tray container", scrollable=True
    )
    return app.ui.node("FrameLayout", (0, 130, 720, 345), tray, id="reels_tray_container")


def _bubble(app: InstagramSession, place: int, name: str) -> Node:
    ui = app.ui
    left, own = 183 * place, place == 0
    said = f"{name}'s story, {place} of {len(_OTHERS)}, Unseen."
    ring = ui.node("View", (left + 10, 140, left + 173, 303), id="seen_state")
    image = ui.node(
        "ImageView", (left + 22, 152, left + 160, 290), id="avatar_image_view", desc=said
    )
    badge = ui.node(
        "ImageView", (left + 121, 251, left + 170, 300), id="reel_empty_badge", desc="Add to story"
    )
    inside = [image, badge] if own and not app.has_story else [ring, image]
    avatar = ui.node("FrameLayout", (left, 130, left + 183, 306), *inside, id="avatar_container")
    button = ui.node("Button", (left, 130, left + 183, 306), avatar, desc=said, on=nothing)
    label = ui.node(
        "TextView", (left + 44, 306, left + 140, 332), id="username",
        text="Your story" if own else name,
    )  # fmt: skip
    return ui.node(
        "LinearLayout", (left, 130, left + 183, 345), button, label, id="outer_container",
        on=nothing,
    )  # fmt: skip


def _pending(app: InstagramSession) -> list[Node]:
    """One row: on its way, or failed, also one that had failed before."""
    ui = app.ui
    hidden = "badge_hidden" in app.body.faults
    if app.pending and not hidden:
        inside = _on_its_way(app, app.pending)
    elif app.failed_upload or "failure_row" in app.body.faults:
        inside = _failed(app)
    else:
        return []
    image = ui.node("ImageView", (26, 358, 85, 462), id="row_pending_media_imageview")
    box = (0, 345, 720, 475)
    return [
        ui.node("LinearLayout", box, image, *inside, id="row_pending_container", on=nothing),
    ]


def _on_its_way(app: InstagramSession, upload: Upload) -> list[Node]:
    """First the words that a report has, then those of the dump."""
    ui = app.ui
    identity, text = "sub_status_textview", "Keep Instagram open to finish posting…"
    if upload.percent < _BEGINS_PERCENT:
        identity, text = "status_textview", f"Posting to {upload.post.account}…"
    said = ui.node("TextView", (111, 391, 472, 417), id=f"row_pending_media_{identity}", text=text)
    bar = ui.node(
        "ProgressBar",
        (111, 430, 691, 433),
        id="row_pending_media_progress_bar",
        text=f"{upload.percent}.0",
    )
    return [said, bar]


def _failed(app: InstagramSession) -> list[Node]:
    """(unseen) what the row of a photo says."""
    ui = app.ui
    what = "Photo" if app.failed_kind in ("photo", "carousel") else "Video"
    said = ui.node(
        "TextView",
        (111, 394, 642, 426),
        id="row_pending_media_status_textview",
        text=f"{what} can't be posted",
    )
    discard = ui.node(
        "ImageView",
        (642, 390, 720, 429),
        id="row_pending_media_discard_button",
        on=app.discard_failure,
    )
    return [said, discard]
