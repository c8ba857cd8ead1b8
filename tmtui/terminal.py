"""What the terminal can do, read from the environment before Textual is imported. Pure."""

import shlex
from collections.abc import Mapping, MutableMapping

OSC52_MOST = 74_000  # bytes after encoding; terminals drop longer ones without a word


def prepare(environment: MutableMapping[str, str]) -> None:
    """Set what Textual reads at import: nothing moves by itself, little crosses an SSH line."""
    chosen = {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_SMOOTH_SCROLL": "0", "ESCDELAY": "50"}
    if "SSH_CONNECTION" in environment:
        chosen["TEXTUAL_FPS"] = "15"
    if "NO_COLOR" in environment:
        chosen["TEXTUAL_THEME"] = "ansi-dark"  # greys otherwise, which are colours to the letter
    for name in ("COLUMNS", "LINES"):  # once exported they would hide every change of the size
        environment.pop(name, None)
    for name, value in chosen.items():
        environment.setdefault(name, value)


def theme(environment: Mapping[str, str], remembered: str = "") -> str:
    """Choose a theme: 16 colours and NO_COLOR get the terminal's own."""
    if "TEXTUAL_THEME" in environment:
        return environment["TEXTUAL_THEME"]
    rich = "COLORTERM" in environment or "256color" in environment.get("TERM", "")
    return remembered or "tm-dark" if rich else "ansi-dark"


def copies(environment: Mapping[str, str]) -> bool:
    """Whether OSC 52 is likely to reach the clipboard: tmux swallows it unless told otherwise."""
    return "TMUX" not in environment


def mirror(environment: Mapping[str, str], address: str) -> tuple[str, ...]:
    """Return the commands that show a phone in pixels on the computer where the person sits."""
    phone = shlex.quote(address)
    line = environment.get("SSH_CONNECTION", "").split()
    if len(line) != 4:
        return (f"scrcpy -s {phone}",)
    port = environment.get("ANDROID_ADB_SERVER_PORT", "5037")
    return (
        f"ssh -CN -L 5038:localhost:{port} -L 27183:localhost:27183 {line[2]}",
        f"ADB_SERVER_SOCKET=tcp:localhost:5038 scrcpy --force-adb-forward -s {phone}",
    )


def draws(environment: Mapping[str, str]) -> bool:
    """Whether the terminal can show a full screen at all."""
    return environment.get("TERM", "") not in {"", "dumb"}
