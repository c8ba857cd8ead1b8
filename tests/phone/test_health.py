from dataclasses import replace

import pytest

from tmcore.phone import health
from tmcore.phone.port import Checkup
from tmcore.reasons import Reason

FINE = Checkup(
    booted=True, awake=True, locked=False, secure=True, battery_percent=80, temperature_c=30.0,
    free_bytes=10**10, app_version="43.1.4", app_installed=True, app_enabled=True,
    media_granted=True, sdk=34, user=0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"booted": False, "app_installed": False}, Reason.DEVICE_NOT_BOOTED),
        ({"locked": True}, Reason.DEVICE_LOCKED),
        ({"locked": True, "secure": False}, None),  # a swipe opens it
        ({"locked": True, "secure": None}, None),
        ({"app_installed": False}, Reason.APP_MISSING),
        ({"app_enabled": False}, Reason.APP_MISSING),
        ({"media_granted": False}, Reason.PERMISSION_MISSING),
        ({"free_bytes": 0}, Reason.STORAGE_FULL),
        ({"free_bytes": 2 * 10**7 + 199_999_999}, Reason.STORAGE_FULL),
        ({"free_bytes": 2 * 10**7 + 200_000_000}, None),
        ({"battery_percent": 1, "temperature_c": 60.0}, None),
    ],
)
def test_verdict(change: dict[str, object], reason: Reason | None) -> None:
    """The first thing that stops a post is named with its reason and a sentence."""
    found = health.verdict(replace(FINE, **change), 10**7, "com.x.y")  # type: ignore[arg-type]  # a table

    assert (found and found[0]) == reason
    assert found is None or found[1].endswith(".")


def test_unknown_is_noted() -> None:
    """A phone of which nothing could be read is not refused, but never passes as fine."""
    assert health.verdict(Checkup(), 10**7, "com.x.y") is None
    assert len(health.notes(Checkup())) == 9
    assert health.notes(FINE) == ()


def test_battery_is_noted() -> None:
    """A low or hot battery is said, though it stops nothing."""
    weak = replace(FINE, battery_percent=3, temperature_c=51.5, locked=True, secure=None)

    assert health.notes(weak) == (
        "unknown: whether its lock wants a PIN",
        "battery at 3 %",
        "hot: 51.5 °C",
    )
