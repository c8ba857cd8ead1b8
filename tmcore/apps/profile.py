"""What an app looks like, as data: which screen is this, and where is what the script wants to tap.

A look is judged in this order: what ends the task (blocks), what is harmless and in the way
(dialogs), a floating container that nobody knows, the screens by rank, unknown. On screens that
show what other people wrote, a block is not read out of it: a comment may say "account banned".

A target is looked for only on the screens where it means something, and only one node to tap will
do: a candidate that finds two is passed over, and if nothing else matches there is no target.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from weakref import WeakKeyDictionary

from pydantic import Field, PrivateAttr

from tmcore.apps.reading import Where, read_profile
from tmcore.apps.selector import Selector, Words, find, within
from tmcore.errors import BadInput
from tmcore.model import App, Model
from tmcore.phone.screen import Node, Screen, same_text
from tmcore.reasons import Reason

HERE = Path(__file__).parent
MOST_NODES = 10_000  # no real screen comes near; it keeps a hostile one cheap

Version = Annotated[str, Field(pattern=r"^\d+(\.\d+)*$")]
Kind = Literal["screen", "dialog", "block", "unknown"]


class Rule(Model):
    """Holds where all of all_of, at_least of any_of and none of none_of are in sight."""

    any_of: tuple[Selector, ...] = ()
    all_of: tuple[Selector, ...] = ()
    none_of: tuple[Selector, ...] = ()
    at_least: Annotated[int, Field(ge=1)] = 1
    packages: Words = ()  # whose nodes count; empty: the app's


class ScreenRule(Rule):
    """A screen of the app."""

    is_a: str | None = None  # a more exact name for that screen: its targets are meant here too
    floats: bool = False  # it is a floating container itself
    shows_others: bool = False  # other people's texts are in sight


class DialogRule(Rule):
    """Harmless and in the way: its button is pressed and the script goes on."""

    name: str
    button: Annotated[tuple[Selector, ...], Field(min_length=1)]
    does: Literal["refuse", "allow", "dismiss"]


class BlockRule(Rule):
    """Ends the task; the screen is not touched again."""

    name: str
    reason: Reason
    over_others: bool = False  # also read where other people's texts are in sight


class Candidate(Selector):
    """One way to find a target."""

    typed: bool = False  # only the field that shows the text that the script typed


class Target(Model):
    """Something to tap or read, by ranked candidates."""

    screens: Annotated[tuple[str, ...], Field(min_length=1)]
    candidates: Annotated[tuple[Candidate, ...], Field(min_length=1)]


class Evidence(Model):
    """What proves a post, or its failure."""

    badge: str  # a target: shows the percentage while uploading
    home: tuple[str, ...]  # screens that show the navigation: the badge gone there is proof
    failures: tuple[Selector, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What a screen is taken for, and why."""

    kind: Kind
    name: str
    text: str = ""  # the words it was known by; of an unknown screen, what it says
    reason: Reason | None = None  # of a block or an unknown screen
    button: Node | None = None  # of a dialog
    also: tuple[str, ...] = ()  # other screens that match as well: an ambiguous profile

    def __repr__(self) -> str:
        why = f", {self.reason}" if self.reason else ""
        return f"<{self.kind} {self.name or '-'}{why}{f': {self.text}' if self.text else ''}>"


@dataclass(frozen=True)
class Match:
    """A target that was found: the node that was meant, and the one to tap."""

    name: str
    node: Node
    tap_node: Node
    candidate_index: int


@dataclass(frozen=True)
class Tried:
    """What one candidate found: no node, the one wanted, or too many."""

    candidate_index: int
    nodes: tuple[Node, ...]


class Profile(Model):
    """One app, over a range of versions."""

    app: App
    packages: Annotated[Words, Field(min_length=1)]
    since: Version
    until: Version
    languages: tuple[str, ...]
    overlays: tuple[Selector, ...] = ()
    screens: dict[str, ScreenRule]
    targets: dict[str, Target]
    dialogs: tuple[DialogRule, ...] = ()
    blocks: tuple[BlockRule, ...] = ()
    evidence: Evidence
    _seen: WeakKeyDictionary[Screen, Seen] = PrivateAttr(default_factory=WeakKeyDictionary)

    @classmethod
    def load(cls, path: Path) -> "Profile":
        """Read and check a profile; raises BadInput naming file, line and key."""
        return read_profile(cls, path, faults)

    def covers(self, version: str) -> bool:
        """Whether the profile was written for this version, or is only the nearest one."""
        return _number(self.since) <= _number(version) <= _number(self.until)

    def recognise(self, screen: Screen) -> Seen:
        """Say what this screen is."""
        if screen not in self._seen:
            self._seen[screen] = self._recognise(screen)
        return self._seen[screen]

    def target(self, name: str, screen: Screen, text: str | None = None) -> Match | None:
        """Find the one node to tap; `text` is what the script typed, where it typed something."""
        for tried in self._tries(name, screen, text):
            taps = {screen.tappable(node).order: node for node in reversed(tried.nodes)}
            if len(taps) == 1:
                (node,) = taps.values()
                return Match(name, node, screen.tappable(node), tried.candidate_index)
        return None

    def trace(self, name: str, screen: Screen, text: str | None = None) -> tuple[Tried, ...]:
        """Show what each candidate finds: two things to tap are an ambiguity."""
        return tuple(self._tries(name, screen, text))

    def upload_percent(self, screen: Screen) -> int | None:
        """Return what the upload badge says, None when it is not in sight."""
        badge = self.target(self.evidence.badge, screen)
        number = re.search(r"\d{1,3}", badge.node.text) if badge else None
        return int(number[0]) if number else None

    def upload_failure(self, screen: Screen) -> str | None:
        """Return the app's own words for a failed upload, None when there are none.

        A row that stood there before the press is no evidence: compare with a look from before.
        """
        found = (self._find(screen, selector) for selector in self.evidence.failures)
        return next((_label(nodes[0]) for nodes in found if nodes), None)

    def _recognise(self, screen: Screen) -> Seen:
        if len(screen.nodes) > MOST_NODES:
            return _unknown(screen, screen.nodes[:1])
        names = [name for name, rule in self.screens.items() if self._holds(rule, screen)]
        others = any(self.screens[name].shows_others for name in names)
        return (
            self._block(screen, others=others)
            or self._dialog(screen)
            or self._screen(names, screen)
            or _unknown(screen, self._in_front(screen))
        )

    def _is_one_of(self, name: str, screens: tuple[str, ...]) -> bool:
        return name in screens or self.screens[name].is_a in screens

    def _block(self, screen: Screen, *, others: bool) -> Seen | None:
        for rule in self.blocks:
            if (rule.over_others or not others) and self._holds(rule, screen):
                return Seen("block", rule.name, self._words(rule, screen), rule.reason)
        return None

    def _dialog(self, screen: Screen) -> Seen | None:
        for rule in self.dialogs:
            button = self._button(rule, screen) if self._holds(rule, screen) else None
            if button is not None:
                words = self._words(rule, screen)
                return Seen("dialog", rule.name, words, button=screen.tappable(button))
        return None

    def _button(self, rule: DialogRule, screen: Screen) -> Node | None:
        found = (self._find(screen, selector, rule.packages) for selector in rule.button)
        return next((nodes[0] for nodes in found if nodes), None)

    def _screen(self, names: list[str], screen: Screen) -> Seen | None:
        if any(self._find(screen, overlay) for overlay in self.overlays):
            names = [name for name in names if self.screens[name].floats]
        if not names:
            return None
        name = names[0]
        also = tuple(other for other in names[1:] if other != self.screens[name].is_a)
        return Seen("screen", name, self._words(self.screens[name], screen), also=also)

    def _in_front(self, screen: Screen) -> Sequence[Node]:
        """Return what an unknown screen asks with: its floating container, or all that is bare."""
        for overlay in self.overlays:
            for box in self._find(screen, overlay):
                return tuple(within(box))
        return [node for node in screen.visible if not screen.is_covered(node)]

    def _holds(self, rule: Rule, screen: Screen) -> bool:
        def seen(selector: Selector) -> bool:
            return bool(self._find(screen, selector, rule.packages))

        if not all(map(seen, rule.all_of)) or any(map(seen, rule.none_of)):
            return False
        return not rule.any_of or sum(map(seen, rule.any_of)) >= rule.at_least

    def _words(self, rule: Rule, screen: Screen) -> str:
        """Return the words that gave it away."""
        for selector in (*rule.any_of, *rule.all_of):
            for node in self._find(screen, selector, rule.packages):
                if _label(node):
                    return _label(node)
        return ""

    def _tries(self, name: str, screen: Screen, text: str | None) -> Iterable[Tried]:
        target, seen = self.targets[name], self.recognise(screen)
        if seen.kind != "screen" or not self._is_one_of(seen.name, target.screens):
            return
        for index, candidate in enumerate(target.candidates):
            nodes = self._find(screen, candidate)
            if candidate.typed:
                nodes = tuple(n for n in nodes if text is not None and same_text(text, n.text))
            yield Tried(index, nodes)

    def _find(
        self, screen: Screen, selector: Selector, packages: tuple[str, ...] = ()
    ) -> tuple[Node, ...]:
        return find(screen, selector, packages or self.packages)

    def __repr__(self) -> str:
        return f"<Profile {self.app} {self.since} to {self.until}, {len(self.screens)} screens>"

    __str__ = __repr__


def profile_for(app: App, version: str | None = None) -> Profile:
    """Return the profile for a version; for an unknown one the nearest lower, else the lowest."""
    profiles = sorted(
        (profile for profile in _shipped() if profile.app == app),
        key=lambda profile: _number(profile.since),
    )
    if not profiles:
        raise BadInput.of("app", f"there is no profile for {app}")
    if version is None:
        return profiles[-1]
    lower = [p for p in profiles if _number(p.since) <= _number(version)]
    return lower[-1] if lower else profiles[0]


@cache
def _shipped() -> tuple[Profile, ...]:
    return tuple(Profile.load(path) for path in sorted(HERE.glob("*.toml")))


def faults(profile: Profile) -> Iterable[tuple[Where, str]]:
    """Yield what no single key shows: names that lead nowhere, twice the same, empty rules."""
    yield from _lost_screens(profile)
    for name, screen in profile.screens.items():
        if _is_empty(screen):
            yield ("screens", name), _EMPTY
    for key, rules in (("dialogs", profile.dialogs), ("blocks", profile.blocks)):
        yield from _faults_of_list(key, rules)
    if profile.evidence.badge not in profile.targets:
        yield ("evidence", "badge"), f"there is no target {profile.evidence.badge!r}"
    if _number(profile.since) > _number(profile.until):
        yield ("until",), f"is lower than since, {profile.since}"


_EMPTY = "has neither any_of nor all_of: it would match everything"


def _is_empty(rule: Rule) -> bool:
    return not rule.any_of and not rule.all_of


def _lost_screens(profile: Profile) -> Iterable[tuple[Where, str]]:
    named: list[tuple[Where, str]] = [
        *((("targets", n, "screens"), s) for n, t in profile.targets.items() for s in t.screens),
        *((("screens", n, "is_a"), r.is_a) for n, r in profile.screens.items() if r.is_a),
        *((("evidence", "home"), s) for s in profile.evidence.home),
    ]
    for where, name in named:
        if name not in profile.screens:
            yield where, f"there is no screen {name!r}"


def _faults_of_list(
    key: str, rules: Sequence[DialogRule | BlockRule]
) -> Iterable[tuple[Where, str]]:
    names: set[str] = set()
    for index, rule in enumerate(rules):
        if rule.name in names:
            yield (key, index, "name"), f"{rule.name!r} stands here twice"
        if _is_empty(rule):
            yield (key, index), _EMPTY
        names.add(rule.name)


def _unknown(screen: Screen, nodes: Sequence[Node]) -> Seen:
    words = tuple(dict.fromkeys(_label(node) for node in nodes if _label(node)))
    says = " · ".join(words[:6])[:200] or "nothing to read"
    package = ", ".join(screen.packages) or "an empty tree"
    return Seen("unknown", "", f"{package}: {says}", Reason.UNKNOWN_SCREEN)


def _label(node: Node) -> str:
    return (node.plain_text or node.plain_desc)[:200]


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
