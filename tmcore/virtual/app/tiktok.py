"""The TikTok-like app: a session, its screens, and the windows they make."""

from tmcore.virtual.app.look import Look
from tmcore.virtual.app.node import Node, Window
from tmcore.virtual.app.overlays import CLOSED_BY_BACK, OVERLAYS, close
from tmcore.virtual.app.port import Body
from tmcore.virtual.app.screens import SCREENS
from tmcore.virtual.app.session import Session
from tmcore.virtual.packages import TIKTOK

BACK, DEL, ESCAPE, ENTER = 4, 67, 111, 66
_BADGE = (32, 284, 150, 442)


class TikTok:
    """The model app of one phone."""

    package = TIKTOK

    def __init__(self, body: Body, look: Look) -> None:
        self._body, self._look = body, look
        self._session: Session | None = None

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._session is not None

    @property
    def screen(self) -> str:
        """The screen's name, or the overlay's."""
        return (self._session.overlay or self._session.screen) if self._session else ""

    @property
    def keyboard(self) -> bool:
        """Whether the keyboard is open."""
        return bool(self._session and self._session.focus.keyboard and not self._session.overlay)

    @property
    def never_idle(self) -> bool:
        """Whether a video plays in sight."""
        session = self._session
        return bool(session and not session.overlay and SCREENS[session.screen].plays)

    def launch(self) -> None:
        """A cold start goes over the splash to the feed; a warm one comes back as it was."""
        if self._session:
            self._body.shown(self._session.screen)
            return
        session = self._session = Session(self._body, self._look)
        if dialog := self._body.faults.get("dialog"):
            session.overlay = dialog.text("kind", "contacts")
        wait = self._body.latency.draw(self._body.latency.splash, self._body.dice)
        if wait:
            session.show("splash")
            self._body.later(wait, lambda: self._started(session))
        else:
            session.show("home_feed")

    def stop(self) -> None:
        """Kill it; uploads die with it."""
        if self._session:
            self._session.abort()
            self._session = None

    def cover(self, kind: str) -> None:
        """Put an overlay over whatever is shown."""
        if self._session:
            self._session.overlay = kind
            self._session.focus.keyboard = False

    def uncover(self) -> None:
        """Take the overlay away."""
        if self._session:
            self._session.overlay = ""

    def share(self, path: str) -> None:
        """A share intent opens the editor with that file."""
        self.launch()
        if self._session and self._body.allows_media():
            self._session.picked = [path]
            self._session.open_editor()

    def tap(self, x: int, y: int) -> bool:
        """A tap; False when nothing took it."""
        if not self._session:
            return False
        node = self._root(self._session).hit(x, y)
        if node is None or node.on is None:
            return False
        node.on()
        return True

    def key(self, code: int) -> None:
        """BACK closes the keyboard first, then the overlay, then the screen."""
        session = self._session
        if session is None:
            return
        if code == DEL:
            session.delete()
        elif code == ENTER:
            session.type("\n")
        elif code == ESCAPE:
            session.focus.keyboard = False
        elif code == BACK:
            self._back(session)

    def select_all(self) -> None:
        """Ctrl+A."""
        if self._session and self._session.focus.field:
            self._session.focus.all_selected = True

    def commit(self, text: str) -> bool:
        """Text from a keyboard."""
        return bool(self._session and not self._session.overlay and self._session.type(text))

    def windows(self) -> list[Window]:
        """The badge, a window of its own, then the overlay and the screen."""
        session = self._session
        if session is None:
            return []
        windows = [Window(self._root(session), title="TikTok")]
        if session.overlay:
            below = SCREENS[session.screen].draw(session)
            windows.append(Window(below, title="TikTok", active=False))
        if session.uploads and "badge_hidden" not in self._body.faults:
            windows.insert(0, Window(_badge(session), active=False))
        return windows

    def dumped(self) -> None:
        """On some phones a dump between tap and typing takes the focus away."""
        if self._session and self._look.dump_drops_focus:
            self._session.focus.field = ""

    def state(self) -> dict[str, object]:
        """For the control socket."""
        session = self._session
        if session is None:
            return {}
        return {
            "overlay": session.overlay,
            "underneath": session.screen,
            "caption": session.draft.description,
            "title": session.draft.title,
            "picked": session.picked,
            "focus": session.focus.field,
            "uploads": [u.percent for u in session.uploads],
            "upload_failed": session.failed_upload,
        }

    def _started(self, session: Session) -> None:
        if self._session is session and session.screen == "splash":
            session.show("home_feed")

    def _root(self, session: Session) -> Node:
        draw = OVERLAYS[session.overlay] if session.overlay else SCREENS[session.screen].draw
        return draw(session)

    def _back(self, session: Session) -> None:
        if session.overlay:
            if session.overlay in CLOSED_BY_BACK:
                close(session)
        elif session.focus.keyboard:
            session.focus.keyboard = False
        elif back := SCREENS[session.screen].back:
            session.show(back)
        else:
            self._body.leave()


def _badge(session: Session) -> Node:
    ui = session.ui
    text = ui.node(
        "TextView", (56, 344, 127, 383), id="badge_text", text=f"{session.uploads[0].percent}%"
    )
    return ui.node("FrameLayout", _BADGE, ui.node("ViewGroup", _BADGE, text, id="badge"))
