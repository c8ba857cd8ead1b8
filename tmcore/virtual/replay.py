"""Recorded dumps in place of the app: each right tap leads to the next one. See tape.py."""

import asyncio
import time
from pathlib import Path

from tmcore.virtual.app.look import Look
from tmcore.virtual.app.node import Node, Window
from tmcore.virtual.app.port import App, Body
from tmcore.virtual.media import Row
from tmcore.virtual.tape import BadScreens, Recorded, Tape, read_tape, roots_of
from tmcore.virtual.truth import Published

_BACK, _ENTER, _DEL, _ESCAPE = 4, 66, 67, 111


class Replay:
    """The dumps of a tape as an app."""

    def __init__(self, body: Body, look: Look, tape: Tape) -> None:
        self._body, self._look, self._tape = body, look, tape
        self.package, self.title = tape.package, tape.title
        self._shown: Recorded | None = None
        self._since = 0.0
        self._typed, self._focused, self.keyboard = "", False, False
        self._uploads: list[asyncio.TimerHandle] = []

    @property
    def running(self) -> bool:
        """Whether it was launched."""
        return self._shown is not None

    @property
    def screen(self) -> str:
        """The name in the file."""
        return self._shown.name if self._shown else ""

    @property
    def activity(self) -> str:
        """Recordings know only the main one."""
        return ""

    @property
    def never_idle(self) -> bool:
        """Whether the screen says that a video plays."""
        return bool(self._shown and self._shown.plays)

    def launch(self) -> None:
        """The first screen, or the one that was left."""
        if self._shown is None:
            self._show(self._tape.start)

    def stop(self) -> None:
        """Kill it, with what it uploads."""
        for timer in self._uploads:
            timer.cancel()
            self._body.truth.aborted_uploads += 1
        self._uploads.clear()
        self._shown, self._typed, self._focused, self.keyboard = None, "", False, False

    def cover(self, kind: str) -> None:
        """Recordings have no dialogs but their own."""
        raise ValueError(f"a replay shows no {kind!r}: put it into the file of screens")

    def uncover(self) -> None:
        """Nothing was covered."""

    def share(self, path: str, target: str) -> None:  # noqa: ARG002 - the port's
        """Recordings know no share intent: only the app comes up."""
        self.launch()

    def tap(self, x: int, y: int) -> bool:
        """A step of the file, or the field."""
        shown = self._shown
        if shown is None:
            return False
        root = self._root(shown)
        if shown.post and shown.post.on.hits(root, x, y):
            self._press(shown.post.to, shown.kind)
            return True
        for step in shown.taps:
            if step.on.hits(root, x, y):
                self._show(step.to)
                return True
        if shown.edit and shown.edit.hits(root, x, y):
            self._focused = self.keyboard = True
            return True
        return False

    def hold(self, x: int, y: int) -> bool:
        """A long press that the file names."""
        shown = self._shown
        if shown is None:
            return False
        for step in shown.holds:
            if step.on.hits(self._root(shown), x, y):
                self._show(step.to)
                return True
        return False

    def drag(self, x: int, y: int, to_x: int) -> bool:  # noqa: ARG002
        """Nothing slides in recorded screens."""
        return False

    def view(self, url: str) -> bool:  # noqa: ARG002
        """No address leads anywhere in recorded screens."""
        return False

    def swipe(self, up: int) -> None:
        """A recording does not move."""

    def key(self, code: int) -> None:
        """BACK as the file says; the keyboard closes first."""
        if self._shown is None:
            return
        if self.keyboard and code in (_BACK, _ESCAPE):
            self.keyboard = False
        elif code == _DEL and self._focused:
            self._typed = self._typed[:-1]
        elif code == _ENTER and self._focused:
            self._typed += "\n"
        elif code in self._shown.keys:
            self._show(self._shown.keys[code])
        elif code == _BACK:
            self._body.leave()

    def select_all(self) -> None:
        """The next DEL or text replaces all."""
        if self._focused:
            self._typed = ""

    def commit(self, text: str) -> bool:
        """Text into the field, if it has the focus."""
        if self._focused:
            self._typed += text
        return self._focused

    def windows(self) -> list[Window]:
        """The dump with what was typed, and what the file shows beside it for a while."""
        shown = self._shown
        if shown is None:
            return []
        root = self._root(shown)
        field_ = shown.edit.find(root) if shown.edit else None
        if field_ is not None:
            field_.text = self._typed or field_.text
            field_.focused = self._focused
            field_.edit = self._set_text
        beside: list[Window] = []
        for file, seconds in shown.windows if "badge_hidden" not in self._body.faults else ():
            if time.monotonic() - self._since < seconds:
                beside += [Window(r, active=False) for r in roots_of(file)]
        return [*beside, Window(root, title=self.title)]

    def _set_text(self, text: str) -> None:
        self._typed = text

    def dumped(self) -> None:
        """Recordings do not mind."""

    def state(self) -> dict[str, object]:
        """For the control socket."""
        return {"caption": self._typed, "uploads": [0] * len(self._uploads)}

    def _show(self, name: str) -> None:
        before, shown = self._shown, self._tape.screens[name]
        self._shown, self._since = shown, time.monotonic()
        if not (before and before.edit and shown.edit):
            self._typed = ""
        self._focused = self.keyboard = shown.focused
        if later := shown.then:
            since = self._since
            self._body.later(later.seconds, lambda: self._give_way(since, later.to))
        self._body.came_up(name)

    def _give_way(self, since: float, to: str) -> None:
        """Unless something else is shown by now."""
        if self._shown and self._since == since:
            self._show(to)

    def _press(self, target: str, kind: str) -> None:
        self._body.truth.presses += 1
        swallow = self._body.faults.get("swallow_press")
        if swallow and swallow.count_down():
            self._body.truth.swallowed += 1
            return
        if newest := next(iter(self._body.media.newest()), None):
            self._upload(newest, kind)
        self._show(target)

    def _upload(self, row: Row, kind: str) -> None:
        sha256 = self._body.files.read(row.path).sha256
        post = Published(
            account=self._look.active,
            app=self.package,
            sha256=sha256,
            caption=self._typed,
            title="",
            at=time.time(),
            media=row.path,
            kind=kind,
            files=(row.path,),
            sha256s=(sha256,),
        )

        def finish() -> None:
            self._uploads.remove(timer)
            if "upload_fails" not in self._body.faults:
                self._body.truth.posts.append(post)

        timer = self._body.later(self._tape.upload_seconds, finish)
        self._uploads.append(timer)

    def _root(self, shown: Recorded) -> Node:
        """A dump with several roots is kept under one, as the reduced ones have no outer box."""
        roots = roots_of(shown.file)
        if len(roots) > 1:
            right, bottom = (max(r.bounds[n] for r in roots) for n in (2, 3))
            bounds = (0, 0, right, bottom)
            roots = [Node("android.widget.FrameLayout", bounds, self.package, children=roots)]
        for change in shown.changes:
            change.apply(roots[0])
        return roots[0]


class ReplayOf:
    """Makes a Replay for each phone from one file, read once."""

    def __init__(self, file: Path, folder: Path | None = None) -> None:
        self._tape = read_tape(file, folder)
        self.package = self._tape.package

    def __call__(self, body: Body, look: Look) -> App:
        return Replay(body, look, self._tape)


def replays(screens: Path, folder: Path | None = None) -> list[ReplayOf]:
    """One app for a file; for a folder one for each of its files, which must differ in package."""
    if not screens.is_dir():
        return [ReplayOf(screens, folder)]
    found = [ReplayOf(file, folder) for file in sorted(screens.glob("*.toml"))]
    if not found:
        raise BadScreens(f"{screens} holds no *.toml that says where its taps lead")
    packages = [r.package for r in found]
    if twice := {p for p in packages if packages.count(p) > 1}:
        raise BadScreens(f"{screens}: two files are {min(twice)}")
    return found
