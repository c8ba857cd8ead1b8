"""Which profile is used for which app and version, with what an operator changed of it.

An operator's file is a TOML file in a folder of his own. It names its `app`, may limit itself to
versions (`since`, and `until`, which is not included), and holds the parts that are to be other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tmcore.accounts import App
from tmcore.apps.faults import faults, range_faults
from tmcore.apps.layers import Layer, Stack, read_layer, refuse
from tmcore.apps.profile import Profile
from tmcore.apps.rules import OPTIONAL, Version, number
from tmcore.errors import BadInput, FieldError
from tmcore.rules.spelling import nearest

HERE = Path(__file__).parent
COMMON = HERE / "common"  # what Android itself shows, under every app


@dataclass(frozen=True)
class Choice:
    """The profile for an app as it is on a phone, and how sure that is."""

    profile: Profile
    version: str | None
    known: bool  # whether the profile was written for this version
    changed_by: tuple[str, ...] = ()  # the operator's files that are in force

    def speaks(self, language: str | None) -> bool | None:
        """Whether the app's texts are known in this language; None: only some of them."""
        short = (language or "").replace("_", "-").partition("-")[0].lower()
        if short in self.profile.partly:
            return None
        return short in self.profile.languages

    def unread(self, language: str | None) -> str:
        """Say that the app may show words nobody taught us; empty where all are known."""
        speaks = self.speaks(language)
        if language is None or speaks:
            return ""
        known = ", ".join(self.profile.languages)
        how_far = "a part" if speaks is None else "nothing"
        return (
            f"the app's language is {language}, of which {how_far} is known, and {known} in full; "
            f"it may stop at a screen it cannot read: set the phone or the app to {known}"
        )

    def __str__(self) -> str:
        found = self.profile
        said = f"{found.app} {self.version or 'of unknown version'}"
        used = f"the profile for {found.since} up to {found.until}"
        said += f": {used}" if self.known else f" has no profile of its own; {used} is used"
        return said + (f", changed by {', '.join(self.changed_by)}" if self.changed_by else "")


class _Head(BaseModel):
    """What an operator's file says of itself."""

    model_config = ConfigDict(extra="allow")  # the parts are judged in the merged profile
    app: App
    since: Version = "0"
    until: Version | None = None


@dataclass(frozen=True, eq=False)
class _Change:
    layer: Layer
    head: _Head

    def holds_for(self, version: str | None) -> bool:
        if version is None:
            return self.head.until is None
        until = self.head.until
        return number(self.head.since) <= number(version) and (
            until is None or number(version) < number(until)
        )

    @property
    def parts(self) -> Layer:
        own = {k: v for k, v in self.layer.data.items() if k not in ("app", "since", "until")}
        return Layer(self.layer.path, self.layer.source, own)


class Catalog:
    """All profiles, checked; the shipped ones and what lies over them."""

    def __init__(self, shipped: Sequence[Path], folder: Path | None = None) -> None:
        """Read every file. Raises BadInput naming file, line and key of whatever is wrong."""
        self._common = tuple(read_layer(path) for path in sorted(COMMON.glob("*.toml")))
        self._stacks = [Stack((*self._common, read_layer(path))) for path in shipped]
        self._profiles = [_checked(stack) for stack in self._stacks]
        for app in self.apps:
            self._check_ranges(app)
        self._merged: dict[tuple[object, ...], Profile] = {}
        self._changes = tuple(_changes(folder)) if folder else ()
        for change in self._changes:
            self._check(change)

    @property
    def apps(self) -> tuple[App, ...]:
        return tuple(dict.fromkeys(profile.app for profile in self._profiles))

    def choose(self, app: App, version: str | None = None) -> Choice:
        """For a version without a profile the nearest lower one is taken, else the lowest."""
        places = self._places(app)
        if not places:
            raise BadInput.of("app", f"there is no profile for {app}")
        lower = [
            place
            for place in places
            if version is None or number(self._profiles[place].since) <= number(version)
        ]
        place = lower[-1] if lower else places[0]
        changes = tuple(c for c in self._changes if c.head.app == app and c.holds_for(version))
        known = version is not None and _covers(self._profiles[place], version)
        profile = self._with(place, changes)
        return Choice(profile, version, known, tuple(c.layer.path.name for c in changes))

    def _places(self, app: App) -> list[int]:
        places = [i for i, profile in enumerate(self._profiles) if profile.app == app]
        return sorted(places, key=lambda place: number(self._profiles[place].since))

    def _with(self, place: int, changes: tuple[_Change, ...]) -> Profile:
        if not changes:
            return self._profiles[place]
        key = (place, *changes)
        if key not in self._merged:
            layers = (*self._stacks[place].layers, *(change.parts for change in changes))
            self._merged[key] = _checked(Stack(layers))
        return self._merged[key]

    def _check_ranges(self, app: App) -> None:
        places = self._places(app)
        by_profile = {id(self._profiles[place]): self._stacks[place] for place in places}
        found = range_faults([self._profiles[place] for place in places])
        refuse(by_profile[id(profile)].fault(*fault) for profile, fault in found)

    def _check(self, change: _Change) -> None:
        """Merge it with each profile that it could lie over."""
        places = self._places(change.head.app)
        for place in places:
            refuse(_unknown_parts(change, self._profiles[place]))
            self._with(place, (change,))


@cache
def catalog(folder: Path | None = None) -> Catalog:
    """Return the shipped profiles with an operator's folder over them; read once."""
    if folder and not any(folder.glob("*.toml")):
        return catalog()
    return Catalog(sorted(HERE.glob("*.toml")), folder)


def profile_for(app: App, version: str | None = None, folder: Path | None = None) -> Profile:
    """Return the profile for a version; for an unknown one the nearest lower, else the lowest."""
    return catalog(folder).choose(app, version).profile


def _covers(profile: Profile, version: str) -> bool:
    return number(profile.since) <= number(version) < number(profile.until)


def _checked(stack: Stack) -> Profile:
    profile = stack.read(Profile)
    refuse(stack.fault(*fault) for fault in faults(profile))
    return profile


def _changes(folder: Path) -> Iterable[_Change]:
    for path in sorted(folder.glob("*.toml")):
        layer = read_layer(path)
        head = Stack((layer,)).read(_Head)
        if head.until is not None and number(head.since) >= number(head.until):
            raise BadInput(layer.fault(("until",), f"must be higher than since, {head.since}"))
        yield _Change(layer, head)


def _unknown_parts(change: _Change, profile: Profile) -> Iterable[FieldError]:
    """Yield what an operator's file adds and nothing asks for: a slip of the finger."""
    parts = change.layer.data
    for name in _names(parts, "targets"):
        if name not in (*profile.targets, *OPTIONAL):
            guess = nearest(name, profile.targets)
            said = f"did you mean {guess}?" if guess else f"there are {', '.join(profile.targets)}"
            yield change.layer.fault(("targets", name), f"no script asks for it; {said}")
    targets = _names(parts, "targets").values()
    asked = {screen for target in targets if isinstance(target, dict) for screen in _list(target)}
    for name, screen in _names(parts, "screens").items():
        is_a = screen.get("is_a") if isinstance(screen, dict) else None
        if name not in profile.screens and name not in asked and not is_a:
            guess = nearest(name, profile.screens)
            said = f"did you mean {guess}? " if guess else ""
            yield change.layer.fault(
                ("screens", name), f"{said}a new screen needs is_a, or a target that names it"
            )
    for name in _names(parts, "unproven"):
        if name not in profile.unproven:
            said = f"there are {', '.join(profile.unproven)}"
            yield change.layer.fault(("unproven", name), f"no such path; {said}")


def _names(parts: dict[str, object], section: str) -> dict[str, object]:
    found = parts.get(section)
    return found if isinstance(found, dict) else {}


def _list(target: dict[str, object]) -> list[object]:
    screens = target.get("screens")
    return screens if isinstance(screens, list) else []
