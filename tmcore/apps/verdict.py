"""What a profile makes of one dump: for people who mend profiles, and for `tm profile check`."""

from collections.abc import Iterable, Sequence

from tmcore.accounts import App
from tmcore.apps.catalog import Catalog, Choice
from tmcore.apps.profile import Kind, Match, Seen, label
from tmcore.model import Model
from tmcore.phone.screen import Node, Screen
from tmcore.reasons import Reason


class Found(Model):
    """A target that was found."""

    name: str
    text: str
    bounds: str  # of what was meant
    tap: str  # of what would be tapped
    candidate: int  # from 1; a later one than the first is drift


class Doubt(Model):
    """A candidate that found more than one thing: it is passed over."""

    name: str
    candidate: int
    bounds: tuple[str, ...]


class Verdict(Model):
    """One dump, judged."""

    app: App
    version: str | None
    known: bool  # whether there is a profile for this version
    profile: str
    kind: Kind
    screen: str
    text: str
    reason: Reason | None
    button: str | None  # of a dialog: what would be pressed
    also: tuple[str, ...]  # other screens that match as well
    found: tuple[Found, ...]
    missing: tuple[str, ...]  # targets that are meant for this screen and are not there
    doubts: tuple[Doubt, ...]


def judge(
    screen: Screen, catalog: Catalog, app: App | None = None, version: str | None = None
) -> Verdict:
    """Judge a dump by the profile of its app, or by the first that knows what it is."""
    apps = (app,) if app else _apps_of(screen, catalog)
    verdicts = [_verdict(screen, catalog.choose(each, version)) for each in apps]
    return next((verdict for verdict in verdicts if verdict.kind != "unknown"), verdicts[0])


def _apps_of(screen: Screen, catalog: Catalog) -> Sequence[App]:
    """Name the apps whose windows are there; of a dump of Android alone, all."""
    own = [
        app
        for app in catalog.apps
        if set(catalog.choose(app).profile.packages) & set(screen.packages)
    ]
    return own or catalog.apps


def _verdict(screen: Screen, choice: Choice) -> Verdict:
    profile = choice.profile
    seen = profile.recognise(screen)
    meant = [
        name for name, target in profile.targets.items() if profile.is_one_of(seen, target.screens)
    ]
    matches = {name: profile.target(name, screen) for name in meant}
    return Verdict(
        app=profile.app,
        version=choice.version,
        known=choice.known,
        profile=str(choice),
        kind=seen.kind,
        screen=seen.name,
        text=seen.text,
        reason=seen.reason,
        button=repr(seen.button.bounds) if seen.button else None,
        also=seen.also,
        found=tuple(_found(match) for match in matches.values() if match),
        missing=tuple(name for name, match in matches.items() if not match),
        doubts=tuple(_doubts(screen, choice, meant)) if seen.kind == "screen" else (),
    )


def _found(match: Match) -> Found:
    return Found(
        name=match.name,
        text=match.text,
        bounds=repr(match.node.bounds),
        tap=repr(match.tap_node.bounds),
        candidate=match.candidate_index + 1,
    )


def _doubts(screen: Screen, choice: Choice, names: Iterable[str]) -> Iterable[Doubt]:
    for name in names:
        for tried in choice.profile.trace(name, screen):
            taps = {screen.tappable(node): node for node in tried.nodes}
            if len(taps) > 1:
                boxes = tuple(_said(node) for node in taps.values())
                yield Doubt(name=name, candidate=tried.candidate_index + 1, bounds=boxes)


def _said(node: Node) -> str:
    words = label(node)
    return f"{node.bounds!r} {words[:40]!r}" if words else repr(node.bounds)


def headline(verdict: Verdict) -> str:
    """Say it in one line."""
    seen = Seen(verdict.kind, verdict.screen, verdict.text, verdict.reason)
    return f"{verdict.app}: {seen!r}"
