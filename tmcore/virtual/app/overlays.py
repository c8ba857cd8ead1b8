"""Sheets, dialogs and walls that lie over any screen as a window of their own."""

from collections.abc import Callable

from tmcore.virtual.app.canvas import FULL
from tmcore.virtual.app.node import Node, nothing
from tmcore.virtual.app.session import Session

CONTACTS = (
    "To connect with people you know on TikTok, "
    "allow access to your contacts in your device settings."
)
# what BACK closes; the others stay whatever is pressed
CLOSED_BY_BACK = {"contacts", "unknown_sheet"}


def contacts(app: Session) -> Node:
    """Known and harmless: the refusing button closes it."""
    ui = app.ui
    text = ui.node("TextView", (225, 1062, 843, 1294), id="dialog_text", text=CONTACTS)
    settings = ui.node("Button", (540, 1348, 907, 1473), text="Open settings", on=nothing)
    refuse = ui.node("Button", (172, 1348, 539, 1473), text="Don’t allow", on=lambda: close(app))  # noqa: RUF001
    box = ui.node(
        "FrameLayout",
        (172, 999, 907, 1473),
        text,
        settings,
        refuse,
        id="dialog",
        desc="Dialog",
        blocks=True,
    )
    return ui.node("FrameLayout", FULL, ui.node("FrameLayout", FULL, box, on=nothing))


def unknown_sheet(app: Session) -> Node:
    """A sheet of which nothing is known; BACK closes it."""
    return _blank(app)


def unlabelled(app: Session) -> Node:
    """As the real update prompt: nothing to read, and BACK does nothing."""
    return _blank(app)


def captcha(app: Session) -> Node:
    """A security check, which a person must pass."""
    return _wall(app, "Verify you are human", "Drag the slider to fit the puzzle", ("Refresh",))


def suspended(app: Session) -> Node:
    """The account is gone."""
    return _wall(
        app, "Your account was permanently banned", "Our team reviewed it.", ("Submit an appeal",)
    )


def login(app: Session) -> Node:
    """Nobody is logged in."""
    ui = app.ui
    title = ui.node("TextView", (60, 300, 1020, 400), text="Log in to TikTok")
    fields = [
        ui.node("EditText", (60, 640 + 144 * n, 1020, 752 + 144 * n), on=nothing) for n in range(2)
    ]
    button = ui.node("Button", (60, 960, 1020, 1088), text="Log in", on=nothing)
    return ui.node("FrameLayout", FULL, title, *fields, button, blocks=True)


def close(app: Session) -> None:
    """Take the overlay away."""
    app.overlay = ""
    app.body.faults.heal("dialog")
    app.body.shown(app.screen)


def _blank(app: Session) -> Node:
    ui = app.ui
    inner = ui.node("ViewGroup", (152, 562, 928, 1658))
    return ui.node(
        "FrameLayout", FULL, ui.node("ViewGroup", (152, 562, 928, 1658), inner), blocks=True
    )


def _wall(app: Session, title: str, text: str, buttons: tuple[str, ...]) -> Node:
    ui = app.ui
    head = ui.node("TextView", (120, 700, 960, 800), text=title)
    body = ui.node("TextView", (120, 820, 960, 920), text=text)
    made = [
        ui.node("Button", (120, 1500 + 120 * n, 960, 1600 + 120 * n), text=label, on=nothing)
        for n, label in enumerate(buttons)
    ]
    return ui.node("FrameLayout", FULL, head, body, *made, blocks=True)


OVERLAYS: dict[str, Callable[[Session], Node]] = {
    "contacts": contacts,
    "unknown_sheet": unknown_sheet,
    "unlabelled": unlabelled,
    "captcha": captcha,
    "suspended": suspended,
    "login": login,
}
