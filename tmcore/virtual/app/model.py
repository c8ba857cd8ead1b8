"""A model app of one phone: its process, its screens, and the windows they make."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic

from tmcore.virtual.app.look import Look
from tmcore.virtual.app.node import Node, Window
from tmcore.virtual.app.overlays import Overlay
from tmcore.virtual.app.port import Body
from tmcore.virtual.app.process import BETWEEN
from tmcore.virtual.app.screen import P, Screen, between, splash
from tmcore.virtual.app.wording import reword, words_of


def sound_at(url: str, sounds: list[str]) -> str:
    """The sound of /music/Night-Drive-71 or /reels/audio/2/: by name, else by number."""
    found = re.search(r"/(?:music|audio)/([^/?]+)", url)
    if found is None:
        return ""
    words = found[1].rsplit("-", 1)[0].replace("-", " ")
    by_number = sounds[int(words) % len(sounds)] if words.isdigit() and sounds else ""
    return words if words in sounds else by_number


BACK, DEL, ESCAPE, ENTER = 4, 67, 111, 66


class ModelApp(ABC, Generic[P]):
    """What all model apps do alike; each has its screens, its overlays and its process."""

    title: str
    overlays: Mapping[str, Overlay]

    def __init__(
        self, package: str, body: Body, look: Look, screens: Mapping[str, Screen[P]]
    ) -> None:
        self.package, self._body, self._look = package, body, look
        self._screens: dict[str, Screen[P]] = {
            **screens,
            "splash": Screen(splash),
            BETWEEN: Screen(between),
        }
        self._process: P | None = None

    @abstractmethod
    def _new_process(self) -> P:
        """A cold start."""

    @abstractmethod
    def _take(self, process: P, path: str, target: str) -> None:
        """A file that was shared with it."""

    @abstractmethod
    def _details(self, process: P) -> dict[str, Any]:
        """What the control socket says beyond the usual."""

    def _beside(self, process: P) -> list[Window]:  # noqa: ARG002 - for those that have any
        """Small windows of its own."""
        return []

    # --- what it is

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None

    @property
    def screen(self) -> str:
        """The screen's name, or the overlay's."""
        return (self._process.overlay or self._process.screen) if self._process else ""

    @property
    def activity(self) -> str:
        """That of the dialog which lies over it, if Android calls it something else."""
        overlay = self._overlay
        return overlay.activity if overlay else ""

    @property
    def keyboard(self) -> bool:
        """Whether the keyboard is open."""
        return bool(self._process and self._process.focus.keyboard and not self._process.overlay)

    @property
    def never_idle(self) -> bool:
        """Whether a video plays in sight."""
        process = self._process
        return bool(process and not process.overlay and self._screens[process.screen].plays)

    @property
    def _overlay(self) -> Overlay | None:
        return self.overlays.get(self._process.overlay) if self._process else None

    # --- what is done to it

    def launch(self) -> None:
        """A cold start goes over the splash to the feed; a warm one comes back as it was."""
        if self._process:
            self._body.came_up(self._process.screen)
            return
        process = self._process = self._new_process()
        dialog = self._body.faults.get("dialog")
        if dialog and dialog.concerns(self.package):
            process.cover(dialog.text("kind", "contacts"))
        wait = self._body.latency.draw(self._body.latency.splash, self._body.dice)
        if wait:
            process.show("splash")
            self._body.later(wait, lambda: self._started(process))
        else:
            process.show(process.home)

    def stop(self) -> None:
        """Kill it; uploads die with it."""
        if self._process:
            self._process.abort()
            self._process = None

    def cover(self, kind: str) -> None:
        """Put an overlay over whatever is shown."""
        if kind not in self.overlays:
            raise ValueError(f"{self.title} shows no {kind!r}; there are {sorted(self.overlays)}")
        if self._process:
            self._process.cover(kind)

    def uncover(self) -> None:
        """Take the overlay away."""
        if self._process:
            self._process.overlay = ""

    def share(self, path: str, target: str) -> None:
        """A share intent opens an editor with that file."""
        self.launch()
        if self._process and self._body.allows_media(self.package):
            self._process.picked = [path]
            self._take(self._process, path, target)

    def tap(self, x: int, y: int) -> bool:
        """A tap; False when nothing took it."""
        node = self._root(self._process).hit(x, y) if self._process else None
        if node is None or node.on is None:
            return False
        if node.slide:
            node.slide(node.part(x))
        else:
            node.on()
        return True

    def drag(self, x: int, y: int, to_x: int) -> bool:
        """A finger moves what can be slid; False where nothing can."""
        node = self._root(self._process).hit(x, y) if self._process else None
        if node is None or node.slide is None:
            return False
        node.slide(node.part(to_x))
        return True

    def view(self, url: str) -> bool:
        """The address of a sound opens its page; False for any other."""
        name = sound_at(url, self._look.sounds)
        if not name:
            return False
        self.launch()
        if process := self._process:
            process.page_sound = name
            process.show("sound_page")
        return True

    def hold(self, x: int, y: int) -> bool:
        """A long press; False when nothing took it."""
        node = self._root(self._process).hit(x, y) if self._process else None
        if node is None or node.hold is None:
            return False
        node.hold()
        return True

    def swipe(self, up: int) -> None:
        """Only lists move."""
        if self._process and not self._process.overlay:
            self._swiped(self._process, up)

    def _swiped(self, process: P, up: int) -> None:
        """Nothing, where there is no list."""

    def key(self, code: int) -> None:
        """BACK closes the keyboard first, then the overlay, then the screen."""
        process = self._process
        if process is None:
            return
        if code == DEL:
            process.delete()
        elif code == ENTER:
            process.enter()
        elif code == ESCAPE:
            process.focus.keyboard = False
        elif code == BACK:
            self._back(process)

    def select_all(self) -> None:
        """Ctrl+A."""
        if self._process and self._process.focus.field:
            self._process.focus.all_selected = True

    def commit(self, text: str) -> bool:
        """Text from a keyboard."""
        return bool(self._process and not self._process.overlay and self._process.type(text))

    def dumped(self) -> None:
        """On some phones a dump between tap and typing takes the focus away."""
        if self._process and self._look.dump_drops_focus:
            self._process.focus.field = ""

    # --- what it shows

    def windows(self) -> list[Window]:
        """What floats above, then the overlay and the screen."""
        process = self._process
        if process is None:
            return []
        windows = [Window(self._root(process), title=self.title)]
        if self._overlay and not self._overlay.in_tree:
            windows.append(Window(self._page(process), title=self.title, active=False))
        return [*self._beside(process), *windows]

    def state(self) -> dict[str, object]:
        """For the control socket."""
        process = self._process
        if process is None:
            return {}
        return {
            "overlay": process.overlay,
            "underneath": process.screen,
            "caption": process.draft.description,
            "title": process.draft.title,
            "kind": process.draft.kind,
            "picked": list(process.picked),
            "focus": process.focus.field,
            "uploads": [u.percent for u in process.uploads],
            "upload_failed": process.failed_upload,
            **self._details(process),
        }

    def _started(self, process: P) -> None:
        if self._process is process and process.screen == "splash":
            process.show(process.home)

    def _page(self, process: P) -> Node:
        drawn = self._screens[process.screen].draw(process)
        return reword(drawn, words_of(self._look.language, self._look.words))

    def _root(self, process: P) -> Node:
        overlay = self._overlay
        if overlay is None:
            return self._page(process)
        drawn = reword(overlay.draw(process), words_of(self._look.language, self._look.words))
        if not overlay.in_tree:
            return drawn
        page = self._page(process)
        page.children.append(drawn)
        return page

    def _back(self, process: P) -> None:
        screen = self._screens[process.screen]
        if overlay := self._overlay:
            if overlay.by_back:
                process.uncover()
        elif process.focus.keyboard:
            process.focus.keyboard = False
        elif screen.asks and self._look.asks_discard:
            process.cover("discard")
        elif back := screen.back if isinstance(screen.back, str) else screen.back(process):
            process.show(back)
        else:
            self._body.leave()
