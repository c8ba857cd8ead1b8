"""A phone in full, as lines of text."""

from tmcore.devices import Device, DeviceState
from tmtui.detail import device_lines
from tmtui.store import Store

WHY = "dump, because uiautomator2 cannot: it did not start"


def test_the_eye_in_use_is_shown_with_why_not_the_first() -> None:
    """Once the phone was looked at; before that nothing is known."""
    seen = Device(serial="R58M1", state=DeviceState.READY, eye=WHY)
    shown = {
        one.eye: ["".join(text for text, _ in line) for line in device_lines(one, Store())]
        for one in (seen, seen.model_copy(update={"eye": None}))
    }

    assert [line.split(maxsplit=1) for line in shown[WHY] if line.startswith("eye")] == [
        ["eye", WHY]
    ]
    assert not any(line.startswith("eye") for line in shown[None])
