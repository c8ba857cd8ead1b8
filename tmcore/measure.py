"""Figures for whoever counts them. Nobody does unless a listener is added; one may be any thread's.

As with logging, there is one place in a process to listen, since what is measured lies deep: a
connection to a phone knows of no rack.
"""

from collections.abc import Callable
from enum import StrEnum


class Measure(StrEnum):
    """What is measured; the label says of which kind."""

    ADB = "adb"  # seconds of one exchange with a phone; what was done
    BATCH = "batch"  # writes in one commit
    STEP = "step"  # seconds of one step of a script; its name
    DELAY = "delay"  # seconds from due to claimed, the wait for its phone included
    CHANGE = "change"  # 1 for each move of a task; "change" or "change reason"


Listener = Callable[[Measure, float, str], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Tell this listener from now on, once however often it is added."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(measure: Measure, value: float, label: str = "") -> None:
    """Tell every listener."""
    for listener in _listeners:
        listener(measure, value, label)
