import pytest

from tmcore.phone.preparing import SETTINGS, Readiness, readiness

FRESH = """@@window_animation_scale
1.0
@@transition_animation_scale
null
@@animator_duration_scale
1
@@stay_on_while_plugged_in
0
@@keyboards
com.google.android.inputmethod.latin/com.android.inputmethod.latin.LatinIME
@@end
"""
READY = """@@window_animation_scale
0
@@transition_animation_scale
0.0
@@animator_duration_scale
0
@@stay_on_while_plugged_in
15
@@keyboards
com.google.android.inputmethod.latin/com.android.inputmethod.latin.LatinIME
com.android.adbkeyboard/.AdbIME
@@end
"""


def test_a_fresh_phone() -> None:
    """Nothing is as a rack wants it; what was never set is Android's own default."""
    assert readiness(FRESH) == Readiness(False, False, False)


def test_a_ready_phone() -> None:
    """Zero is off however it is written, and any power includes USB."""
    assert readiness(READY) == Readiness(True, True, True)


@pytest.mark.parametrize("text", ["", "cmd: Can't find service: settings", "@@keyboards\n\n@@end"])
def test_unreadable_is_unknown(text: str) -> None:
    """Where nothing can be read, nothing is claimed and nothing is done."""
    found = readiness(text)

    assert found == Readiness()
    assert [setting.is_met(found) for setting in SETTINGS] == [None, None]


@pytest.mark.parametrize(("bits", "stays"), [("1", False), ("2", False), ("3", True), ("7", True)])
def test_awake_on_a_hub(bits: str, stays: bool) -> None:
    """On a hub some phones see a charger and some USB: both must keep the screen on."""
    text = READY.replace("\n15\n", f"\n{bits}\n")

    assert readiness(text).stays_awake is stays
