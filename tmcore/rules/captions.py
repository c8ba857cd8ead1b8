r"""Captions: one a line, dealt in turn; `{a|b|{c|d}}` is a choice; a backslash makes a sign plain.

    text    = (sign | choice)*
    choice  = "{" text ("|" text)* "}"
    sign    = \{ \| \} \\ | any other; outside braces | is any other, and so is a lone backslash

The parser is one loop over the signs with a stack of open braces, at most MAX_DEPTH of them: time
is linear, and what walks the parsed text may recurse. Lengths are counted as the apps count them,
in UTF-16 units: an emoji is two.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from tmcore.errors import BadInput, FieldError
from tmcore.model import App

FIELD = "script_config.captions"
MAX_CHARS = 4096  # characters, not bytes: 4,000 Chinese characters are a legal TikTok caption
MAX_DEPTH = 16
MAX_ERRORS = 20  # of one request; each wrong line says where
LIMITS: dict[App, int] = {"tiktok": 4000, "instagram": 2200}

_LINE_END = re.compile(r"\r\n|\n|\r")  # str.splitlines would also cut at U+2028 and form feeds
_UNTYPABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_SIGNS = re.compile(r"\\[{|}\\]|[{|}]|[^\\{|}]+|\\", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Choice:
    """A pair of braces: one of these texts."""

    options: "tuple[Text, ...]"


Text = tuple[str | Choice, ...]


class Caption(NamedTuple):
    """A resolved caption, cut where the app has a title; without `##` the title is empty."""

    title: str
    description: str


def deal(captions: str, count: int) -> tuple[str, ...]:
    """Give each of `count` tasks its line, in turn and from the front again, or "" without any."""
    lines = [line.lstrip() for _, line in _lines(captions)] or [""]
    return tuple(lines[task % len(lines)] for task in range(count))


def resolve(text: str, rng: Random) -> str:
    """Choose at every brace; each option of a choice is equally likely."""
    return _choose(parse(text), rng)


def longest(text: str) -> int:
    """Measure the longest caption that this text can become, without trying them all."""
    return _longest(parse(text))


def caption_errors(captions: str, app: App) -> tuple[FieldError, ...]:
    """Say what is wrong with each line: its braces, or a length that the app would cut."""
    errors: list[FieldError] = []
    for number, line in _lines(captions):
        try:
            units = longest(line)
        except BadInput as error:
            errors += (FieldError(e.field, f"line {number}, {e.message}") for e in error.errors)
        else:
            if units > LIMITS[app]:
                errors.append(FieldError(FIELD, _too_long(number, units, app)))
        if len(errors) == MAX_ERRORS:
            break
    return tuple(errors)


def split_title(caption: str) -> Caption:
    """Cut `Title##Description` at its first `##`."""
    title, mark, description = caption.partition("##")
    return Caption(title.strip(), description.strip()) if mark else Caption("", caption)


def parse(text: str) -> Text:
    """Read the choices of one caption; what cannot be read is BadInput with its position."""
    if len(text) > MAX_CHARS:
        raise _wrong(MAX_CHARS, f"the text is too long ({len(text)}; at most {MAX_CHARS})")
    if bad := _UNTYPABLE.search(text):
        raise _wrong(bad.start(), f"U+{ord(bad[0]):04X} cannot be typed on a phone")
    return _parse(text)


@dataclass(slots=True)
class _Open:
    """A brace not closed yet: where it stands, its finished options, and the one being read."""

    at: int
    options: list[Text] = field(default_factory=list)
    parts: list[str | Choice] = field(default_factory=list)

    def end_option(self) -> None:
        self.options.append(tuple(self.parts))
        self.parts = []


def _parse(text: str) -> Text:
    stack = [_Open(at=-1)]  # the whole text; its | is no separator
    for match in _SIGNS.finditer(text):
        sign, at, inside = match[0], match.start(), len(stack) > 1
        if sign == "{":
            if len(stack) > MAX_DEPTH:
                raise _wrong(at, f'"{{" is nested deeper than {MAX_DEPTH}')
            stack.append(_Open(at))
        elif sign == "}":
            if not inside:
                raise _wrong(at, r'"}" closes nothing; write \} for the sign itself')
            done = stack.pop()
            done.end_option()
            stack[-1].parts.append(Choice(tuple(done.options)))
        elif sign == "|" and inside:
            stack[-1].end_option()
        else:
            stack[-1].parts.append(sign[1:] if len(sign) > 1 and sign[0] == "\\" else sign)
    if len(stack) > 1:
        raise _wrong(stack[-1].at, r'"{" is never closed; write \{ for the sign itself')
    return tuple(stack[0].parts)


def _choose(text: Text, rng: Random) -> str:
    return "".join(
        part if isinstance(part, str) else _choose(rng.choice(part.options), rng) for part in text
    )


def _longest(text: Text) -> int:
    return sum(
        _units(part) if isinstance(part, str) else max(map(_longest, part.options)) for part in text
    )


def _units(text: str) -> int:
    return len(text) + sum(sign > "\uffff" for sign in text)


def _lines(captions: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(_LINE_END.split(captions), start=1):
        if line := line.rstrip():
            yield number, line


def _too_long(number: int, units: int, app: App) -> str:
    return f"line {number} can become {units} characters long; {app} takes {LIMITS[app]}"


def _wrong(index: int, what: str) -> BadInput:
    return BadInput.of(FIELD, f"character {index + 1}: {what}")
