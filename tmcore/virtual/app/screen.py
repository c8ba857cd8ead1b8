"""What an app's registry of screens says about each of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tmcore.virtual.app.canvas import FULL
from tmcore.virtual.app.node import Node
from tmcore.virtual.app.process import Process

P = TypeVar("P", bound=Process)


@dataclass(frozen=True, slots=True)
class Screen(Generic[P]):
    """How it is drawn and where BACK leads; without a `back` BACK leaves the app."""

    draw: Callable[[P], Node]
    back: str | Callable[[P], str] = ""
    plays: bool = False  # a video: a plain dump may find no idle moment
    asks: bool = False  # BACK may ask first what becomes of the post


def splash(app: Process) -> Node:
    """A cold start shows boxes without a word in them."""
    ui = app.plain_ui
    inner = ui.node("FrameLayout", FULL, ui.node("ImageView", (390, 1000, 690, 1300)))
    return ui.node("FrameLayout", FULL, inner)


def between(app: Process) -> Node:
    """(unseen) A page of its own that an update has put before another; Continue leads on."""
    ui = app.plain_ui
    title = ui.node("TextView", (90, 420, 990, 500), text="A new way to create")
    text = ui.node("TextView", (90, 540, 990, 760), text="We have moved a few things around.")
    image = ui.node("ImageView", (90, 820, 990, 1720))
    go_on = ui.node(
        "Button", (90, 2080, 990, 2200), text="Continue", on=lambda: app.show(app.between)
    )
    return ui.node("FrameLayout", FULL, title, text, image, go_on, blocks=True)
