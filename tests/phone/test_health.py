from dataclasses import replace

import pytest

from tmcore.phone import health
from tmcore.phone.health import Limits
from tmcore.phone.port import Checkup
from tmcore.reasons import ADVICE, Reason

FINE = Checkup(
    booted=True, awake=True, locked=False, secure=True, battery_percent=80, temperature_c=30.0,
    free_bytes=10**10, app_version="43.1.4", app_installed=True, app_enabled=True,
    media_granted=True, images_granted=True, sdk=34, user=0, airplane=False, online=True,
    clock_skew_s=0, keyboard=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"booted": False, "app_installed": False}, Reason.DEVICE_NOT_BOOTED),
        ({"user": 10}, Reason.WRONG_USER),
        ({"awake": False}, Reason.DEVICE_ASLEEP),
        ({"locked": True}, Reason.DEVICE_LOCKED),
        ({"locked": True, "secure": False}, Reason.DEVICE_LOCKED),  # it was woken, and stayed
        ({"locked": True, "secure": None}, Reason.DEVICE_LOCKED),
        ({"airplane": True, "online": False}, Reason.AIRPLANE_MODE),
        ({"airplane": True, "online": None}, Reason.AIRPLANE_MODE),
        ({"airplane": True, "online": True}, None),  # with Wi-Fi on: phones without a SIM card
        ({"online": False}, Reason.NO_NETWORK),
        ({"online": None}, None),
        ({"keyboard": False}, Reason.KEYBOARD_MISSING),
        ({"app_installed": False, "app_enabled": False}, Reason.APP_MISSING),
        ({"app_enabled": False}, Reason.APP_DISABLED),
        ({"media_granted": False}, Reason.PERMISSION_MISSING),
        ({"chosen_only": True}, Reason.PERMISSION_MISSING),
        ({"images_granted": False}, None),  # a video is posted
        ({"free_bytes": 0}, Reason.STORAGE_FULL),
        ({"free_bytes": 2 * 10**7 + 199_999_999}, Reason.STORAGE_FULL),
        ({"free_bytes": 2 * 10**7 + 200_000_000}, None),
        ({"battery_percent": 14}, Reason.BATTERY_LOW),
        ({"battery_percent": 15, "temperature_c": 45.0}, None),
        ({"temperature_c": 45.1}, Reason.TOO_HOT),
        ({"clock_skew_s": -301.0}, Reason.CLOCK_WRONG),
        ({"clock_skew_s": 86400.0}, Reason.CLOCK_WRONG),
        ({"clock_skew_s": 299.0}, None),
    ],
)
def test_verdict(change: dict[str, object], reason: Reason | None) -> None:
    """The first thing that stops a post is named with its reason, a sentence and an advice."""
    found = health.verdict(replace(FINE, **change), 10**7, "com.x.y")  # type: ignore[arg-type]  # a table

    assert (found and found[0]) == reason
    assert found is None or (found[1].endswith(".") and ADVICE[found[0]])


def test_images_need_their_own_permission() -> None:
    """An app that may read videos alone posts no images."""
    found = health.verdict(replace(FINE, images_granted=False), 1, "com.x.y", images=True)

    assert found == (
        Reason.PERMISSION_MISSING, "com.x.y may not read images; allow it on the phone.",
    )  # fmt: skip


def test_limits_are_the_operators() -> None:
    """A battery or a heat that one operator refuses is another's normal day."""
    weak = replace(FINE, battery_percent=3, temperature_c=51.5)

    assert health.verdict(weak, 1, "com.x.y", Limits(0, 60.0)) is None
    assert [reason for reason, _ in health.device_hindrances(weak, Limits(5, 50.0))] == [
        Reason.BATTERY_LOW,
        Reason.TOO_HOT,
    ]


def test_unknown_is_noted() -> None:
    """A phone of which nothing could be read is not refused, but never passes as fine."""
    assert health.verdict(Checkup(), 10**7, "com.x.y") is None
    assert len(health.notes(Checkup())) == 15
    assert health.notes(FINE) == ()


def test_airplane_mode_with_a_network_is_noted() -> None:
    """What is meant on a phone without a SIM card is said nevertheless."""
    assert health.notes(replace(FINE, airplane=True)) == ("airplane mode is on, with a network",)
