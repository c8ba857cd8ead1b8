"""What an app looks like, as data: which screen is this, and where is what the script wants to tap.

A look is judged in this order: what ends the task (blocks), what is harmless and in the way
(dialogs), a floating container that nobody knows, the screens by rank, unknown. On screens that
show what other people wrote, a block is not read out of it: a comment may say "account banned".

A target is looked for only on the screens where it means something, and only one node to tap will
do: a candidate that finds two is passed over, and if nothing else matches there is no target.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from weakref import WeakKeyDictionary

from pydantic import Field, PrivateAttr

from tmcore.accounts import App
from tmcore.apps.rules import BlockRule, DialogRule, Evidence, Rule, ScreenRule, Target, Version
from tmcore.apps.selector import Selector, Words, find
from tmcore.model import Model
from tmcore.phone.screen import Node, Screen, plain, same_text
from tmcore.reasons import Reason

MOST_NODES = 10_000  # no real screen comes near; it keeps a hostile one cheap

Kind = Literal["screen", "dialog", "block", "unknown"]


@dataclass(frozen=True)
class Seen:
    """What a screen is taken for, and why."""

    kind: Kind
    name: str
    text: str = ""  # the words it was known by; of an unknown screen, what it says
    reason: Reason | None = None  # of a block or an unknown screen
    button: Node | None = None  # of a dialog
    costs_draft: bool = False  # the button may
    keeps: Node | None = None  # … and what does not, where it is in sight
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

    @property
    def text(self) -> str:
        """What the target says."""
        return label(self.node)


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
    until: Version  # the first version that it is no longer meant for
    languages: tuple[str, ...]  # complete
    partly: tuple[str, ...] = ()  # languages of which only what was seen is here
    overlays: tuple[Selector, ...] = ()
    screens: dict[str, ScreenRule]
    targets: dict[str, Target]
    lists: dict[str, Target] = Field(default_factory=dict)  # as many nodes as there are
    dialogs: dict[str, DialogRule] = Field(default_factory=dict)
    blocks: dict[str, BlockRule] = Field(default_factory=dict)
    evidence: Evidence
    unproven: dict[str, str] = Field(default_factory=dict)  # by path, what no dump shows of it
    _seen: WeakKeyDictionary[Screen, Seen] = PrivateAttr(default_factory=WeakKeyDictionary)

    def recognise(self, screen: Screen) -> Seen:
        """Say what this screen is."""
        if screen not in self._seen:
            self._seen[screen] = self._recognise(screen)
        return self._seen[screen]

    def is_one_of(self, seen: Seen, names: Sequence[str]) -> bool:
        """Whether it is one of these screens, or a more exact name for one of them."""
        return seen.kind == "screen" and any(name in names for name in self.kinds_of(seen.name))

    def kinds_of(self, name: str) -> Iterator[str]:
        """Yield a screen's name, then what it is a more exact name for, and so on."""
        while name:
            yield name
            name = self.screens[name].is_a or ""

    def target(self, name: str, screen: Screen, text: str | None = None) -> Match | None:
        """Find the one node to tap; `text` is what the script typed, or the name it looks for."""
        for tried in self._tries(name, screen, text):
            taps = {screen.tappable(node).order: node for node in reversed(tried.nodes)}
            if len(taps) == 1:
                (node,) = taps.values()
                return Match(name, node, screen.tappable(node), tried.candidate_index)
        return None

    def trace(self, name: str, screen: Screen, text: str | None = None) -> tuple[Tried, ...]:
        """Show what each candidate finds: two things to tap are an ambiguity."""
        return tuple(self._tries(name, screen, text))

    def nodes(self, listing: str, screen: Screen) -> tuple[Node, ...]:
        """Return what a list finds, row by row; nothing where the app has no such list."""
        rule = self.lists.get(listing)
        if rule is None or not self.is_one_of(self.recognise(screen), rule.screens):
            return ()
        found = (self._find(screen, candidate) for candidate in rule.candidates)
        nodes = next((nodes for nodes in found if nodes), ())
        return tuple(sorted(nodes, key=lambda node: (node.bounds.top, node.bounds.left)))

    def names(self, listing: str, screen: Screen) -> tuple[str, ...]:
        """Return the names in a list, from the top, as they are compared: no @, lower case."""
        return tuple(dict.fromkeys(map(name_of, self.nodes(listing, screen))))

    def in_package(self, package: str) -> "Profile":
        """Return the profile of this app under one name only, a clone's for one."""
        only = self.model_copy(update={"packages": (package,)})
        only._seen = WeakKeyDictionary()  # noqa: SLF001 - what is seen depends on whose nodes count
        return only

    def upload_percent(self, screen: Screen) -> int | None:
        """Return what the upload badge says, None when it is not in sight."""
        badge = self.target(self.evidence.badge, screen)
        number = re.search(r"\d{1,3}", badge.text) if badge else None
        return int(number[0]) if number else None

    def upload_pending(self, screen: Screen) -> str | None:
        """Return the app's own words for an upload that goes on, None when there are none."""
        return self._says(self.evidence.pending, screen)

    def upload_done(self, screen: Screen) -> str | None:
        """Return the app's own words for a post that is out, None when there are none."""
        return self._says(self.evidence.done, screen)

    def upload_failure(self, screen: Screen) -> str | None:
        """Return the app's own words for a failed upload, None when there are none.

        A row that stood there before the press is no evidence: compare with a look from before.
        """
        return self._says(self.evidence.failures, screen)

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

    def _block(self, screen: Screen, *, others: bool) -> Seen | None:
        for name, rule in self.blocks.items():
            if (rule.over_others or not others) and self._holds(rule, screen):
                return Seen("block", name, self._words(rule, screen), rule.reason)
        return None

    def _dialog(self, screen: Screen) -> Seen | None:
        for name, rule in self.dialogs.items():
            button = self._tap(rule.button, rule, screen) if self._holds(rule, screen) else None
            if button is not None:
                return Seen(
                    "dialog", name, self._words(rule, screen), button=button,
                    costs_draft=bool(rule.keeps), keeps=self._tap(rule.keeps, rule, screen),
                )  # fmt: skip
        return None

    def _tap(self, ways: Sequence[Selector], rule: DialogRule, screen: Screen) -> Node | None:
        found = (self._find(screen, selector, rule.packages) for selector in ways)
        return next((screen.tappable(nodes[0]) for nodes in found if nodes), None)

    def _screen(self, names: list[str], screen: Screen) -> Seen | None:
        if any(self._find(screen, overlay) for overlay in self.overlays):
            names = [name for name in names if self.screens[name].floats]
        if not names:
            return None
        name = names[0]
        if self.screens[name].floats:  # whatever else is in sight lies behind it
            names = [name for name in names if self.screens[name].floats]
        kinds = tuple(self.kinds_of(name))
        also = tuple(other for other in names[1:] if other not in kinds)
        return Seen("screen", name, self._words(self.screens[name], screen), also=also)

    def _in_front(self, screen: Screen) -> Sequence[Node]:
        """Return what an unknown screen asks with: its floating container, or all that is bare."""
        for overlay in self.overlays:
            for box in self._find(screen, overlay):
                if words := tuple(box.inside):
                    return words
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
                if label(node):
                    return label(node)
        return ""

    def _says(self, selectors: Sequence[Selector], screen: Screen) -> str | None:
        found = (self._find(screen, selector) for selector in selectors)
        return next((label(nodes[0]) for nodes in found if nodes), None)

    def _tries(self, name: str, screen: Screen, text: str | None) -> Iterable[Tried]:
        target = self.targets[name]
        if not self.is_one_of(self.recognise(screen), target.screens):
            return
        for index, candidate in enumerate(target.candidates):
            nodes = self._find(screen, candidate)
            if candidate.typed:
                nodes = tuple(n for n in nodes if text is not None and same_text(text, n.text))
            if candidate.named:
                nodes = tuple(n for n in nodes if text is not None and _bears(n, text))
            yield Tried(index, nodes)

    def _find(
        self, screen: Screen, selector: Selector, packages: tuple[str, ...] = ()
    ) -> tuple[Node, ...]:
        return find(screen, selector, packages or self.packages)

    def __repr__(self) -> str:
        return f"<Profile {self.app} {self.since} to {self.until}, {len(self.screens)} screens>"

    __str__ = __repr__


def label(node: Node) -> str:
    """What a node says: its text, else its description."""
    return (node.plain_text or node.plain_desc)[:200]


def _bears(node: Node, name: str) -> bool:
    """Whether a node's text or description is this name, or begins with it and a comma."""
    wanted = plain(name).casefold().removeprefix("@")
    said = (words.casefold().removeprefix("@") for words in (node.plain_text, node.plain_desc))
    return any(words == wanted or words.startswith(f"{wanted},") for words in said)


def name_of(node: Node) -> str:
    """Return the name of a row that may go on after a comma: `ann, 3 notifications`."""
    return bare(label(node))


def bare(said: str) -> str:
    """Return a user name as it is compared: no @, lower case, nothing after a comma."""
    return said.casefold().removeprefix("@").partition(",")[0]


def _unknown(screen: Screen, nodes: Sequence[Node]) -> Seen:
    words = tuple(dict.fromkeys(label(node) for node in nodes if label(node)))
    says = " · ".join(words[:6])[:200] or "nothing to read"
    package = ", ".join(screen.packages) or "an empty tree"
    return Seen("unknown", "", f"{package}: {says}", Reason.UNKNOWN_SCREEN)
