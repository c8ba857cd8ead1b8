"""Walls before which a task must stop: they stay whatever is pressed.

Instagram's and TikTok's login are drawn after dumps; other texts are from reports, or (unseen).
"""

from dataclasses import dataclass

from tmcore.virtual.app.canvas import FULL
from tmcore.virtual.app.node import Bounds, Node, nothing
from tmcore.virtual.app.process import Process


@dataclass(frozen=True, slots=True)
class Piece:
    """One view of a wall."""

    kind: str
    text: str
    bounds: Bounds
    hint: str = ""
    password: bool = False


def tiktok_wall(app: Process, pieces: tuple[Piece, ...]) -> Node:
    """A window of its own, full-screen."""
    ui = app.plain_ui
    found = [
        ui.node(
            p.kind, p.bounds, text=p.text, hint=p.hint, password=p.password,
            on=nothing if p.kind in ("Button", "EditText") else None,
        )
        for p in pieces
    ]  # fmt: skip
    return ui.node("FrameLayout", FULL, *found, blocks=True)


def instagram_wall(app: Process, pieces: tuple[Piece, ...]) -> Node:
    """Web-like views: text and description, and no ids but those of the containers."""
    ui = app.ui
    found = [
        ui.node(
            p.kind, p.bounds, text=p.text, desc="" if p.kind == "EditText" else p.text,
            hint=p.hint, password=p.password,
            on=nothing if p.kind in ("Button", "EditText") else None,
        )
        for p in pieces
    ]  # fmt: skip
    bloks = ui.node("FrameLayout", (0, 48, 720, 1344), *found, id="bloks_container")
    main = ui.node("FrameLayout", (0, 48, 720, 1344), bloks, id="layout_container_main")
    return ui.page([ui.node("FrameLayout", (0, 0, 720, 1440), main, blocks=True)])


def _tiktok(title: str, text: str, *buttons: str) -> tuple[Piece, ...]:
    lines = (
        Piece("TextView", title, (120, 700, 960, 800)),
        Piece("TextView", text, (120, 820, 960, 920)),
    )
    below = (
        Piece("Button", label, (120, 1500 + 120 * n, 960, 1600 + 120 * n))
        for n, label in enumerate(buttons)
    )
    return (*lines, *below)


TIKTOK_WALLS = {
    # report; the text below the title unseen
    "captcha": _tiktok("Verify you are human", "Drag the slider to fit the puzzle", "Refresh"),
    # report: 'security verification'; the rest unseen
    "identity": _tiktok("Security verification", "Confirm it’s you to continue.", "Start"),  # noqa: RUF001
    # report; the button unseen
    "suspended": _tiktok(
        "Your account was permanently banned", "Our team reviewed it.", "Submit an appeal"
    ),
    # report; the rest unseen
    "limited": _tiktok("You cannot post", "Posting is restricted for a while.", "OK"),
    "update_required": _tiktok("Update TikTok", "This version is no longer supported.", "Update"),
    "login": (  # dump; the title from a report
        Piece("TextView", "Log in to TikTok", (60, 300, 1020, 400)),
        Piece("EditText", "", (60, 640, 1020, 752)),
        Piece("EditText", "", (60, 784, 1020, 896), password=True),
        Piece("Button", "Log in", (60, 960, 1020, 1088)),
    ),
}
_CODE = "Enter the code from the image"
INSTAGRAM_WALLS = {
    "captcha": (  # dump
        Piece("Button", "Menu", (636, 51, 706, 116)),
        Piece("View", "Confirm you're human", (52, 180, 402, 227)),
        Piece(
            "View", "Can't read this text? Hear this code or Get a new code", (52, 496, 668, 532)
        ),
        Piece("Button", "Hear this code", (284, 496, 452, 532)),
        Piece("Button", "Get a new code", (488, 496, 667, 532)),
        Piece("EditText", "", (78, 592, 642, 622), hint=_CODE),
        Piece("Button", "Next", (26, 1249, 694, 1318)),
    ),
    "identity": (  # dump
        Piece("Button", "Menu", (617, 48, 703, 124)),
        Piece("View", "Upload your ID", (64, 198, 352, 254)),
        Piece(
            "View",
            "We need a photo of your official ID with your date of birth visible.",
            (64, 269, 656, 800),
        ),
        Piece("Button", "Upload a photo", (64, 825, 656, 890)),
        Piece("Button", "Submit", (32, 983, 688, 1063)),
    ),
    "selfie": (  # report
        Piece("View", "Confirm you're a real person with a video selfie", (52, 180, 668, 260)),
    ),
    "suspended": (  # dump
        Piece("Button", "Menu", (636, 42, 706, 107)),
        Piece("View", "We disabled your account", (156, 380, 565, 427)),
        Piece("View", "Account disabled on December 18, 2025", (187, 483, 533, 510)),
        Piece("View", "Why this happened", (26, 584, 250, 620)),
        Piece("Button", "download your information", (109, 1014, 370, 1043)),
        Piece("Button", "Log out", (26, 1278, 694, 1347)),
    ),
    "suspended_for_now": (  # report
        Piece("View", "We suspended your account", (156, 380, 565, 427)),
    ),
    "limited": (  # report; the button unseen
        Piece("View", "Try Again Later", (52, 380, 668, 427)),
        Piece("View", "We limit how often you can do certain things.", (52, 440, 668, 520)),
        Piece("Button", "OK", (26, 1249, 694, 1318)),
    ),
    "update_required": (  # report; the rest unseen
        Piece("View", "Update Instagram", (52, 380, 668, 427)),
        Piece("View", "You need the newest version to go on.", (52, 440, 668, 520)),
        Piece("Button", "Update", (26, 1249, 694, 1318)),
    ),
    "login": (  # dump
        Piece("Button", "English (US)", (32, 324, 688, 362)),
        Piece("View", "Username, email or mobile number", (64, 543, 543, 576)),
        Piece("EditText", "", (64, 555, 584, 590), hint="Username, email or mobile number,"),
        Piece("View", "Password", (64, 671, 199, 704)),
        Piece("EditText", "", (64, 684, 584, 719), hint="Password,", password=True),
        Piece("Button", "Log in", (32, 762, 688, 841)),
        Piece("Button", "Forgot password?", (199, 863, 521, 927)),
        Piece("Button", "Create new account", (32, 927, 688, 1006)),
    ),
}
