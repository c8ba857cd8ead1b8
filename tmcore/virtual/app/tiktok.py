"""The TikTok-like app."""

from typing import Any

from tmcore.virtual.app.gallery import COLUMNS, ROWS, TILE
from tmcore.virtual.app.look import Look
from tmcore.virtual.app.model import ModelApp
from tmcore.virtual.app.node import Node, Window
from tmcore.virtual.app.overlays import TIKTOK_OVERLAYS
from tmcore.virtual.app.port import Body
from tmcore.virtual.app.process import ACCOUNTS
from tmcore.virtual.app.profile import scroll_accounts
from tmcore.virtual.app.screens import SCREENS
from tmcore.virtual.app.session import Session
from tmcore.virtual.packages import TIKTOK, TRILL

_BADGE = (32, 284, 150, 442)


class TikTok(ModelApp[Session]):
    """The model app of one phone, under either of its packages."""

    title = "TikTok"
    overlays = TIKTOK_OVERLAYS

    def __init__(self, body: Body, look: Look, package: str = TIKTOK) -> None:
        super().__init__(package, body, look, SCREENS)

    def _new_process(self) -> Session:
        return Session(self._body, self._look, self.package)

    def _take(self, process: Session, path: str, target: str) -> None:  # noqa: ARG002
        process.open_editor()

    def _details(self, process: Session) -> dict[str, Any]:
        return {"tab": process.gallery_tab, "multiple": process.multiple}

    def _beside(self, process: Session) -> list[Window]:
        """The badge is a window of its own."""
        if not process.uploads or "badge_hidden" in self._body.faults:
            return []
        return [Window(_badge(process), active=False)]

    def _swiped(self, process: Session, up: int) -> None:
        if process.screen == ACCOUNTS:
            scroll_accounts(process, up)
        if process.screen == "gallery":
            row = process.ui.scaled((0, 0, 0, TILE))[3]
            rows = -(-len(process.tiles()) // len(COLUMNS))
            process.scroll(round(up / row), max(0, rows - ROWS))


def trill(body: Body, look: Look) -> TikTok:
    """The same app under the other package."""
    return TikTok(body, look, TRILL)


def _badge(session: Session) -> Node:
    ui = session.ui
    text = ui.node(
        "TextView", (56, 344, 127, 383), id="badge_text", text=f"{session.uploads[0].percent}%"
    )
    return ui.node("FrameLayout", _BADGE, ui.node("ViewGroup", _BADGE, text, id="badge"))
