"""The Instagram-like app: its screens, and how a share intent enters."""

from typing import Any

from tmcore.virtual.app import sounds
from tmcore.virtual.app.instagram.composer import composer
from tmcore.virtual.app.instagram.editors import photo_editor, reel_editor, story_editor
from tmcore.virtual.app.instagram.feed import direct, feed, reels, search
from tmcore.virtual.app.instagram.gallery import gallery, grid_of, last_row
from tmcore.virtual.app.instagram.profile import (
    account_switcher,
    create_sheet,
    profile,
    scroll_accounts,
)
from tmcore.virtual.app.instagram.session import InstagramSession
from tmcore.virtual.app.look import Look
from tmcore.virtual.app.model import ModelApp
from tmcore.virtual.app.overlays import INSTAGRAM_OVERLAYS
from tmcore.virtual.app.port import Body
from tmcore.virtual.app.process import ACCOUNTS
from tmcore.virtual.app.screen import Screen
from tmcore.virtual.packages import INSTAGRAM

SCREENS: dict[str, Screen[InstagramSession]] = {
    "feed": Screen(feed),
    "reels": Screen(reels, back="feed", plays=True),
    "direct": Screen(direct, back="feed"),
    "search": Screen(search, back="feed"),
    "profile": Screen(profile, back="feed"),
    "account_switcher": Screen(account_switcher, back="profile"),
    "create_sheet": Screen(create_sheet, back="profile"),
    "gallery": Screen(gallery, back="feed"),
    "editor": Screen(reel_editor, back="gallery", plays=True, asks=True),
    "photo_editor": Screen(photo_editor, back="gallery", asks=True),
    "story_editor": Screen(story_editor, back="gallery", asks=True),
    "composer": Screen(composer, back=lambda app: app.editor, plays=True),
    **sounds.screens(sounds.INSTAGRAM, InstagramSession),
}


class Instagram(ModelApp[InstagramSession]):
    """The model app of one phone."""

    title = "Instagram"
    overlays = INSTAGRAM_OVERLAYS

    def __init__(self, body: Body, look: Look) -> None:
        super().__init__(INSTAGRAM, body, look, SCREENS)

    def _new_process(self) -> InstagramSession:
        return InstagramSession(self._body, self._look, self.package)

    def _take(self, process: InstagramSession, path: str, target: str) -> None:  # noqa: ARG002
        process.making = target
        process.open_editor()

    def _details(self, process: InstagramSession) -> dict[str, Any]:
        return {
            "making": process.making,
            "multiple": process.multiple,
            "post_count": process.post_count,
            "has_story": process.has_story,
        }

    def _swiped(self, process: InstagramSession, up: int) -> None:
        if process.screen == ACCOUNTS:
            scroll_accounts(process, up)
        if process.screen == "gallery":
            row = process.ui.scaled((0, 0, 0, grid_of(process)[2]))[3]
            process.scroll(round(up / row), last_row(process))
