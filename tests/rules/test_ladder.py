"""The ladder: what is done next to bring a phone back, and when the adb server is restarted."""

from dataclasses import replace

import pytest

from tmcore.devices import Device, DeviceState, Rung
from tmcore.rules.ladder import (
    Climb,
    Pace,
    ServerSeen,
    Trouble,
    may_restart_server,
    next_rung,
    trouble,
)

PACE = Pace()
LOST = ServerSeen(
    is_local=True, answers=False, had=3, listed=0, gone_s=6, press_open=False,
    restarts=0, since_restart_s=0,
)  # fmt: skip


def climbed(wrong: Trouble, seconds: int, *, may_reboot: bool = True) -> list[tuple[int, Rung]]:
    """Look once a second at a phone that nothing helps; return what is tried when."""
    climb, steps = Climb(), []
    for now in range(seconds):
        climb = climb.seen(wrong, now, PACE)
        if rung := next_rung(climb, now, PACE, may_reboot=may_reboot):
            climb = climb.stepped(rung, now)
            steps.append((now, rung))
    return steps


def test_an_offline_phone_climbs_every_rung_that_fits() -> None:
    """The gentlest first, one each cooldown, a restart is given its time, then quarantine."""
    assert climbed(Trouble.OFFLINE, 3600) == [
        (10, Rung.PROBE),
        (40, Rung.RECONNECT),
        (70, Rung.RECONNECT_OFFLINE),
        (100, Rung.REBOOT),
        (280, Rung.QUARANTINE),
    ]


def test_without_leave_no_phone_is_restarted() -> None:
    """The rung is left out, and the rest goes on."""
    for wrong in Trouble:
        rungs = [rung for _, rung in climbed(wrong, 3600, may_reboot=False)]
        assert Rung.REBOOT not in rungs
        assert rungs[-1] is Rung.QUARANTINE


def test_only_a_blind_phone_gets_its_eye_restarted() -> None:
    """And it is not reconnected: it answers."""
    assert [rung for _, rung in climbed(Trouble.BLIND, 3600)] == [
        Rung.RESTART_EYE, Rung.REBOOT, Rung.QUARANTINE,
    ]  # fmt: skip
    assert Rung.RESTART_EYE not in [rung for _, rung in climbed(Trouble.SILENT, 3600)]


def test_a_phone_that_comes_and_goes_climbs_on() -> None:
    """A short recovery does not send it back to the first rung; a long one does."""
    climb = Climb(Trouble.OFFLINE, 0, (Rung.PROBE,), 10)

    soon = climb.seen(None, 50, PACE).seen(None, 60, PACE).seen(Trouble.OFFLINE, 70, PACE)
    late = climb.seen(None, 50, PACE).seen(None, 400, PACE).seen(Trouble.OFFLINE, 410, PACE)

    assert next_rung(soon, 79, PACE, may_reboot=False) is None
    assert next_rung(soon, 80, PACE, may_reboot=False) is Rung.RECONNECT
    assert next_rung(late, 420, PACE, may_reboot=False) is Rung.PROBE


@pytest.mark.parametrize(
    ("state", "listed", "more", "wrong"),
    [
        (DeviceState.OFFLINE, "offline", {}, Trouble.OFFLINE),
        (DeviceState.OFFLINE, "device", {}, None),  # two phones with one serial: a person's work
        (DeviceState.SETTLING, "device", {}, Trouble.SILENT),
        (DeviceState.CONNECTING, "device", {}, Trouble.SILENT),
        (DeviceState.CONNECTING, "authorizing", {}, None),
        (DeviceState.READY, "device", {}, None),
        (DeviceState.AWAY, None, {}, None),
        (DeviceState.UNAUTHORIZED, "unauthorized", {}, None),
        (DeviceState.NO_PERMISSION, "no permissions", {}, None),
        (DeviceState.TAKEN, "device", {}, None),
        (DeviceState.BOOTING, "device", {}, None),
        (DeviceState.OFFLINE, "offline", {"paused": "by me"}, None),
        (DeviceState.OFFLINE, "offline", {"quarantined": "before"}, None),
    ],
)
def test_what_climbs(
    state: DeviceState, listed: str | None, more: dict[str, str], wrong: Trouble | None
) -> None:
    """Offline and silent phones do; what waits for a person, or is not here, does not."""
    device = Device(serial="R58M1", state=state, **more)

    assert trouble(device, listed, blind=False) is wrong


def test_a_ready_phone_that_no_eye_sees_is_blind() -> None:
    """Only once nobody works on it."""
    ready, busy = (
        Device(serial="R58M1", state=state) for state in (DeviceState.READY, DeviceState.BUSY)
    )

    assert trouble(ready, "device", blind=True) is Trouble.BLIND
    assert trouble(busy, "device", blind=True) is None


@pytest.mark.parametrize(
    "change",
    [
        {"is_local": False},
        {"press_open": True},
        {"listed": 1},
        {"had": 0},
        {"gone_s": 4},
        {"answers": True, "had": 1},
        {"restarts": 1, "since_restart_s": 29},
        {"restarts": 3, "since_restart_s": 119},
    ],
)
def test_the_server_is_left_alone(change: dict[str, int]) -> None:
    """Each of these is a reason by itself; others may use it, and a press may be on its way."""
    assert may_restart_server(LOST, PACE)
    assert may_restart_server(replace(LOST, answers=True), PACE)

    assert not may_restart_server(replace(LOST, **change), PACE)  # type: ignore[arg-type]


def test_the_server_is_restarted_ever_more_rarely() -> None:
    """One that finds no phones after a restart is not the cause."""
    assert may_restart_server(replace(LOST, restarts=3, since_restart_s=120), PACE)
    assert may_restart_server(replace(LOST, restarts=99, since_restart_s=600), PACE)
