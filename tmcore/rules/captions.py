"""Captions: one a line, dealt in turn, each checked in everything that it can become.

Lengths are counted as the apps count them, in UTF-16 units: an emoji is two. A hashtag is a # and a
letter behind it. Where the app has a title, `Title##Description` is cut at its first `##`, wherever
the choices of a text put it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from tmcore.errors import BadInput, FieldError
from tmcore.rules.spintax import FIELD, State, Text, Worst, parse, worst

MAX_ERRORS = 20  # of one request; each wrong line says where
SHOWN = 40  # characters of a branch that is named

_LINE_END = re.compile(r"\r\n|\n|\r")  # str.splitlines would also cut at U+2028 and form feeds
_TAG = re.compile(r"#\w")
_WORD = re.compile(r"\w")
# where a reader of a text is: before the mark or behind it, and whether the last sign was a #
_TITLE, _TITLE_HASH, _REST, _REST_HASH = range(4)


@dataclass(frozen=True, slots=True)
class CaptionLimits:
    """What one app takes below one kind of post; no title where it has none."""

    app: str
    description: int
    hashtags: int
    title: int | None = None


class Caption(NamedTuple):
    """A resolved caption, cut where the app has a title; without `##` the title is empty."""

    title: str
    description: str


class Measures(NamedTuple):
    """The most that a text can become, each by its own choices."""

    title: Worst
    description: Worst
    hashtags: Worst


def lines(captions: str) -> tuple[str, ...]:
    """Return the captions of a text, one a line; blank lines are none."""
    return tuple(line.lstrip() for _, line in _numbered(captions))


def split_title(caption: str) -> Caption:
    """Cut `Title##Description` at its first `##`."""
    title, mark, description = caption.partition("##")
    return Caption(title.strip(), description.strip()) if mark else Caption("", caption)


def caption_errors(
    captions: str, limits: CaptionLimits, field: str = FIELD, where: str = ""
) -> tuple[FieldError, ...]:
    """Say what is wrong with each line: its braces, or what the app would refuse or cut.

    `where` names what holds the lines, where it is not the field itself.
    """
    errors: list[FieldError] = []
    for number, line in _numbered(captions):
        name = f"{where}line {number}"
        try:
            found = _excesses(measure(parse(line), titled=limits.title is not None), limits)
        except BadInput as error:
            errors += (FieldError(field, f"{name}, {e.message}") for e in error.errors)
        else:
            errors += (FieldError(field, f"{name} {excess}") for excess in found)
        if len(errors) >= MAX_ERRORS:
            break
    return tuple(errors[:MAX_ERRORS])


def measure(text: Text, *, titled: bool) -> Measures:
    """Measure the longest title, the longest description and the most hashtags."""
    before = worst(text, partial(_read_before, titled))
    behind = worst(text, partial(_read_behind, titled))
    tags = worst(text, partial(_read_tags, titled))
    untitled = [before[state] for state in (_TITLE, _TITLE_HASH) if state in before]
    return Measures(
        title=_worst(before[state] for state in (_REST, _REST_HASH) if state in before),
        description=_worst(
            (*untitled, *(behind[state] for state in (_REST, _REST_HASH) if state in behind))
        ),
        hashtags=_worst(tags.values()),
    )


def _worst(ways: Iterable[Worst]) -> Worst:
    return max(ways, key=lambda way: way.gain, default=Worst())


def _excesses(most: Measures, limits: CaptionLimits) -> Iterator[str]:
    if limits.title is not None and most.title.gain > limits.title:
        yield (
            f"can become a title of {most.title.gain} characters{_blame(most.title)}; "
            f"{limits.app} takes {limits.title}"
        )
    if most.description.gain > limits.description:
        yield (
            f"can become {most.description.gain} characters long{_blame(most.description)}; "
            f"{limits.app} takes {limits.description}"
        )
    if most.hashtags.gain > limits.hashtags:
        yield (
            f"can have {most.hashtags.gain} hashtags{_blame(most.hashtags)}; "
            f"{limits.app} takes {limits.hashtags}"
        )


def _blame(most: Worst) -> str:
    option = most.blame
    if option is None:
        return ""
    source = option.source
    named = source if len(source) <= SHOWN else source[:SHOWN] + "…"
    return f' with the branch "{named}" at character {option.at + 1}'


def _read_before(titled: bool, state: State, signs: str) -> tuple[State, int]:
    head, tail = _cut(titled, state, signs)
    gain = _units(head)
    if tail is not None and state == _TITLE_HASH and not head and signs[0] == "#":
        gain -= 1  # the # before was half of the mark
    return _next(head, tail), gain


def _read_behind(titled: bool, state: State, signs: str) -> tuple[State, int]:
    head, tail = _cut(titled, state, signs)
    return _next(head, tail), _units(tail or "")


def _read_tags(titled: bool, state: State, signs: str) -> tuple[State, int]:
    head, tail = _cut(titled, state, signs)
    gain = len(_TAG.findall(head)) + len(_TAG.findall(tail or ""))
    joins = head if state == _TITLE_HASH else signs if state == _REST_HASH else ""
    return _next(head, tail), gain + bool(_WORD.match(joins))


def _cut(titled: bool, state: State, signs: str) -> tuple[str, str | None]:
    """What of the signs stands before the mark, and what behind; None where it has not come."""
    if not titled:
        return signs, None
    if state in (_REST, _REST_HASH):
        return "", signs
    if state == _TITLE_HASH and signs[0] == "#":
        return "", signs[1:]
    head, mark, tail = signs.partition("##")
    return head, tail if mark else None


def _next(head: str, tail: str | None) -> State:
    if tail is None:
        return _TITLE_HASH if head.endswith("#") else _TITLE
    return _REST_HASH if tail.endswith("#") else _REST


def _units(text: str) -> int:
    return len(text) + sum(sign > "\uffff" for sign in text)


def _numbered(captions: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(_LINE_END.split(captions), start=1):
        if line := line.rstrip():
            yield number, line
