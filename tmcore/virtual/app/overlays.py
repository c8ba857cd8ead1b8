"""What can lie over any screen of an app, by kind."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tmcore.virtual.app.blocks import INSTAGRAM_WALLS, TIKTOK_WALLS, instagram_wall, tiktok_wall
from tmcore.virtual.app.canvas import FULL
from tmcore.virtual.app.dialogs import (
    INSTAGRAM_DIALOGS,
    TIKTOK_DIALOGS,
    instagram_dialog,
    tiktok_dialog,
)
from tmcore.virtual.app.node import Node
from tmcore.virtual.app.permissions import ACTIVITY, ASKED, not_responding, permission
from tmcore.virtual.app.process import Process


@dataclass(frozen=True, slots=True)
class Overlay:
    """How it is drawn, and how it behaves."""

    draw: Callable[[Process], Node]
    by_back: bool = False  # BACK closes it; else it stays whatever is pressed
    in_tree: bool = False  # stands in the tree of the page below, and is no window of its own
    activity: str = ""  # what Android calls it, when it is not the app's


def _blank(app: Process) -> Node:
    """As the real update prompt: nothing to read."""
    ui = app.plain_ui
    inner = ui.node("ViewGroup", (152, 562, 928, 1658))
    return ui.node(
        "FrameLayout", FULL, ui.node("ViewGroup", (152, 562, 928, 1658), inner), blocks=True
    )


def _common(title: str) -> dict[str, Overlay]:
    asked = {
        kind: Overlay(partial(permission, asked=p, title=title), activity=ACTIVITY)
        for kind, p in ASKED.items()
    }
    return {
        "unknown_sheet": Overlay(_blank, by_back=True),
        "unlabelled": Overlay(_blank),
        "not_responding": Overlay(partial(not_responding, title=title)),
        **asked,
    }


TIKTOK_OVERLAYS = (
    {k: Overlay(partial(tiktok_dialog, words=w), by_back=True) for k, w in TIKTOK_DIALOGS.items()}
    | {k: Overlay(partial(tiktok_wall, pieces=p)) for k, p in TIKTOK_WALLS.items()}
    | _common("TikTok")
)
INSTAGRAM_OVERLAYS = (
    {
        k: Overlay(partial(instagram_dialog, words=w), by_back=True, in_tree=True)
        for k, w in INSTAGRAM_DIALOGS.items()
    }
    | {k: Overlay(partial(instagram_wall, pieces=p)) for k, p in INSTAGRAM_WALLS.items()}
    | _common("Instagram")
)
KINDS = sorted({*TIKTOK_OVERLAYS, *INSTAGRAM_OVERLAYS})
