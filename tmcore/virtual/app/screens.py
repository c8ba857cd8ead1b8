"""The registry of screens: how each is drawn, where BACK leads, and whether a video plays."""

from collections.abc import Callable
from dataclasses import dataclass

from tmcore.virtual.app.camera import camera, create_tab
from tmcore.virtual.app.canvas import FULL
from tmcore.virtual.app.composer import composer
from tmcore.virtual.app.editor import editor
from tmcore.virtual.app.feed import friends, home_feed, inbox
from tmcore.virtual.app.gallery import gallery
from tmcore.virtual.app.node import Node
from tmcore.virtual.app.profile import account_switcher, profile
from tmcore.virtual.app.session import Session


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen; without a `back` BACK leaves the app."""

    draw: Callable[[Session], Node]
    back: str = "home_feed"
    plays: bool = False


def splash(app: Session) -> Node:
    """A cold start shows boxes without a word in them."""
    inner = app.ui.node("FrameLayout", FULL, app.ui.node("ImageView", (390, 1000, 690, 1300)))
    return app.ui.node("FrameLayout", FULL, inner)


SCREENS: dict[str, Screen] = {
    "splash": Screen(splash, back=""),
    "home_feed": Screen(home_feed, back="", plays=True),
    "friends": Screen(friends),
    "inbox": Screen(inbox),
    "profile": Screen(profile),
    "account_switcher": Screen(account_switcher, back="profile"),
    "camera": Screen(camera),
    "create_tab": Screen(create_tab),
    "gallery": Screen(gallery, back="camera"),
    "editor": Screen(editor, back="gallery", plays=True),
    "composer": Screen(composer, back="editor"),
}
