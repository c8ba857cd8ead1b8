"""What uiautomator2's server is told and says: JSON-RPC as text. Pure.

No method that taps, swipes or presses a key is here: the server reads, and sets a field's text.
"""

import json
from typing import Any

from tmcore.errors import UiUnreadable
from tmcore.phone.transport import Request

PING = Request("/ping")
MAX_LEVELS = 100  # of nodes; its own client takes 50, and a stack overflows somewhere above

# the one object that has the focus; with an instance in it, setText does not tap the field first
_FOCUSED, _INSTANCE = 0x20000, 0x1000000
FOCUSED = {
    "mask": _FOCUSED | _INSTANCE,
    "focused": True,
    "instance": 0,
    "childOrSibling": [],
    "childOrSiblingSelector": [],
}


def no_waiting() -> Request:
    """Ask it to wait neither for an idle screen nor for an object."""
    return _call("setConfigurator", {"waitForIdleTimeout": 0, "waitForSelectorTimeout": 0})


def dump(*, windows: bool) -> Request:
    """Ask for the active window's tree, or for those of all windows, in no order."""
    if windows:
        return _call("dumpWindowHierarchy", False, MAX_LEVELS)
    return _call("dumpWindowHierarchy", False, MAX_LEVELS, True)


def focused_object() -> Request:
    return _call("objInfo", FOCUSED)


def focused_text() -> Request:
    return _call("getText", FOCUSED)


def set_focused_text(text: str) -> Request:
    return _call("setText", FOCUSED, text)


def result(answer: bytes) -> Any:
    """Read an answer. Raises UiUnreadable for an error, and for what is no answer."""
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise UiUnreadable(f"its server answered no JSON: {_shown(answer)}") from error
    if not isinstance(said, dict) or not {"result", "error"} & said.keys():
        raise UiUnreadable(f"its server answered something else: {_shown(answer)}")
    if (wrong := said.get("error")) is not None:
        what = wrong.get("message") if isinstance(wrong, dict) else wrong
        raise UiUnreadable(f"its server says: {str(what)[:200]}")
    return said.get("result")


def _call(method: str, *params: object) -> Request:
    call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return Request("/jsonrpc/0", json.dumps(call).encode())


def _shown(answer: bytes) -> str:
    return ascii(answer[:80].decode(errors="replace"))
