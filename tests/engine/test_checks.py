"""What is checked on a phone before a task: each hindrance ends it with its own reason."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import post
from tmcore import Rack, Reason, TaskStatus
from tmcore.virtual.client import VirtualRack

TIKTOK = "com.zhiliaoapp.musically"


@pytest.mark.parametrize(
    ("fault", "args", "reason"),
    [
        ("airplane_mode", {}, Reason.AIRPLANE_MODE),
        ("app_disabled", {}, Reason.APP_DISABLED),
        ("app_missing", {}, Reason.APP_MISSING),
        ("battery_low", {}, Reason.BATTERY_LOW),
        ("hot", {}, Reason.TOO_HOT),
        ("locked", {}, Reason.DEVICE_LOCKED),
        ("no_permission", {}, Reason.PERMISSION_MISSING),
        ("other_user", {}, Reason.WRONG_USER),
        ("storage_full", {"bytes": 1000}, Reason.STORAGE_FULL),
        ("wrong_clock", {"seconds": -7200}, Reason.CLOCK_WRONG),
    ],
)
async def test_a_hindrance_has_its_reason(
    rack: Rack, phones: VirtualRack, video: Path, fault: str, args: dict[str, Any], reason: Reason
) -> None:
    """The task fails before anything is pushed, and its remark is a sentence."""
    serial = phones.serials[0]
    phones.fault(serial, fault, **args)

    task = await post(rack, video, serial)

    assert (task.status, task.reason) == (TaskStatus.FAILED, reason)
    assert task.remark.endswith(".")
    assert not [f for f in phones.truth(serial)["files"] if "/Movies/" in f["path"]]
    assert phones.truth(serial)["presses"] == 0


async def test_the_limits_are_settings(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """What stops one operator's phone runs on another's."""
    serial = phones.serials[0]
    phones.set(serial, battery=20, temperature=44.0)

    await rack.change_settings({"min_battery_percent": 30})
    low = await post(rack, video, serial)
    await rack.change_settings({"min_battery_percent": 0, "max_temperature_c": 40})
    hot = await post(rack, video, serial)
    await rack.change_settings({"max_temperature_c": 50})
    fine = await post(rack, video, serial)

    assert [task.reason for task in (low, hot)] == [Reason.BATTERY_LOW, Reason.TOO_HOT]
    assert fine.status is TaskStatus.COMPLETED


async def test_a_sleeping_phone_is_woken(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """A dark screen behind a swipe is no hindrance."""
    serial = phones.serials[0]
    phones.set(serial, awake=False)

    assert (await post(rack, video, serial)).status is TaskStatus.COMPLETED


async def test_one_round_trip(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """All of it is one command, also where an app has several packages."""
    serial = phones.serials[0]

    await post(rack, video, serial)

    asked = [c["command"] for c in phones.truth(serial)["commands"]]
    assert sum("dumpsys package" in command for command in asked) == 1
