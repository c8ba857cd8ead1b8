"""What no single key shows: names that lead nowhere, circles, rules that always hold."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from tmcore.apps.layers import Where
from tmcore.apps.profile import Profile
from tmcore.apps.rules import Rule, number
from tmcore.apps.selector import Selector

Fault = tuple[Where, str]


def faults(profile: Profile) -> Iterable[Fault]:
    """Yield where in the profile, and what is wrong there."""
    yield from _lost(profile)
    yield from _circles(profile)
    for where, rule in _rules(profile):
        if not rule.any_of and not rule.all_of:
            yield where, "has neither any_of nor all_of: it would match everything"
        if rule.any_of and rule.at_least > len(rule.any_of):
            yield (*where, "at_least"), f"is more than any_of has, which is {len(rule.any_of)}"
    yield from _ids_alone(profile)
    if number(profile.since) >= number(profile.until):
        yield ("until",), f"must be higher than since, {profile.since}; it is not included"


def range_faults(profiles: Sequence[Profile]) -> Iterable[tuple[Profile, Fault]]:
    """Yield where two profiles of one app, lowest first, leave a gap or overlap."""
    for lower, upper in pairwise(profiles):
        ends, begins = number(lower.until), number(upper.since)
        if begins > ends:
            said = f"leaves a gap: the one before ends at {lower.until}"
            yield upper, (("since",), said)
        elif begins < ends:
            said = f"overlaps: the one before ends at {lower.until} only"
            yield upper, (("since",), said)


def _rules(profile: Profile) -> Iterable[tuple[Where, Rule]]:
    for section in ("screens", "dialogs", "blocks"):
        for name, rule in getattr(profile, section).items():
            yield (section, name), rule


def _lost(profile: Profile) -> Iterable[Fault]:
    named: list[tuple[Where, str]] = [
        *(
            ((section, name, "screens", index), screen)
            for section in ("targets", "lists")
            for name, target in getattr(profile, section).items()
            for index, screen in enumerate(target.screens)
        ),
        *((("screens", n, "is_a"), r.is_a) for n, r in profile.screens.items() if r.is_a),
        *((("evidence", "home"), screen) for screen in profile.evidence.home),
    ]
    for where, name in named:
        if name not in profile.screens:
            yield where, f"there is no screen {name!r}"
    if profile.evidence.badge not in profile.targets:
        yield ("evidence", "badge"), f"there is no target {profile.evidence.badge!r}"


def _circles(profile: Profile) -> Iterable[Fault]:
    for name in profile.screens:
        passed = [name]
        while (rule := profile.screens.get(passed[-1])) and rule.is_a:
            if rule.is_a == name:
                yield ("screens", name, "is_a"), f"goes in a circle: {' > '.join(passed)} > {name}"
            if rule.is_a in passed:
                break
            passed.append(rule.is_a)


def _ids_alone(profile: Profile) -> Iterable[Fault]:
    """An id may change with every release of an app; something else has to be there too."""
    lists: list[tuple[Where, Sequence[Selector]]] = [
        *((("targets", n, "candidates"), t.candidates) for n, t in profile.targets.items()),
        *((("lists", n, "candidates"), t.candidates) for n, t in profile.lists.items()),
        *((("dialogs", n, "button"), d.button) for n, d in profile.dialogs.items()),
    ]
    for where, selectors in lists:
        if all(selector.needs_id for selector in selectors):
            yield where, "is found by an id alone; add one with words, a class or a zone"
