"""What a finger and keys do to a phone."""

from abc import ABC, abstractmethod

from tmcore.virtual.app.node import Window
from tmcore.virtual.app.port import App
from tmcore.virtual.faults import Faults
from tmcore.virtual.truth import Truth

_HOME, _POWER, _SLEEP, _WAKE = 3, 26, 223, 224
_UNLOCK_SWIPE = 200


class Touch(ABC):
    """The part of a phone that is touched."""

    awake: bool
    locked: bool
    faults: Faults
    truth: Truth

    @property
    @abstractmethod
    def shown(self) -> App | None:
        """The posting app that is seen, if one is."""

    @abstractmethod
    def windows(self) -> list[Window]:
        """What is on the screen, front to back."""

    @abstractmethod
    def leave(self) -> None:
        """Home."""

    def tap(self, x: int, y: int) -> None:
        """A finger; what hits nothing is counted."""
        if not self.awake or self.locked:
            self.truth.misses += 1
        elif shown := self.shown:
            self.truth.misses += not shown.tap(x, y)
        else:
            node = self.windows()[0].root.hit(x, y)
            if node and node.on:
                node.on()
            else:
                self.truth.misses += 1

    def hold(self, x: int, y: int) -> None:
        """A long press."""
        if self.shown:
            self.truth.misses += not self.shown.hold(x, y)

    def swipe(self, up: int) -> None:
        """Up on a lock screen without a PIN opens it; in an app it scrolls."""
        if self.shown:
            self.shown.swipe(up)
        elif up > _UNLOCK_SWIPE and self.awake:
            self.dismiss_keyguard()

    def drag(self, x: int, y: int, to_x: int) -> bool:
        """Across, where something can be slid."""
        return bool(self.shown and self.shown.drag(x, y, to_x))

    def commit(self, text: str) -> bool:
        """Text from a keyboard; lost without a focused field."""
        return bool(self.shown and self.shown.commit(text))

    def select_all(self) -> None:
        """Ctrl+A."""
        if self.shown:
            self.shown.select_all()

    def key(self, code: int) -> None:
        """A key."""
        if code == _WAKE:
            self.awake = True
        elif code == _SLEEP:
            self.awake = False
        elif code == _POWER:
            self.awake = not self.awake
        elif code == _HOME:
            self.leave()
        elif self.shown:
            self.shown.key(code)

    @property
    def needs_pin(self) -> bool:
        """Whether the lock on it takes more than a swipe."""
        fault = self.faults.get("locked")
        return self.locked and fault is not None and fault.text("kind", "pin") != "swipe"

    def dismiss_keyguard(self) -> None:
        """Opens a swipe lock; a PIN stays."""
        if not self.needs_pin:
            self.locked = False
            self.faults.heal("locked")
