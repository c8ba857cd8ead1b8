"""Facts as a person reads them. Every foreign string passes safe(): shown, never obeyed."""

import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

# joins the parts of one emoji; everything else that is invisible is spelled out
_JOINER = "\u200d"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_KILO, _MEGA, _GIGA = 1000, 1_000_000, 1_000_000_000
_HOUR_S, _DAY_S = 3600, 86400


def safe(text: object) -> str:
    """Spell out what a terminal would obey: control bytes, text direction, lone surrogates.

    The result still holds brackets and ampersands: whoever writes markup escapes them as well.
    """
    plain = str(text)
    if plain.isascii() and plain.isprintable():
        return plain
    return "".join(map(_seen, plain))


def _seen(char: str) -> str:
    if unicodedata.category(char) not in _UNSEEN or char == _JOINER:
        return char
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)  # the picture of it: ␛ ␊
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shortened(text: object, width: int) -> str:
    """Return foreign text on one line, cut where it is longer than the width."""
    line = safe(text)
    return line if len(line) <= width else line[: width - 1] + "…"


def when(time: datetime | None) -> str:
    """Return a time on this machine's clock; the day only where it is another one."""
    if time is None:
        return ""
    local, now = time.astimezone(), datetime.now().astimezone()
    return f"{local:%H:%M:%S}" if local.date() == now.date() else f"{local:%Y-%m-%d %H:%M:%S}"


def in_zone(time: datetime | None, zone: str) -> str:
    """Return a time as that zone's clock shows it, with the zone's name on that day."""
    return "" if time is None else f"{time.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M %Z}"


def took(start: datetime | None, end: datetime | None) -> str:
    """Return how long something took."""
    return "" if start is None or end is None else seconds((end - start).total_seconds())


def seconds(value: float) -> str:
    """Return 4.2 s, 75 s, 2 h, 3 d."""
    if value < 10:
        return f"{value:.1f} s"
    if value < _HOUR_S:
        return f"{value:.0f} s"
    return f"{value / _HOUR_S:.0f} h" if value < 2 * _DAY_S else f"{value / _DAY_S:.0f} d"


def size(value: int | None) -> str:
    """Return 90 kB, 120 MB, 1.3 GB; nothing for what could not be read."""
    if value is None:
        return ""
    if value < _MEGA:
        return f"{value / _KILO:.0f} kB"
    return f"{value / _GIGA:.1f} GB" if value >= _GIGA else f"{value / _MEGA:.0f} MB"


def number(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:g} {unit}"


def percent(share: float) -> str:
    return f"{share:.0%}"


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
