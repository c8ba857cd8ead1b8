"""A running app, whatever it looks like: its state, its fields, its uploads."""

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from tmcore.virtual.app.canvas import Canvas
from tmcore.virtual.app.ids import Ids
from tmcore.virtual.app.look import Look
from tmcore.virtual.app.port import Body
from tmcore.virtual.app.upload import Draft, Item, Upload
from tmcore.virtual.media import Row
from tmcore.virtual.truth import Published

SLOW_UPLOAD_S = 60.0
MOST_ITEMS = 35
BETWEEN = "between"
ACCOUNTS = "account_switcher"
_NO_NETWORK_S = 0.5


@dataclass(slots=True)
class Focus:
    """Which field has the focus, and how."""

    field: str = ""
    keyboard: bool = False
    all_selected: bool = False


@dataclass
class Process(ABC):
    """One process of an app; the screens draw from it and call its deeds."""

    body: Body
    look: Look
    package: str
    screen: str = "splash"
    overlay: str = ""
    between: str = ""  # the screen that an update's own page leads to
    picked: list[str] = field(default_factory=list)
    multiple: bool = False  # the gallery takes more than one
    scrolled: int = 0  # rows of the gallery, or of the accounts, above the screen
    draft: Draft = field(default_factory=Draft)
    focus: Focus = field(default_factory=Focus)
    uploads: list[Upload] = field(default_factory=list)
    failed_upload: bool = False
    failed_kind: str = ""
    done_at: float = 0.0
    searched: str = ""  # the words whose sounds are listed
    page_sound: str = ""  # that of the page which is shown
    next_sound: str = ""  # that the next draft begins with
    _canvas: tuple[int | None, Canvas] | None = None

    @property
    def ui(self) -> Canvas:
        """The canvas; other ids from the next look on when the seed changes."""
        if self._canvas is None or self._canvas[0] != self.look.ids_seed:
            self._canvas = (self.look.ids_seed, self._new_canvas(self.look.ids_seed))
        return self._canvas[1]

    @property
    def plain_ui(self) -> Canvas:
        """For what looks the same in every app: drawn for 1080x2400, without ids of its own."""
        return Canvas(self.package, self.body.size, Ids(self.package, None))

    @property
    @abstractmethod
    def home(self) -> str:
        """The screen with which it begins."""

    @property
    def editor(self) -> str:
        """The screen that comes before the caption."""
        return "editor"

    @property
    @abstractmethod
    def after_press(self) -> str:
        """The screen that follows the press."""

    @property
    @abstractmethod
    def gallery_kinds(self) -> tuple[str, ...]:
        """What its gallery lists at the moment: video, image."""

    @abstractmethod
    def _new_canvas(self, seed: int | None) -> Canvas:
        """A canvas with the ids of that seed."""

    # --- screens

    def show(self, screen: str) -> None:
        """Change to a screen, or to the page that an update has put before it."""
        if screen == self.look.screen_between and self.screen != BETWEEN:
            self.between, screen = screen, BETWEEN
        self.screen = screen
        self.focus = Focus()
        if screen == ACCOUNTS:
            self.scrolled = 0
        self.body.came_up(screen)

    def cover(self, kind: str) -> None:
        """Put a dialog or a wall over whatever is shown."""
        self.overlay, self.focus.keyboard = kind, False

    def uncover(self) -> None:
        """Take it away, and with it the fault that brought it."""
        self.overlay = ""
        self.body.faults.heal("dialog")
        self.body.came_up(self.screen)

    def discard(self) -> None:
        """The draft is thrown away."""
        self.body.truth.discarded += 1
        self.overlay, self.draft, self.picked = "", Draft(), []
        self.show(self.home)

    # --- the gallery

    def tiles(self) -> list[Row]:
        """What the gallery shows, newest first."""
        if not self.body.allows_media(self.package):
            return []
        return self.body.media.newest(self.gallery_kinds, by_second=self.look.gallery_by_second)

    def toggle(self, path: str) -> None:
        """A tile's circle: the last of several, or the only one."""
        if path in self.picked:
            self.picked.remove(path)
        elif not self.multiple:
            self.picked = [path]
        elif len(self.picked) < MOST_ITEMS:
            self.picked.append(path)

    def scroll(self, rows: int, last: int) -> None:
        """Move a list by rows, at most to its last position."""
        self.scrolled = min(last, max(0, self.scrolled + rows))

    def toggle_multiple(self) -> None:
        """Take several, or one again; what was selected first stays."""
        self.multiple = not self.multiple
        self.picked = self.picked[:1]

    def take_picked(self, kind: str) -> None:
        """Make a draft of the content as it is now: a file replaced later does not change it."""
        read = self.body.files.read
        items = tuple(Item(path, read(path).sha256) for path in self.picked)
        sound = self.next_sound or self.look.own_sound
        self.draft, self.next_sound = Draft(kind=kind, items=items, sound=sound), ""

    def open_composer(self) -> None:
        """The page with the caption."""
        self.show("composer")
        if self.look.autofocus and self.screen == "composer":
            self.focus_on("description")

    # --- sounds, links, labels

    @abstractmethod
    def open_create(self) -> None:
        """Begin a new post."""

    def use_page_sound(self) -> None:
        """The button of a sound's page begins a post with it."""
        self.open_create()
        self.next_sound = self.page_sound

    def toggle_ai(self) -> None:
        """The app's own label."""
        self.draft.ai_label = not self.draft.ai_label

    # --- fields

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

    def enter(self) -> None:
        """The ENTER key: looks for what was typed, or begins a line."""
        if self.focus.field == "query":
            self.searched, self.focus = self.draft.query, Focus()
        else:
            self.type("\n")

    def set_text(self, name: str, text: str) -> None:
        """Accessibility replaces all of a field's text, with no keyboard and no focus."""
        setattr(self.draft, name, text)

    def delete(self) -> None:
        """The DEL key."""
        if self.focus.field:
            before = "" if self.focus.all_selected else getattr(self.draft, self.focus.field)[:-1]
            setattr(self.draft, self.focus.field, before)
            self.focus.all_selected = False

    # --- accounts

    def switch(self, account: str) -> None:
        """A row of the account sheet; the app may land on Home, as real ones do."""
        if not self.look.switch_fails:
            self.look.active = account
        self.show(self.home)
        if self.look.asks_save_login:
            self.cover("save_login")

    # --- the press

    def press(self) -> None:
        """The button that publishes; where a version asks once more, the answer is the press."""
        if self.look.confirms and self.overlay != "confirm_publish":
            self.cover("confirm_publish")
            return
        self.overlay = ""
        self.body.truth.presses += 1
        swallow = self.body.faults.get("swallow_press")
        if swallow and swallow.count_down():
            self.body.truth.swallowed += 1
            return
        target = self.after_press
        self._upload()
        self.show(target)

    def save_draft(self) -> None:
        """Nothing is published."""
        self.body.truth.drafts += 1
        self.overlay = ""
        self.show("profile")

    def abort(self) -> None:
        """The process dies, and its uploads with it."""
        for upload in self.uploads:
            upload.cancel()
            self.body.truth.aborted_uploads += 1
        self.uploads.clear()

    def _upload(self) -> None:
        first = self.draft.items[0]
        post = Published(
            account=self.look.active,
            app=self.package,
            sha256=first.sha256,
            caption=self.draft.description,
            title=self.draft.title,
            at=time.time(),
            media=first.path,
            kind=self.draft.kind,
            files=tuple(i.path for i in self.draft.items),
            sha256s=tuple(i.sha256 for i in self.draft.items),
            sound=self.draft.sound,
            origin_volume=self.draft.origin_volume,
            added_volume=self.draft.added_volume,
            product=self.draft.product,
            ai_label=self.draft.ai_label,
        )
        fails = "upload_fails" in self.body.faults
        upload = Upload(post, time.monotonic(), self._upload_seconds(), fails)
        upload.timer = self.body.later(upload.seconds, lambda: self._finish(upload))
        self.uploads.append(upload)
        self.draft, self.picked = Draft(), []

    def _upload_seconds(self) -> float:
        if slow := self.body.faults.get("upload_slow"):
            return slow.number("seconds", SLOW_UPLOAD_S)
        if self.look.upload_seconds is not None:
            return self.look.upload_seconds
        return self.body.latency.draw(self.body.latency.upload, self.body.dice)

    def _finish(self, upload: Upload) -> None:
        """Without a network it waits for one."""
        if not self.body.is_online:
            upload.timer = self.body.later(_NO_NETWORK_S, lambda: self._finish(upload))
            return
        self.uploads.remove(upload)
        if upload.fails or "upload_fails" in self.body.faults:
            self.failed_upload, self.failed_kind = True, upload.post.kind
            self.body.truth.failed_uploads += 1
        else:
            self.done_at = time.monotonic()
            self.body.truth.posts.append(upload.post)
