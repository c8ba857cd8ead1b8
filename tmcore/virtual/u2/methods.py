"""The JSON-RPC methods: what each does on this phone. One that is missing is an error, loudly."""

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tmcore.virtual.app.dump import hierarchy
from tmcore.virtual.app.node import Node, active
from tmcore.virtual.screencap import picture
from tmcore.virtual.u2.selector import Selector, shown_text

if TYPE_CHECKING:
    from tmcore.virtual.phone import Phone

Method = Callable[..., Awaitable[Any]]
_GLANCE_S = 0.05
_KEYS = {"home": 3, "back": 4, "enter": 66, "delete": 67, "del": 67, "menu": 82, "power": 26}


class MethodMissing(Exception):
    """No such method, or not with these parameters."""


class NotFoundHere(Exception):
    """No object matches the selector."""

    java = "androidx.test.uiautomator.UiObjectNotFoundException"


class Methods:
    """One server's methods and its settings, which start as the jar sets them."""

    def __init__(self, phone: "Phone") -> None:
        self._phone = phone
        self._settings: dict[str, int] = {
            "waitForIdleTimeout": 0,
            "waitForSelectorTimeout": 0,
            "actionAcknowledgmentTimeout": 500,
            "scrollAcknowledgmentTimeout": 200,
            "keyInjectionDelay": 0,
            "uiAutomationFlags": 0,
        }
        self._methods: dict[str, Method] = {
            "clearTextField": self._clear_text_field,
            "click": self._click,
            "count": self._count,
            "deviceInfo": self._device_info,
            "dumpWindowHierarchy": self._dump,
            "exist": self._exist,
            "getConfigurator": self._get_configurator,
            "getLastToast": self._nothing,
            "getText": self._get_text,
            "isScreenOn": self._is_screen_on,
            "objInfo": self._obj_info,
            "objInfoOfAllInstances": self._obj_info_of_all,
            "ping": self._ping,
            "pressKey": self._press_key,
            "pressKeyCode": self._press_key_code,
            "setConfigurator": self._set_configurator,
            "setText": self._set_text,
            "takeScreenshot": self._take_screenshot,
            "waitForExists": self._wait_for_exists,
            "waitUntilGone": self._wait_until_gone,
        }

    async def call(self, name: str, params: list[Any]) -> object:
        """Run one. Raises MethodMissing, NotFoundHere."""
        method = self._methods.get(name)
        if method is None:
            raise MethodMissing(name)
        try:
            return await method(*params)
        except TypeError as error:
            raise MethodMissing(f"{name}: {error}") from error

    # --- the screen

    async def _dump(self, compressed: bool, depth: int = 50, active_only: bool = False) -> str:
        """All windows, or the root of the active one; it waits as long as it is told to."""
        phone = self._phone
        await asyncio.sleep(phone.latency.draw(phone.latency.rpc, phone.dice))
        if "never_idles" in phone.faults and phone.never_idle:
            await asyncio.sleep(self._settings["waitForIdleTimeout"] / 1000)
        roots = self._active() if active_only else self._all()
        return hierarchy(roots, depth, compressed=compressed)

    async def _take_screenshot(self, *_: object) -> str:
        return base64.b64encode(picture(self._phone.windows(), self._phone.size)).decode()

    async def _device_info(self) -> dict[str, object]:
        width, height = self._phone.size
        return {
            "currentPackageName": self._phone.front,
            "displayWidth": width,
            "displayHeight": height,
            "displayRotation": 0,
            "displaySizeDpX": width * 160 // self._phone.identity.density,
            "displaySizeDpY": height * 160 // self._phone.identity.density,
            "productName": self._phone.properties["ro.product.name"],
            "sdkInt": int(self._phone.properties["ro.build.version.sdk"]),
            "screenOn": self._phone.awake,
            "naturalOrientation": True,
        }

    # --- objects

    async def _exist(self, sent: dict[str, Any]) -> bool:
        return bool(self._found(Selector(sent)))

    async def _wait_for_exists(self, sent: dict[str, Any], timeout_ms: int) -> bool:
        return await self._until(lambda: bool(self._found(Selector(sent))), timeout_ms)

    async def _wait_until_gone(self, sent: dict[str, Any], timeout_ms: int) -> bool:
        return await self._until(lambda: not self._found(Selector(sent)), timeout_ms)

    async def _count(self, sent: dict[str, Any]) -> int:
        return len(Selector(sent).find(self._active()))

    async def _obj_info(self, sent: dict[str, Any]) -> dict[str, object]:
        return _info(self._one(Selector(sent)))

    async def _obj_info_of_all(self, sent: dict[str, Any]) -> list[dict[str, object]]:
        return [_info(node) for node in Selector(sent).find(self._active())]

    async def _get_text(self, sent: dict[str, Any]) -> str:
        return shown_text(self._one(Selector(sent)))

    async def _set_text(self, sent: dict[str, Any], text: str) -> bool:
        """The newer search taps the object first and never says that it failed."""
        selector = Selector(sent)
        if selector.is_plain and self._found(selector):
            self._phone.tap(*_middle(self._found(selector)[0]))
            if again := self._found(selector):
                _edit(again[0], text)
                return True
        return _edit(self._one(selector), text)

    async def _clear_text_field(self, sent: dict[str, Any]) -> None:
        _edit(self._one(Selector(sent)), "")

    # --- hands: for other clients than ours

    async def _click(self, *params: Any) -> bool:
        if params and isinstance(params[0], dict):
            self._phone.tap(*_middle(self._one(Selector(params[0]))))
        else:
            x, y, *_ = params
            self._phone.tap(int(x), int(y))
        return True

    async def _press_key(self, name: str) -> bool:
        if name.lower() not in _KEYS:
            return False
        self._phone.key(_KEYS[name.lower()])
        return True

    async def _press_key_code(self, code: int, _meta: int = 0) -> bool:
        self._phone.key(code)
        return True

    # --- the server itself

    async def _ping(self) -> str:
        return "pong"

    async def _nothing(self) -> None:
        return None

    async def _is_screen_on(self) -> bool:
        return self._phone.awake

    async def _get_configurator(self) -> dict[str, int]:
        return dict(self._settings)

    async def _set_configurator(self, sent: dict[str, int]) -> dict[str, int]:
        if unknown := set(sent) - set(self._settings):
            raise MethodMissing(f"Unrecognized field {min(unknown)!r}")
        self._settings |= sent
        return dict(self._settings)

    # --- how objects are found

    def _all(self) -> list[Node]:
        return [window.root for window in self._phone.windows()]

    def _active(self) -> list[Node]:
        return [active(self._phone.windows()).root]

    def _found(self, selector: Selector) -> list[Node]:
        return selector.find(self._all() if selector.is_plain else self._active())

    def _one(self, selector: Selector) -> Node:
        """The first in any window when the newer search can do it, else in the active one."""
        found = self._found(selector) or selector.find(self._active())
        if not found:
            raise NotFoundHere(repr(selector))
        return found[0]

    async def _until(self, is_met: Callable[[], bool], timeout_ms: int) -> bool:
        until = time.monotonic() + timeout_ms / 1000
        while not is_met():
            if time.monotonic() >= until:
                return False
            await asyncio.sleep(_GLANCE_S)
        return True


def _edit(node: Node, text: str) -> bool:
    """Accessibility's "set text": refused by what is no editable field."""
    if node.edit is None or not node.enabled:
        return False
    node.edit(text)
    return True


def _middle(node: Node) -> tuple[int, int]:
    left, top, right, bottom = node.bounds
    return (left + right) // 2, (top + bottom) // 2


def _info(node: Node) -> dict[str, object]:
    left, top, right, bottom = node.bounds
    bounds = {"left": left, "top": top, "right": right, "bottom": bottom}
    return {
        "bounds": bounds,
        "visibleBounds": bounds,
        "childCount": len(node.children),
        "className": node.kind,
        "contentDescription": node.desc,
        "packageName": node.package,
        "resourceName": node.id,
        "text": shown_text(node),
        "checkable": node.checkable,
        "checked": node.checked,
        "clickable": node.clickable,
        "enabled": node.enabled,
        "focusable": node.focusable or node.clickable,
        "focused": node.focused,
        "longClickable": node.hold is not None,
        "scrollable": node.scrollable,
        "selected": node.selected,
    }
