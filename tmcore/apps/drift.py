"""Which candidate found a target, counted per app version: drift is seen before it breaks.

A target whose first candidate never matches any more lives on its reserves. Pure: whoever keeps the
counts hands them in.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tmcore.apps.profile import Match, Profile
from tmcore.model import App, Model


@dataclass(frozen=True)
class Hit:
    """A target was found by this candidate, in this version of the app."""

    app: App
    version: str
    target: str
    candidate: int  # from 0


class Drift(Model):
    """A target that is no longer found the way it was meant to be."""

    app: App
    version: str
    target: str
    candidate: int  # from 1: the first one that still finds it
    of: int  # how many there are
    hits: int


class Tally:
    """Counts the hits of one run."""

    def __init__(self, app: App, version: str) -> None:
        self._app, self._version = app, version
        self.counts: Counter[Hit] = Counter()

    def note(self, match: Match) -> None:
        self.counts[Hit(self._app, self._version, match.name, match.candidate_index)] += 1


def drifts(counts: Mapping[Hit, int], profile: Profile) -> Iterable[Drift]:
    """Yield, per version, each target of the profile that its first candidate never found."""
    seen: dict[tuple[str, str], Counter[int]] = {}
    for hit, times in counts.items():
        if hit.app == profile.app and hit.target in profile.targets and times:
            seen.setdefault((hit.version, hit.target), Counter())[hit.candidate] += times
    for (version, target), by_candidate in sorted(seen.items()):
        first = min(by_candidate)
        if first:
            yield Drift(
                app=profile.app,
                version=version,
                target=target,
                candidate=first + 1,
                of=len(profile.targets[target].candidates),
                hits=sum(by_candidate.values()),
            )
