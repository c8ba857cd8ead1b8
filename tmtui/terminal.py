"""What the terminal can do, read from the environment before Textual is imported. Pure."""

from collections.abc import Mapping, MutableMapping

OSC52_MOST = 74_000  # bytes after encoding; terminals drop longer ones without a word


def prepare(environment: MutableMapping[str, str]) -> None:
    """Set what Textual reads at import: nothing moves by itself, little crosses an SSH line."""
    chosen = {"TEXTUAL_ANIMATIONS": "none", "TEXTUAL_SMOOTH_SCROLL": "0", "ESCDELAY": "50"}
    if "SSH_CONNECTION" in environment:
        chosen["TEXTUAL_FPS"] = "15"
    if "NO_COLOR" in environment:
        chosen["TEXTUAL_THEME"] = "ansi-dark"  # greys otherwise, which are colours to the letter
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


def draws(environment: Mapping[str, str]) -> bool:
    """Whether the terminal can show a full screen at all."""
    return environment.get("TERM", "") not in {"", "dumb"}
