r"""Texts with choices: `{a|b|{c|d}}` is one of its options; a backslash makes a sign plain.

    text    = (sign | choice)*
    choice  = "{" text ("|" text)* "}"
    sign    = \{ \| \} \\ | any other; outside braces | is any other, and so is a lone backslash

The parser is one loop over the signs with a stack of open braces, at most MAX_DEPTH of them: time
is linear, and what walks the parsed text may recurse.

What a text can become at worst is found without trying all that it can become: their number is the
product of all choices. `worst` reads the text once with a small automaton and keeps, for each state
that can be reached, only the way there that counts most.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random

from tmcore.errors import BadInput

FIELD = "script_config.captions"
MAX_CHARS = 4096  # characters, not bytes: 4,000 Chinese characters are a legal TikTok caption
MAX_DEPTH = 16

_UNTYPABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_SIGNS = re.compile(r"\\[{|}\\]|[{|}]|[^\\{|}]+|\\", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Option:
    """One of the texts of a choice, as it was written and from which character on."""

    text: "Text"
    source: str
    at: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A pair of braces: one of these texts."""

    options: tuple[Option, ...]


Text = tuple[str | Choice, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """An option taken on the way to the worst, and how much it counts by itself."""

    option: Option
    gain: int
    before: "Pick | None"


@dataclass(frozen=True, slots=True)
class Worst:
    """The most that can be counted up to here, and the last option taken on the way."""

    gain: int = 0
    last: Pick | None = None

    @property
    def blame(self) -> Option | None:
        """The option that counts most; of those inside each other the innermost."""
        most, pick = None, self.last
        while pick:
            if most is None or pick.gain >= most.gain:  # later in this chain is further inside
                most = pick
            pick = pick.before
        return most.option if most and most.gain > 0 else None


State = int
Read = Callable[[State, str], tuple[State, int]]  # from a state over some signs: where to, how much
Reached = Mapping[State, Worst]


def resolve(text: str, rng: Random) -> str:
    """Choose at every brace; each option of a choice is equally likely."""
    return _choose(parse(text), rng)


def parse(text: str) -> Text:
    """Read the choices of one text; what cannot be read is BadInput with its position."""
    if len(text) > MAX_CHARS:
        raise _wrong(MAX_CHARS, f"the text is too long ({len(text)}; at most {MAX_CHARS})")
    if bad := _UNTYPABLE.search(text):
        raise _wrong(bad.start(), f"U+{ord(bad[0]):04X} cannot be typed on a phone")
    return _parse(text)


def worst(text: Text, read: Read, start: State = 0) -> Reached:
    """For each state in which any reading of the text can end: the one that counts most."""
    return _walk(text, {start: Worst()}, read)


@dataclass(slots=True)
class _Open:
    """A brace not closed yet: where it stands, its finished options, and the one being read."""

    at: int
    options: list[Option] = field(default_factory=list)
    parts: list[str | Choice] = field(default_factory=list)
    since: int = 0

    def __post_init__(self) -> None:
        self.since = self.at + 1

    def end_option(self, text: str, at: int) -> None:
        self.options.append(Option(tuple(self.parts), text[self.since : at], self.since))
        self.parts, self.since = [], at + 1


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
            done.end_option(text, at)
            stack[-1].parts.append(Choice(tuple(done.options)))
        elif sign == "|" and inside:
            stack[-1].end_option(text, at)
        else:
            stack[-1].parts.append(sign[1:] if len(sign) > 1 and sign[0] == "\\" else sign)
    if len(stack) > 1:
        raise _wrong(stack[-1].at, r'"{" is never closed; write \{ for the sign itself')
    return tuple(stack[0].parts)


def _choose(text: Text, rng: Random) -> str:
    return "".join(
        part if isinstance(part, str) else _choose(rng.choice(part.options).text, rng)
        for part in text
    )


def _walk(text: Text, reached: Reached, read: Read) -> Reached:
    for part in text:
        if isinstance(part, str):
            reached = _most(_step(part, reached, read))
        else:
            reached = _most(way for option in part.options for way in _take(option, reached, read))
    return reached


def _step(signs: str, reached: Reached, read: Read) -> Iterable[tuple[State, Worst]]:
    for state, so_far in reached.items():
        end, gain = read(state, signs)
        yield end, Worst(so_far.gain + gain, so_far.last)


def _take(option: Option, reached: Reached, read: Read) -> Iterable[tuple[State, Worst]]:
    """Walk an option from each state by itself, so that what it adds is known."""
    for state, so_far in reached.items():
        for end, way in _walk(option.text, {state: so_far}, read).items():
            yield end, Worst(way.gain, Pick(option, way.gain - so_far.gain, way.last))


def _most(ways: Iterable[tuple[State, Worst]]) -> Reached:
    best: dict[State, Worst] = {}
    for state, way in ways:
        if state not in best or way.gain > best[state].gain:
            best[state] = way
    return best


def _wrong(index: int, what: str) -> BadInput:
    return BadInput.of(FIELD, f"character {index + 1}: {what}")
