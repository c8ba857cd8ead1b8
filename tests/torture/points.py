"""Where an owner of the phones is killed or frozen: both sides of every commit and every call."""

from dataclasses import dataclass
from random import Random

from tests.torture.moments import Point

COMMITS = (
    "adopt", "note able", "create", "claim", "begin own", "begin check", "begin push", "begin scan",
    "begin open", "begin account", "begin create", "begin pick", "begin edit", "begin caption",
    "begin press", "begin watch", "end step", "log", "keep evidence", "look for repeat", "intend",
    "note progress", "complete", "interrupt", "settle press", "fail",
    "begin look",
)  # fmt: skip
# only on a phone without an unproved press: its app may be stopped, and old files swept
FRESH = ("drop drafts", "list files", "stop app")
CALLS = (
    "read epoch", "write epoch", "checkup", "mkdir", "push", "verify", "mv", "scan", "media row",
    "find app", "start app", "find activities", "share", "prepare its eye", "set up its eye",
    "wake its eye", "look", "tap", "key", "own", "press", "remove", "void", *FRESH,
)  # fmt: skip
NAMES = tuple(
    f"{side} {name}"
    for name in (*(f"commit {commit}" for commit in COMMITS), *CALLS)
    for side in ("before", "after")
)

# what happens only on the way back from a death at that moment
LEADS = {
    "commit interrupt": "after commit claim",
    "commit settle press": "after commit intend",
    "void": "after commit intend",
    "commit fail": "after press",
    "commit begin look": "after press",
}
# reached where nothing is in sight any more, and no other press of the account could be meant
LONE = ("commit begin look",)
ALONE_S = 4.0  # an upload is over by then
FURTHEST_S = 3.0  # a post takes as long
_VISITS = 4  # the nth time that the moment comes: with others before it, and on another phone


@dataclass(frozen=True)
class Blow:
    """One interruption; without a point it comes at a moment that nobody chose."""

    point: Point | None
    after_s: float  # once the owner is ready; of the unchosen ones
    freeze: bool  # SIGSTOP, a second owner, SIGCONT; else SIGKILL
    wake_early: bool  # the frozen one goes on while the second works, not while that one is held
    rest_s: float = 0.0  # for how long the phones have no owner behind it


def plan(dice: Random, each: int, unchosen: int) -> list[tuple[Blow, ...]]:
    """Return so many blows for each name and at unchosen moments, shuffled, half of them frosts.

    What has a lead comes right behind it; what needs fresh phones comes first.
    """
    blows = [chosen(name, dice) for name in NAMES for _ in range(each)]
    blows += [(_blow(dice, None),) for _ in range(unchosen)]
    dice.shuffle(blows)
    return sorted(blows, key=lambda blow: not _is_fresh(blow[0].point))


def _is_fresh(point: Point | None) -> bool:
    return point is not None and point.name.endswith(FRESH)


def chosen(name: str, dice: Random, visit: int | None = None) -> tuple[Blow, ...]:
    """Return a blow at this moment, behind its lead."""
    lead = LEADS.get(name.partition(" ")[2])
    rest_s = ALONE_S if name.endswith(LONE) else 0.0
    rare = lead or name.endswith(("adopt", "eye", *FRESH))
    at = Point(name, visit or (1 if rare else dice.randint(1, _VISITS)))
    first = (Blow(Point(lead), 0, freeze=False, wake_early=False, rest_s=rest_s),) if lead else ()
    return (*first, _blow(dice, at))


def _blow(dice: Random, point: Point | None) -> Blow:
    after_s = dice.uniform(0, FURTHEST_S)
    return Blow(point, after_s, freeze=dice.random() < 0.5, wake_early=dice.random() < 0.5)
