"""Which candidate found a target, counted per app version: drift is seen before it breaks.

A target whose first candidate never matches any more lives on its reserves (the first is the usual
one, where a profile does not say that it is another). Counts are of looks: a
target that is asked for twice on one screen counts once. Pure: whoever keeps the counts hands them
in.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256

from tmcore.accounts import App
from tmcore.apps.catalog import Catalog, Choice
from tmcore.apps.rules import Candidate, Target, number
from tmcore.apps.selector import Selector
from tmcore.drift import Counted, Drift, DriftReport, Hit, Met
from tmcore.phone.screen import Screen

APPS: dict[App, str] = {"tiktok": "TikTok", "instagram": "Instagram"}


class Tally:
    """Counts the hits of one attempt."""

    def __init__(self) -> None:
        self.counts: Counter[Hit] = Counter()
        self._choice: Choice | None = None
        self._package = ""
        self._screen: Screen | None = None
        self._noted: set[str] = set()  # targets of this look

    def of(self, choice: Choice, package: str) -> None:
        """Count for this app from now on."""
        self._choice, self._package = choice, package

    def note(self, target: str, candidate: int, screen: Screen) -> None:
        """Count what found a target in this look; of an app that nobody named, nothing."""
        if screen is not self._screen:
            self._screen, self._noted = screen, set()
        if self._choice is None or target in self._noted:
            return
        self._noted.add(target)
        profile = self._choice.profile
        rule = rule_of(profile.targets[target])
        version = self._choice.version or ""
        hit = Hit(profile.app, self._package, version, target, rule, candidate)
        self.counts[hit] += 1


def rule_of(target: Target) -> str:
    """Name a list of candidates: counts of another list say nothing about this one."""
    said = "\n".join(c.model_dump_json(exclude_defaults=True) for c in target.candidates)
    return sha256(said.encode()).hexdigest()[:12]


def report(counted: Iterable[Counted], catalog: Catalog) -> DriftReport:
    """Say per version which profile is used, and which of its first choices never matched."""
    places: dict[tuple[App, str, str], list[Counted]] = {}
    for one in counted:
        places.setdefault((one.hit.app, one.hit.package, one.hit.version), []).append(one)
    met: list[Met] = []
    drifts: list[Drift] = []
    for app, package, version in sorted(places, key=lambda place: (*place[:2], number(place[2]))):
        found = places[app, package, version]
        choice = catalog.choose(app, version or None)
        met.append(
            Met(
                app=app, package=package, version=version, known=choice.known,
                profile=str(choice), last_seen=_last(found),
            )
        )  # fmt: skip
        drifts.extend(_drifts(found, choice))
    return DriftReport(met=tuple(met), drifts=tuple(drifts))


def _drifts(found: Sequence[Counted], choice: Choice) -> Iterator[Drift]:
    """Yield each target of one app version that no candidate found which should."""
    for name, target in sorted(choice.profile.targets.items()):
        rule = rule_of(target)
        ours = [one for one in found if (one.hit.target, one.hit.rule) == (name, rule)]
        if ours and all(one.hit.candidate >= target.usual for one in ours):
            yield _drift(ours, target)


def _drift(ours: Sequence[Counted], target: Target) -> Drift:
    most = max(ours, key=lambda one: one.looks)
    hit, looks = most.hit, sum(one.looks for one in ours)
    first = min(one.hit.candidate for one in ours)
    gone = "the 1st no longer matches" if first == 1 else f"the first {first} no longer match"
    said = (
        f"{APPS[hit.app]} {hit.version or 'of unknown version'}: '{hit.target}' was found by its "
        f"{_nth(hit.candidate + 1)} choice ({_told(target.candidates[hit.candidate])}) "
        f"in {most.looks} of {looks} looks; {gone}"
    )
    return Drift(
        app=hit.app, package=hit.package, version=hit.version, target=hit.target,
        candidate=hit.candidate + 1, of=len(target.candidates), hits=most.looks, looks=looks,
        said=said, last_seen=_last(ours),
    )  # fmt: skip


def _last(found: Iterable[Counted]) -> datetime:
    return max(one.last_seen for one in found)


def _nth(place: int) -> str:
    return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(place, 'th') }"


def _told(candidate: Candidate) -> str:
    """Tell a candidate in a few words: what it looks for, else where."""
    given = candidate.model_dump(exclude_defaults=True)
    for name in _TELLING:
        if value := given.get(name):
            words = value if isinstance(value, str) else value[0]
            return f"{name.replace('_match', ' like').replace('cls', 'class')} {words}"
    return "by its place" if _PLACES & given.keys() else "by what it is"


_TELLING = (
    *(name for name in Selector.model_fields if name.endswith(("text", "desc", "label", "hint"))),
    *(name for name in Selector.model_fields if name.endswith("_match")),
    "or_id", "id", "cls",
)  # fmt: skip
_PLACES = {"zone", "below", "above", "inside", "nth", "pick"}
