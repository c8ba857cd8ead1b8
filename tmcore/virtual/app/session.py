"""The running app's state and its deeds; the screens draw from it and call them."""

import asyncio
import time
from dataclasses import dataclass, field

from tmcore.virtual.app.canvas import Canvas
from tmcore.virtual.app.ids import Ids
from tmcore.virtual.app.look import Look
from tmcore.virtual.app.port import Body
from tmcore.virtual.media import Row
from tmcore.virtual.packages import TIKTOK
from tmcore.virtual.truth import Published

SLOW_UPLOAD_S = 60.0


@dataclass(slots=True)
class Draft:
    """What is being made into a post."""

    path: str = ""
    sha256: str = ""
    title: str = ""
    description: str = ""


@dataclass(slots=True)
class Upload:
    """A pressed post on its way."""

    post: Published
    started: float
    seconds: float
    fails: bool
    timer: asyncio.TimerHandle | None = None

    @property
    def percent(self) -> int:
        """As the badge shows it."""
        return min(99, int(100 * (time.monotonic() - self.started) / max(self.seconds, 0.01)))


@dataclass(slots=True)
class Focus:
    """Which field has the focus, and how."""

    field: str = ""
    keyboard: bool = False
    all_selected: bool = False


@dataclass
class Session:
    """One process of the app."""

    body: Body
    look: Look
    screen: str = "splash"
    overlay: str = ""
    gallery_tab: str = "All"
    picked: list[str] = field(default_factory=list)
    draft: Draft = field(default_factory=Draft)
    focus: Focus = field(default_factory=Focus)
    uploads: list[Upload] = field(default_factory=list)
    failed_upload: bool = False
    _canvas: tuple[int | None, Canvas] | None = None

    @property
    def ui(self) -> Canvas:
        """The canvas; other ids from the next look on when the seed changes."""
        if self._canvas is None or self._canvas[0] != self.look.ids_seed:
            canvas = Canvas(TIKTOK, self.body.size, Ids(TIKTOK, self.look.ids_seed))
            self._canvas = (self.look.ids_seed, canvas)
        return self._canvas[1]

    def show(self, screen: str) -> None:
        """Change to a screen."""
        self.screen = screen
        self.focus = Focus()
        self.body.shown(screen)

    def open_create(self) -> None:
        """The Create button: the camera, or the templates where that tab was open last."""
        self.draft, self.picked = Draft(), []
        self.show("create_tab" if self.look.create_tab_first else "camera")

    def open_gallery(self) -> None:
        """The thumbnail beside the shutter."""
        self.picked, self.gallery_tab = [], "All"
        self.show("gallery")

    def tiles(self) -> list[Row]:
        """What the gallery shows, newest first."""
        if not self.body.allows_media():
            return []
        kinds = {"Videos": ("video",), "Photos": ("image",)}.get(
            self.gallery_tab, ("video", "image")
        )
        return self.body.media.newest(kinds)

    def tap_tile(self, path: str) -> None:
        """A tile: selects it, or opens the editor at once, as versions differ."""
        if self.look.tile_opens == "editor":
            self.picked = [path]
            self.open_editor()
        else:
            self.toggle(path)

    def toggle(self, path: str) -> None:
        """A tile's circle."""
        self.picked = [p for p in self.picked if p != path] if path in self.picked else [path]

    def open_editor(self) -> None:
        """With the content as it is now: a file replaced later does not change the post."""
        path = self.picked[0]
        self.draft = Draft(path=path, sha256=self.body.files.read(path).sha256)
        self.show("editor")

    def open_composer(self) -> None:
        """The post screen."""
        self.show("composer")
        if self.look.autofocus:
            self.focus_on("description")

    def focus_on(self, name: str) -> None:
        """A tap into a field opens the keyboard."""
        self.focus = Focus(name, keyboard=True)

    def type(self, text: str) -> bool:
        """Insert at the end; lost when no field has the focus."""
        if not self.focus.field:
            return False
        before = "" if self.focus.all_selected else getattr(self.draft, self.focus.field)
        setattr(self.draft, self.focus.field, before + text)
        self.focus.all_selected = False
        return True

    def set_text(self, name: str, text: str) -> None:
        """Accessibility replaces all of a field's text, with no keyboard and no focus."""
        setattr(self.draft, name, text)

    def delete(self) -> None:
        """The DEL key."""
        if self.focus.field:
            before = "" if self.focus.all_selected else getattr(self.draft, self.focus.field)[:-1]
            setattr(self.draft, self.focus.field, before)
            self.focus.all_selected = False

    @property
    def has_title(self) -> bool:
        """Photos always have a title field, videos in some versions."""
        return self.look.title_box or self.body.media.kind(self.draft.path) == "image"

    @property
    def open_hashtag(self) -> str:
        """The hashtag being typed: its suggestions cover Post until a space ends it."""
        words = self.draft.description.split(" ")
        return words[-1] if words[-1].startswith("#") and self.focus.field == "description" else ""

    def take_suggestion(self, tag: str) -> None:
        """A tap on a suggestion replaces the hashtag, right or not."""
        kept = self.draft.description[: len(self.draft.description) - len(self.open_hashtag)]
        self.draft.description = f"{kept}{tag} "

    def press_post(self) -> None:
        """The press."""
        self.body.truth.presses += 1
        swallow = self.body.faults.get("swallow_press")
        if swallow and swallow.count_down():
            self.body.truth.swallowed += 1
            return
        self._upload()
        self.show(self.look.after_post)

    def save_draft(self) -> None:
        """Drafts: nothing is published."""
        self.show("profile")

    def switch(self, account: str) -> None:
        """A row of the account sheet; the app may land on Home, as real ones do."""
        self.look.active = account
        self.show("home_feed")

    def abort(self) -> None:
        """The process dies, and its uploads with it."""
        for upload in self.uploads:
            if upload.timer:
                upload.timer.cancel()
            self.body.truth.aborted_uploads += 1
        self.uploads.clear()

    def _upload(self) -> None:
        post = Published(
            account=self.look.active,
            app=TIKTOK,
            sha256=self.draft.sha256,
            caption=self.draft.description,
            title=self.draft.title,
            at=time.time(),
            media=self.draft.path,
        )
        upload = Upload(
            post, time.monotonic(), self._upload_seconds(), "upload_fails" in self.body.faults
        )
        upload.timer = self.body.later(upload.seconds, lambda: self._finish(upload))
        self.uploads.append(upload)
        self.draft = Draft()

    def _upload_seconds(self) -> float:
        if slow := self.body.faults.get("upload_slow"):
            return slow.number("seconds", SLOW_UPLOAD_S)
        if self.look.upload_seconds is not None:
            return self.look.upload_seconds
        return self.body.latency.draw(self.body.latency.upload, self.body.dice)

    def _finish(self, upload: Upload) -> None:
        self.uploads.remove(upload)
        if upload.fails or "upload_fails" in self.body.faults:
            self.failed_upload = True
        else:
            self.body.truth.posts.append(upload.post)
