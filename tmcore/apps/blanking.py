"""A dump and its picture without names and captions, so that they can be kept as a fixture.

What stays is what the profile itself says: its words, and of what its patterns match, the words
that stand in the pattern. All else becomes `name_1`, `name_2` …, the same for the same, so that a
user name still looks like one, and a text that equals a description still does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from lxml import etree
from PIL import Image, ImageDraw

from tmcore.apps.profile import Profile
from tmcore.apps.selector import LONGEST_TEXT, Selector
from tmcore.phone.screen import Box, Screen, parse_dump, plain

_LABELS = ("text", "content-desc", "hint")
_FIGURES = re.compile(
    r"@?[\d\s.,:%/+()-]*\d[\d\s.,:%/+()-]*[KMkm]?"
)  # counts, times, resource numbers
_BOUNDS = re.compile(r"\[(-?\d+),(-?\d+)\]\[(-?\d+),(-?\d+)\]")
_CLASSES = re.compile(r"\[[^\]]*\]|\\.")  # what in a pattern is not said literally
_WORD = re.compile(r"[^\W\d_][\w']*")
_GREY = (128, 128, 128)


@dataclass(frozen=True)
class Blanked:
    """The dump, and where in its picture something was blanked."""

    xml: str
    boxes: tuple[Box, ...]


def blank_dump(screen: Screen, profile: Profile) -> Blanked:
    """Return the dump with everything replaced that the profile does not say itself."""
    vocabulary, names = _Vocabulary(profile), _Names()
    tree = etree.fromstring(screen.xml.encode("utf-8", "replace"), _parser())
    boxes: list[Box] = []
    for node in tree.iter("node"):
        changed = False
        for key in _LABELS:
            said = node.get(key)
            if said and (kept := vocabulary.kept(said, names)) != said:
                node.set(key, kept)
                changed = True
        if changed and (found := _BOUNDS.fullmatch(node.get("bounds", ""))):
            boxes.append(Box(*map(int, found.groups())))
    head = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n"
    return Blanked(head + etree.tostring(tree, encoding="unicode"), tuple(boxes))


def blank_picture(png: bytes, boxes: Iterable[Box]) -> bytes:
    """Paint over what was blanked; pictures of people and videos are left as they are."""
    with Image.open(BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    draw = ImageDraw.Draw(picture)
    for box in boxes:
        if box.area:
            draw.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), fill=_GREY)
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def is_the_same(before: Screen, after: str, profile: Profile) -> bool:
    """Whether blanking has left what the profile sees."""
    old, new = profile.recognise(before), profile.recognise(parse_dump(after))
    return (old.kind, old.name) == (new.kind, new.name)


class _Names:
    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, said: str) -> str:
        return self._known.setdefault(said.casefold(), f"name_{len(self._known) + 1}")


class _Vocabulary:
    def __init__(self, profile: Profile) -> None:
        self._whole: set[str] = set()
        self._patterns: list[tuple[re.Pattern[str], set[str]]] = []
        for selector in _selectors(profile):
            for words in (selector.text, selector.desc, selector.label, selector.hint):
                self._whole.update(plain(word).casefold() for word in words)
            for pattern in (
                selector.text_match, selector.desc_match, selector.label_match, selector.hint_match,
            ):  # fmt: skip
                if pattern and "(?!" in pattern:  # it matches whatever it does not name
                    self._whole.update(_named(pattern))
                elif pattern and (literal := _literal(pattern)):
                    self._patterns.append((re.compile(pattern, re.IGNORECASE), literal))

    def kept(self, said: str, names: _Names) -> str:
        """Return what of a label may stay, the rest replaced."""
        text = plain(said)
        if not text or text.casefold() in self._whole or _FIGURES.fullmatch(text):
            return said
        if own := self._own_words(text):
            return _WORD.sub(lambda w: w[0] if _is_one(w[0], own) else names.of(w[0]), text)
        mark = "@" if re.fullmatch(r"@[\w.]+", text) else ""
        return mark + names.of(text.removeprefix("@"))

    def _own_words(self, text: str) -> set[str]:
        """Return the words of all patterns that match the text."""
        if len(text) > LONGEST_TEXT:
            return set()
        found = (words for pattern, words in self._patterns if pattern.fullmatch(text))
        return set().union(*found)


def _is_one(word: str, own: set[str]) -> bool:
    """Whether a word is one of these, or a longer form of one: photo, photos."""
    folded = word.casefold()
    return folded in own or any(len(each) > 3 and folded.startswith(each) for each in own)


def _named(pattern: str) -> set[str]:
    """Return the whole labels that a pattern excludes."""
    return {each.casefold() for each in re.findall(r"[\w ]+", pattern) if each.strip()}


def _literal(pattern: str) -> set[str]:
    """Return the words that a pattern says itself."""
    words = re.findall(r"[^\W\d_][^\W\d_']*(?:'[^\W\d_]+)?", _CLASSES.sub(" ", pattern))
    return {word.casefold() for word in words if len(word) > 1}


def _selectors(profile: Profile) -> Iterable[Selector]:
    rules = (*profile.screens.values(), *profile.dialogs.values(), *profile.blocks.values())
    waiting: list[Selector] = [
        *profile.overlays,
        *(s for rule in rules for s in (*rule.any_of, *rule.all_of, *rule.none_of)),
        *(s for dialog in profile.dialogs.values() for s in dialog.button),
        *(s for target in profile.targets.values() for s in target.candidates),
        *profile.evidence.pending, *profile.evidence.done, *profile.evidence.failures,
    ]  # fmt: skip
    while waiting:
        selector = waiting.pop()
        yield selector
        near = (selector.inside, selector.outside, selector.holds, selector.below, selector.above)
        waiting.extend(each for each in near if each)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(recover=True, no_network=True, huge_tree=False)
