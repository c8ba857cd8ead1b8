"""What is wrong with a phone at the moment, and what will be.

A fault may wait for a screen or a command (`when`): it is then armed the first time that is met,
which is how a test puts it at any step of a flow.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tmcore.virtual.packages import package_of

NAMES = {
    "offline": "adb shows `offline` while TCP stays up",
    "unplugged": "the cable is out: refused, and gone from adb",
    "freeze": "nothing is read or answered; what arrived runs at the thaw",
    "slow": "seconds= before each command, bytes_per_second= of a push",
    "storage_full": "bytes= that still fit",
    "app_missing": "app= (else TikTok) is not installed",
    "app_disabled": "app= (else TikTok) is installed and disabled",
    "app_crash": "app= (else the one in front) dies now",
    "app_update": "app= has new ids (seed=), other labels (words=) and a page of its own before="
    " a screen; version= is what it then says",
    "language": "to= fr: the phone and its apps speak it, as far as a dump shows it",
    "wrong_account": "app= (else the one in front) is on account= or on the next of its list",
    "dump_error": "text= of a failing dump, count= of them",
    "never_idles": "a plain dump fails while a video plays; --compressed works",
    "empty_tree": "a plain dump while a video plays holds no view, count= of them (else each)",
    "u2_fails": "uiautomator2's server does not start and says text=",
    "u2_dies": "uiautomator2's server is killed now",
    "u2_silent": "uiautomator2's server takes requests and answers none",
    "u2_garbage": "uiautomator2's server answers text= to every request",
    "dialog": "kind= of app= or of the app in front: a harmless dialog (contacts, rate_app,"
    " notifications, whats_new, save_login, keep_draft, update_offer, about_reels), one of Android"
    " (permission_media, permission_camera, permission_contacts, permission_notifications,"
    " not_responding), a wall (captcha, identity, selfie, login, suspended, suspended_for_now,"
    " limited, update_required), or unknown_sheet and unlabelled",
    "swallow_press": "a tap on Post does nothing, count= times (else always)",
    "badge_hidden": "the upload badge is in no dump",
    "upload_fails": "the upload ends in a failure, nothing is published",
    "failure_row": "the feed shows a failed upload of earlier",
    "upload_slow": "seconds= of an upload",
    "battery_low": "level= of the battery (3), not charging",
    "hot": "celsius= of the battery (51)",
    "airplane_mode": "on, and uploads wait",
    "asleep": "the screen is off",
    "other_user": "id= (10) of the Android user in front",
    "wrong_clock": "seconds= (86400) that the clock is ahead",
    "locked": "keyguard on; kind=pin (default) or swipe",
    "unauthorized": "adb shows `unauthorized`",
    "no_permission": "the app may not read media",
    "drop_after": "regex= of a command: the transport is dropped once it started; "
    "point=before|after its effect, bytes= of a push",
    "screencap_fails": "screencap prints nothing",
    "reboot": "down for down= s, then booting for boot= s",
}

_ONE_SHOT = {"app_crash", "reboot", "u2_dies"}


class UnknownFault(Exception):
    """No such fault."""


@dataclass(slots=True)
class Fault:
    """One fault and its arguments."""

    name: str
    args: dict[str, Any] = field(default_factory=dict)
    when: dict[str, str] = field(default_factory=dict)
    undo: Callable[[], None] | None = None  # puts back what it changed

    def number(self, key: str, default: float) -> float:
        """A numeric argument."""
        return float(self.args.get(key, default))

    def text(self, key: str, default: str = "") -> str:
        """A text argument."""
        return str(self.args.get(key, default))

    def mapping(self, key: str) -> dict[str, Any]:
        """An argument with names and values."""
        return dict(self.args.get(key, {}))

    def concerns(self, package: str) -> bool:
        """Whether it is meant for that app; without an app it is for any."""
        return package_of(self.text("app")) in ("", package)

    def matches(self, command: str) -> bool:
        """Whether its `regex` finds the command."""
        return bool(re.search(self.text("regex", ""), command))

    def count_down(self) -> bool:
        """Use one of `count`; True while it still applies. Without a count it always does."""
        left = self.args.get("count")
        if left is None:
            return True
        self.args["count"] = int(left) - 1
        return int(left) > 0


class Faults:
    """The faults of one phone; `on_armed` and `on_healed` are the phone's hands."""

    def __init__(
        self, on_armed: Callable[[Fault], None], on_healed: Callable[[Fault], None]
    ) -> None:
        self._on_armed, self._on_healed = on_armed, on_healed
        self._armed: dict[str, Fault] = {}
        self._waiting: list[Fault] = []

    def add(self, name: str, args: dict[str, Any], when: dict[str, str] | None = None) -> None:
        """Arm a fault, now or when its screen or command is met."""
        if name not in NAMES:
            raise UnknownFault(f"no fault {name!r}; there are {', '.join(sorted(NAMES))}")
        fault = Fault(name, args, when or {})
        if fault.when:
            self._waiting.append(fault)
        else:
            self._arm(fault)

    def get(self, name: str) -> Fault | None:
        """The armed fault of that name."""
        return self._armed.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self._armed

    def heal(self, name: str | None = None) -> None:
        """Remove one fault, armed or waiting, or all."""
        self._waiting = [f for f in self._waiting if name not in (None, f.name)]
        for fault in list(self._armed.values()):
            if name in (None, fault.name):
                del self._armed[fault.name]
                self._on_healed(fault)

    def screen_shown(self, screen: str) -> None:
        """A screen came up."""
        self._trigger(lambda when: when.get("screen") == screen)

    def command_seen(self, command: str) -> None:
        """A command arrived and has not run yet."""
        self._trigger(lambda when: _meets(when, command, "before"))

    def command_ended(self, command: str) -> None:
        """A command has had its effect; its output is on its way."""
        self._trigger(lambda when: _meets(when, command, "after"))

    def json(self) -> dict[str, object]:
        """For the control socket."""
        return {
            "armed": {f.name: f.args for f in self._armed.values()},
            "waiting": [{"name": f.name, "when": f.when, **f.args} for f in self._waiting],
        }

    def _trigger(self, matches: Callable[[dict[str, str]], bool]) -> None:
        due = [f for f in self._waiting if matches(f.when)]
        self._waiting = [f for f in self._waiting if f not in due]
        for fault in due:
            self._arm(fault)

    def _arm(self, fault: Fault) -> None:
        before = self._armed.pop(fault.name, None)
        if before and before.undo:
            before.undo()
        self._on_armed(fault)
        if fault.name not in _ONE_SHOT:
            self._armed[fault.name] = fault


def _meets(when: dict[str, str], command: str, point: str) -> bool:
    if "command" not in when or when.get("point", "before") != point:
        return False
    return bool(re.search(when["command"], command))
