"""How a profile says which node it means: a selector is data; whole texts, in any letter case.

Phones show one label as `Next` or `NEXT`, so case tells nothing apart; place and company do: the
tab POST stands beside CREATE, the button Post beside a text field.

Ids of the apps are left out of profiles on purpose where they are obfuscated: they are drawn anew
with every release, so an id that hits the wrong node is worse than one that hits none. Where they
are readable they are hints, beside words (`or_id`) or behind them, never the only way.
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Annotated, Literal, Self
from weakref import WeakKeyDictionary

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from tmcore.model import Model
from tmcore.phone.screen import Node, Screen, plain

LONGEST_TEXT = 5_000  # longer texts are no labels; patterns are not run over them

Pick = Literal["first", "last", "top_left", "bottom", "largest"]
Test = Callable[[Node, Screen], bool]
Read = Callable[[Node], tuple[str, ...]]


def _pattern(value: str) -> str:
    try:
        re.compile(value, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    return value


def _zone(value: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = value
    if left >= right or top >= bottom:
        raise ValueError("must be [left, top, right, bottom] as parts of the screen, 0 to 1")
    return value


Words = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
]
Pattern = Annotated[str, AfterValidator(_pattern)]
Part = Annotated[float, Field(ge=0, le=1)]
Zone = Annotated[tuple[Part, Part, Part, Part], AfterValidator(_zone)]


class Selector(Model):
    """Everything given must hold. A list of words means: one of them."""

    text: Words = ()
    desc: Words = ()
    label: Words = ()  # text or description
    hint: Words = ()  # of a text field; where a dump has no hint, an empty field shows it
    text_match: Pattern | None = None  # the whole text
    desc_match: Pattern | None = None
    label_match: Pattern | None = None
    hint_match: Pattern | None = None
    id: Words = ()
    or_id: Words = ()  # instead of the words: an app may show another language, or a dump none
    cls: Words = ()
    package: Words = ()
    field: bool | None = False  # a text field; what stands in one was typed, it is not the app's
    clickable: bool | None = None
    enabled: bool | None = None
    selected: bool | None = None
    focused: bool | None = None
    checked: bool | None = None
    scrollable: bool | None = None
    password: bool | None = None
    tappable: bool | None = None  # clickable, or inside something clickable
    labelled: bool | None = None  # it has a text or a description of its own
    zone: Zone | None = None  # where the centre must be
    min_size: tuple[Part, Part] | None = None  # width and height, as parts of the screen
    max_size: tuple[Part, Part] | None = None
    inside: "Selector | None" = None  # has such an ancestor
    outside: "Selector | None" = None  # has no such ancestor
    holds: "Selector | None" = None  # has such a descendant
    below: "Selector | None" = None
    above: "Selector | None" = None
    pick: Pick | None = None
    nth: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set - {"pick", "nth"}:
            raise ValueError("an empty selector matches everything")
        return self

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """What a node must pass, the cheap and telling ones first."""
        return (*self._label_tests(), *self._flag_tests(), *self._place_tests())

    @property
    def needs_id(self) -> bool:
        """Whether nothing but an id tells what is meant."""
        words = any(getattr(self, name) for name in (*_WORD_READS, *_PATTERN_READS))
        return bool(self.id) or bool(self.or_id and not words)

    def _label_tests(self) -> Iterable[Test]:
        words = tuple(self._word_tests())
        if not self.or_id:
            yield from words
        elif not words:
            yield _one_of(frozenset(self.or_id), _READS["id"])
        else:
            ids = frozenset(self.or_id)
            yield lambda node, screen: node.id in ids or all(test(node, screen) for test in words)

    def _word_tests(self) -> Iterable[Test]:
        for name, read in _WORD_READS.items():
            words: tuple[str, ...] = getattr(self, name)
            if words:
                yield _one_of(frozenset(plain(word).casefold() for word in words), read)
        for name, read in _PATTERN_READS.items():
            pattern: str | None = getattr(self, name)
            if pattern is not None:
                yield _matches(re.compile(pattern, re.IGNORECASE), read)

    def _flag_tests(self) -> Iterable[Test]:
        for name in ("id", "cls", "package"):
            names: tuple[str, ...] = getattr(self, name)
            if names:
                yield _one_of(frozenset(names), _READS[name])
        if self.field is not None:
            yield _flag_is("is_field", wanted=self.field)
        for name in _FLAGS:
            wanted = getattr(self, name)
            if wanted is not None:
                yield _flag_is(name, wanted=wanted)
        if self.tappable is not None:
            tappable = self.tappable
            yield lambda node, screen: screen.takes_taps(node) is tappable
        if self.labelled is not None:
            labelled = self.labelled
            yield lambda node, _: bool(node.plain_text or node.plain_desc) is labelled

    def _place_tests(self) -> Iterable[Test]:
        if self.zone:
            yield _in_zone(self.zone)
        if self.min_size:
            width, height = self.min_size
            yield (
                lambda node, screen: (
                    node.bounds.width >= width * screen.size[0]
                    and node.bounds.height >= height * screen.size[1]
                )
            )
        if self.max_size:
            most_width, most_height = self.max_size
            yield (
                lambda node, screen: (
                    node.bounds.width <= most_width * screen.size[0]
                    and node.bounds.height <= most_height * screen.size[1]
                )
            )
        if self.inside:
            inside = self.inside
            yield lambda node, screen: any(_passes(a, screen, inside) for a in node.ancestors)
        if self.outside:
            outside = self.outside
            yield lambda node, screen: not any(_passes(a, screen, outside) for a in node.ancestors)
        if self.holds:
            holds = self.holds
            yield lambda node, screen: any(_passes(d, screen, holds) for d in node.inside)
        if self.below:
            others = _once(self.below)
            yield lambda node, screen: any(_is_above(other, node) for other in others(screen))
        if self.above:
            beneath = _once(self.above)
            yield lambda node, screen: any(_is_above(node, other) for other in beneath(screen))


def _hint(node: Node) -> tuple[str, ...]:
    return (plain(node.hint) or node.plain_text or node.plain_desc,)


_PATTERN_SOURCES: dict[str, Read] = {
    "text": lambda node: (node.plain_text,),
    "desc": lambda node: (node.plain_desc,),
    "label": lambda node: (node.plain_text, node.plain_desc),
    "hint": _hint,
}


def _folded(read: Read) -> Read:
    return lambda node: tuple(value.casefold() for value in read(node))


_WORD_READS = {name: _folded(read) for name, read in _PATTERN_SOURCES.items()}
_PATTERN_READS = {f"{name}_match": read for name, read in _PATTERN_SOURCES.items()}
_READS: dict[str, Read] = {
    "id": lambda node: (node.id,),
    "cls": lambda node: (node.cls,),
    "package": lambda node: (node.package,),
}
_FLAGS = ("clickable", "enabled", "selected", "focused", "checked", "scrollable", "password")


def find(screen: Screen, selector: Selector, packages: tuple[str, ...] = ()) -> tuple[Node, ...]:
    """Return the nodes meant, in document order; nothing that is covered or has no area.

    `packages` limits where to look, unless the selector names its own.
    """
    allowed = () if selector.package else packages
    found = tuple(
        node
        for node in screen.visible
        if (not allowed or node.package in allowed)
        and _passes(node, screen, selector)
        and not screen.is_covered(node)
    )
    if selector.pick and found:
        found = (_PICKS[selector.pick](found),)
    if selector.nth is not None:
        found = found[selector.nth : selector.nth + 1]
    return found


def _once(selector: Selector) -> Callable[[Screen], tuple[Node, ...]]:
    """Find, and remember it per screen: it is asked for every node."""
    known: WeakKeyDictionary[Screen, tuple[Node, ...]] = WeakKeyDictionary()

    def found(screen: Screen) -> tuple[Node, ...]:
        if screen not in known:
            known[screen] = find(screen, selector)
        return known[screen]

    return found


def _passes(node: Node, screen: Screen, selector: Selector) -> bool:
    return all(test(node, screen) for test in selector.tests)


_PICKS: dict[Pick, Callable[[tuple[Node, ...]], Node]] = {
    "first": lambda nodes: nodes[0],
    "last": lambda nodes: nodes[-1],
    "top_left": lambda nodes: min(nodes, key=lambda n: (n.bounds.top, n.bounds.left)),
    "bottom": lambda nodes: max(nodes, key=lambda n: n.bounds.bottom),
    "largest": lambda nodes: max(nodes, key=lambda n: n.bounds.area),
}


def _one_of(words: frozenset[str], read: Read) -> Test:
    return lambda node, _: any(value in words for value in read(node))


def _flag_is(name: str, *, wanted: bool) -> Test:
    return lambda node, _: getattr(node, name) is wanted


def _matches(pattern: re.Pattern[str], read: Read) -> Test:
    return lambda node, _: any(
        len(value) <= LONGEST_TEXT and pattern.fullmatch(value) is not None
        for value in read(node)
        if value
    )


def _in_zone(zone: Zone) -> Test:
    left, top, right, bottom = zone

    def test(node: Node, screen: Screen) -> bool:
        (x, y), (width, height) = node.bounds.center, screen.size
        return left * width <= x <= right * width and top * height <= y <= bottom * height

    return test


def _is_above(upper: Node, lower: Node) -> bool:
    """Whether `upper` ends where `lower` begins or sooner, and they share a column."""
    if upper is lower or upper.bounds.bottom > lower.bounds.top + lower.bounds.height // 4:
        return False
    return upper.bounds.left < lower.bounds.right and lower.bounds.left < upper.bounds.right
