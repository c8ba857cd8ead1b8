from datetime import UTC, datetime

from tmcore.devices import DeviceState
from tmcore.phone import parse
from tmcore.phone.sighting import Identity, Post, identity, preferred, sighting

AT = datetime(2026, 1, 1, tzinfo=UTC)
READY = parse.standing("device")
RUN_A, RUN_B = "a" * 36, "b" * 36


def _post(address: str, run: str | None = None, silence: str = "") -> Post:
    return Post(address, READY, "R58M", Identity("R58M", booted=True, run=run), silence)


def test_identity_of_a_phone() -> None:
    """One answer says who a phone is; its parts may be missing, its serial may not."""
    text = (
        "@@serial\r\nR58M\r\n@@boot\r\n1\r\n@@model\r\nSM-A146B\r\n@@android\r\n14\r\n@@sdk\r\n34"
        "\r\n@@emulated\r\n\r\n1\r\n@@run\r\n0b3f2a1c-0000-4000-8000-000000000000\r\n@@end\r\n"
    )

    assert identity(text) == Identity(
        "R58M", booted=True, model="SM-A146B", android="14", sdk=34, virtual=True,
        run="0b3f2a1c-0000-4000-8000-000000000000",
    )  # fmt: skip
    assert identity("@@serial\n\n@@boot\n1\n") is None
    assert identity("@@serial\nsh: getprop: not found\n") is None
    assert identity("") is None


def test_address_that_answers_is_preferred() -> None:
    """Among the addresses of a phone the one that answers is used; among equals the current one."""
    usb, wifi = _post("R58M"), _post("10.0.0.7:5555")
    mute = _post("R58M", silence="late")

    assert preferred({p.address: p for p in (usb, wifi)}, "10.0.0.7:5555") is wifi
    assert preferred({p.address: p for p in (usb, wifi)}, "R58M") is usb
    assert preferred({p.address: p for p in (mute, wifi)}, "R58M") is wifi
    assert preferred({}, "R58M") is None


def test_two_phones_with_one_serial_are_not_used() -> None:
    """Two phones that report one serial are told from one phone on two ways, and refused."""
    two = {p.address: p for p in (_post("R58M", RUN_A), _post("10.0.0.7:5555", RUN_B))}
    one = {p.address: p for p in (_post("R58M", RUN_A), _post("10.0.0.7:5555", RUN_A))}

    assert sighting("R58M", two, None, "", AT).state is DeviceState.OFFLINE
    assert "unplug one" in sighting("R58M", two, None, "", AT).why
    assert sighting("R58M", one, None, "", AT).state is DeviceState.READY
    assert "also at 10.0.0.7:5555" in sighting("R58M", one, None, "", AT).why
