"""The running Instagram-like app: what it makes, and what stands on its pages."""

import time
from dataclasses import dataclass

from tmcore.virtual.app.canvas import Canvas
from tmcore.virtual.app.instagram.canvas import InstagramCanvas
from tmcore.virtual.app.process import Focus, Process
from tmcore.virtual.app.upload import Draft, Upload
from tmcore.virtual.truth import Published

_EDITORS = {"reel": "editor", "post": "photo_editor", "story": "story_editor"}


@dataclass
class InstagramSession(Process):
    """One process of the Instagram-like app."""

    making: str = "post"  # or reel, story

    @property
    def home(self) -> str:
        """The feed."""
        return "feed"

    @property
    def after_press(self) -> str:
        """A reel leads to the tab of reels."""
        return "reels" if self.making == "reel" else "feed"

    @property
    def gallery_kinds(self) -> tuple[str, ...]:
        """Everything."""
        return ("video", "image")

    def _new_canvas(self, seed: int | None) -> Canvas:
        return InstagramCanvas(self.package, self.body.size, seed)

    # --- what stands on its pages

    @property
    def mine(self) -> list[Published]:
        """What the account has published from here."""
        me = (self.look.active, self.package)
        return [p for p in self.body.truth.posts if (p.account, p.app) == me]

    @property
    def post_count(self) -> int:
        """As the profile counts: stories are none."""
        return self.look.old_posts + sum(p.kind != "story" for p in self.mine)

    @property
    def has_story(self) -> bool:
        """Whether a ring is drawn around its picture."""
        return any(p.kind == "story" for p in self.mine)

    @property
    def pending(self) -> Upload | None:
        """What the feed shows on its way; a reel and a story stand elsewhere."""
        return next((u for u in self.uploads if u.post.kind not in ("reel", "story")), None)

    @property
    def sharing(self) -> Upload | None:
        """The reel on its way."""
        return next((u for u in self.uploads if u.post.kind == "reel"), None)

    @property
    def just_done(self) -> bool:
        """Whether "Done posting" still stands there."""
        last = self.mine[-1] if self.mine else None
        fresh = time.monotonic() - self.done_at < self.look.done_seconds
        return fresh and last is not None and last.kind == "reel"

    @property
    def editor(self) -> str:
        """The screen that comes before the caption."""
        return _EDITORS[self.making]

    # --- making something

    def open_create(self, making: str = "") -> None:
        """The gallery; New post has the newest selected from the start."""
        self.making = making or self.look.opens_with
        self.draft, self.picked, self.multiple, self.scrolled = Draft(), [], False, 0
        self.next_sound = ""
        if self.making == "post" and self.look.preselects:
            self.picked = [row.path for row in self.tiles()[:1]]
        self.show("gallery")

    def use_page_sound(self) -> None:
        """A sound's page makes a reel."""
        self.open_create("reel")
        self.next_sound = self.page_sound

    def tap_tile(self, path: str) -> None:
        """A reel and a story go on at once."""
        if self.multiple:
            self.toggle(path)
            return
        self.picked = [path]
        if self.making != "post":
            self.open_editor()

    def open_editor(self) -> None:
        """With what is selected."""
        self.take_picked(self._kind)
        self.show(self.editor)

    def leave_caption(self) -> None:
        """OK: the keyboard closes and Share comes back."""
        self.focus = Focus()

    def discard_failure(self) -> None:
        """The button beside what could not be posted."""
        self.failed_upload = False
        self.body.faults.heal("failure_row")
        self.body.came_up(self.screen)

    @property
    def _kind(self) -> str:
        if self.making != "post":
            return self.making
        if len(self.picked) > 1:
            return "carousel"
        return "photo" if self.body.media.kind(self.picked[0]) == "image" else "video"
