"""The colours: calm dark and light ones, one of high contrast; Textual's own for 16 colours."""

from collections.abc import Mapping

from textual.color import Color
from textual.theme import Theme

DARK = Theme(
    name="tm-dark", primary="#5b8db8", secondary="#7fb7d6", accent="#c792ea", warning="#e0af68",
    error="#e06c75", success="#8fbf7f", foreground="#c8ccd4", background="#16191f",
    surface="#1e222a", panel="#252a33", dark=True,
)  # fmt: skip
LIGHT = Theme(
    name="tm-light", primary="#2f6f9f", secondary="#1f6f8b", accent="#8e3fb0", warning="#9a5b00",
    error="#b3261e", success="#2f7d32", foreground="#22262e", background="#fbfbf8",
    surface="#efefea", panel="#e6e6e0", dark=False,
)  # fmt: skip
CONTRAST = Theme(
    name="tm-contrast", primary="#00afff", secondary="#00ffff", accent="#ff87ff", warning="#ffff00",
    error="#ff5f5f", success="#00ff00", foreground="#ffffff", background="#000000",
    surface="#000000", panel="#1c1c1c", dark=True,
)  # fmt: skip
THEMES = (DARK, LIGHT, CONTRAST)


def mixed(colours: Mapping[str, str]) -> dict[str, str]:
    """Return the softer colours of any theme, solid: a line of text blends no transparent one."""
    front, back = Color.parse(colours["foreground"]), Color.parse(colours["background"])
    if front.ansi is not None:  # the terminal's own sixteen cannot be mixed
        return dict.fromkeys(("dim", "cursor", "hit"), "ansi_default")
    return {
        "dim": front.blend(back, 0.35).hex,
        "cursor": back.blend(Color.parse(colours["primary"]), 0.35).hex,
        "hit": back.blend(Color.parse(colours["warning"]), 0.4).hex,
    }
