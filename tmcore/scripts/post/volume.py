"""The volumes of a video's own sound and of the added one: two sliders, set by where they stand.

A slider is tapped at its place; what the dump then says of it decides. Where that is another number
the finger drags it there from where it stands.
"""

import re
from collections.abc import Callable
from functools import partial

from tmcore.apps.profile import label
from tmcore.errors import ScriptFailed
from tmcore.phone.screen import Box, Node, Screen
from tmcore.reasons import Reason
from tmcore.scripts.post.setting import Setting

PAGE = "sound_volume"
OFF_BY = 3  # of 100: a slider of 200 pixels shows no finer one
NAMES = {"origin": "the own sound", "added": "the added sound"}


async def set_volumes(setting: Setting, editor: Screen) -> Screen:
    """Set what is asked for, read it back where the app shows numbers. Raises ScriptFailed."""
    screens = setting.screens
    on = screens.reactions(
        {setting.base: ("volume_button", "sound_pill"), "sound_picker": ("volume_button",)}
    )
    page = await screens.until(PAGE, on=on, screen=editor)
    for which, volume in setting.args.volumes.items():
        page = await _set(setting, page, which, volume)
    await setting.keep(page)
    return await setting.back(PAGE, "sound_picker", button="volume_done", screen=page)


async def _set(setting: Setting, page: Screen, which: str, volume: int) -> Screen:
    slider, phone = _slider(setting, page, which), setting.run.phone
    right: Callable[[Screen], bool] = partial(_stands_at, setting, which, volume)
    x, y = _place(slider.bounds, volume)
    await phone.tap_at(x, y)
    done, page = await setting.read_back(right, page)
    shown = _number(_slider(setting, page, which))
    if not done and shown is not None:
        await phone.swipe(*_place(slider.bounds, shown), x, y)
        done, page = await setting.read_back(right, page)
        shown = _number(_slider(setting, page, which))
    if shown is None:
        setting.notes.append(f"the volume of {NAMES[which]} was set and could not be read back")
    elif not done:
        setting.refuse(f"the volume of {NAMES[which]} stays at {shown:g}, not {volume}")
    return page


def _slider(setting: Setting, page: Screen, which: str) -> Node:
    match = setting.screens.profile.target(f"{which}_slider", page)
    if match is None:
        raise ScriptFailed(Reason.TARGET_MISSING, f"no slider for {NAMES[which]} on the page")
    return match.node


def _stands_at(setting: Setting, which: str, volume: int, page: Screen) -> bool:
    shown = _number(_slider(setting, page, which))
    return shown is not None and abs(shown - volume) <= OFF_BY


def _number(slider: Node) -> float | None:
    """Read what Android says of a slider: `80`, `80.0` or `80%`, sometimes behind its name."""
    found = re.search(r"(\d{1,3}(?:[.,]\d+)?) ?%?$", label(slider))
    return float(found[1].replace(",", ".")) if found else None


def _place(box: Box, volume: float) -> tuple[int, int]:
    """Where a finger sets it: the ends of a slider lie half its height inside its bounds."""
    inset = min(box.height, box.width) // 2
    x = box.left + inset + round((box.width - 2 * inset) * min(volume, 100) / 100)
    return min(x, box.right - 1), box.center[1]
