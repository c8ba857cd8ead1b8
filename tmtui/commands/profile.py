"""tm profile: what a profile makes of a screen, and new screens to mend it with."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from tmcore.errors import BadInput
from tmcore.format import safe
from tmtui import tables
from tmtui.commands.common import COMMON, AppName, Common, data_folder
from tmtui.commands.reading import content
from tmtui.exits import Exit
from tmtui.output import say, show, show_json
from tmtui.tables import grid

if TYPE_CHECKING:
    from tmcore.apps.verdict import Verdict

profile = App(name="profile", help="See what is known of the apps' screens, and record new ones.")

Folder = Annotated[
    Path | None,
    Parameter(help="The folder of your own profile files. Default: apps in the data folder."),
]


@profile.command
async def check(
    file: Path,
    /,
    *,
    app: AppName | None = None,
    version: str | None = None,
    folder: Folder = None,
    json: bool = False,
) -> Exit:
    """Say what a screen dump is taken for, and where each target of that screen is.

    It ends with 1 if the screen is unknown or ambiguous. For example: tm profile check screen.xml

    Parameters
    ----------
    file
        The dump: XML of `uiautomator dump`, of `tm profile record`, or of a task's evidence.
    app
        The app, where the dump does not say.
    version
        The app's version, as in 43.1.4. Default: the newest that is known.
    json
        Print one JSON document.
    """
    from tmcore.apps.catalog import catalog
    from tmcore.apps.verdict import judge
    from tmcore.phone.screen import parse_dump

    screen = parse_dump(content(file, "file"))
    verdict = judge(screen, catalog(folder or own_folder()), app, version)
    if json:
        show_json(verdict)
    else:
        _show(verdict)
    return Exit.FAILED if verdict.kind == "unknown" or verdict.also else Exit.OK


@profile.command
async def record(
    serial: str,
    /,
    *,
    to: Path,
    name: str | None = None,
    raw: bool = False,
    folder: Folder = None,
    common: Common = COMMON,
) -> Exit:
    """Save what a phone shows now, as a dump and a picture, with names and captions blanked.

    Only words that the profile knows stay; on a screen that is unknown, that is little. Faces and
    videos in the picture are not blanked: look at it before you give it away.

    For example: tm profile record R58M34FGHIJ --to screens

    Parameters
    ----------
    serial
        The phone.
    to
        The folder to save in.
    name
        The name of the files. Default: the app, the screen and a number.
    raw
        Blank nothing: for your own eyes.
    """
    from tmcore.apps.blanking import blank_dump, blank_picture, is_the_same
    from tmcore.apps.catalog import catalog
    from tmcore.apps.verdict import judge
    from tmcore.phone.screen import parse_dump

    async with common.rack() as rack:
        shown = await rack.screen(serial)
    screen, profiles = parse_dump(shown.xml), catalog(folder or own_folder())
    verdict = judge(screen, profiles)
    xml, png = screen.xml, shown.png
    if not raw:
        known = profiles.choose(verdict.app).profile
        blanked = blank_dump(screen, known)
        xml, png = blanked.xml, blank_picture(png, blanked.boxes)
        if not is_the_same(screen, xml, known):
            say("what tells this screen apart was blanked too; --raw keeps it")
    path = _free(to, name or f"{verdict.app}_{verdict.screen or verdict.kind}")
    path.write_text(xml, "utf-8")
    path.with_suffix(".png").write_bytes(png)
    print(path)
    _headline(verdict)
    return Exit.OK


@profile.command
async def drift(*, common: Common = COMMON) -> Exit:
    """Show what the apps on the phones no longer show as their profile says.

    Such a target is still found, by a later choice; mend the profile before that one goes too. Then
    the versions that were met, and the profile that each is read with: for a version without one of
    its own it is the nearest lower. What no task has met for 90 days is forgotten.
    """
    async with common.rack() as rack:
        found = await rack.upkeep.drift()
    if common.json:
        show_json(found)
        return Exit.OK
    for one in found.drifts:
        print(safe(one.said))
    if found.met:
        show(tables.met(found.met))
    say(
        f"first choices that no longer match: {len(found.drifts)}"
        if found.met
        else "no task has met an app yet"
    )
    return Exit.OK


Package = Annotated[str, Parameter(name="PACKAGE", help="As in com.zhiliaoapp.musically.")]
Version = Annotated[str, Parameter(name="VERSION", help="As the phone says it, as in 43.1.4.")]
PathName = Annotated[str, Parameter(name="PATH", help="As `tm profile paths` lists it.")]


@profile.command
async def paths(*, common: Common = COMMON) -> Exit:
    """List the ways through the apps that nobody here has seen on a real phone.

    A task that takes one of them stops before the press, keeps what it saw and discards its draft,
    until a person has confirmed that path for that version of the app.
    """
    async with common.rack() as rack:
        found = await rack.paths.every()
    return common.listed("paths", found, tables.paths(found))


@profile.command
async def confirm(
    package: Package, version: Version, path: PathName, /, *, common: Common = COMMON
) -> Exit:
    """Say that a path is right on a version of an app: tasks that take it are posted from now on.

    First look at the evidence of a task that walked it; `tm profile paths` names it. For example:
    tm profile confirm com.zhiliaoapp.musically 43.1.4 ai_label
    """
    from tmcore.paths import PathOf
    from tmcore.validation import checked

    asked = checked(PathOf, {"package": package, "version": version, "path": path})
    async with common.rack() as rack:
        state = await rack.paths.confirm(asked)
    if common.json:
        show_json(state)
        return Exit.OK
    say(f"{path} is confirmed for {package} {version}; `tm profile withdraw` takes it back")
    if state.task_id is None:
        say("no task here has walked it: nothing was there to look at")
    else:
        say(f"task {state.task_id} walked it; `tm retry {state.task_id}` posts it now. It kept:")
        for name in state.evidence:
            print(name)
    return Exit.OK


@profile.command
async def withdraw(
    package: Package, version: Version, path: PathName, /, *, common: Common = COMMON
) -> Exit:
    """Take a confirmation back: tasks that take the path stop before the press again."""
    from tmcore.paths import PathOf
    from tmcore.validation import checked

    asked = checked(PathOf, {"package": package, "version": version, "path": path})
    async with common.rack() as rack:
        state = await rack.paths.withdraw(asked)
    if common.json:
        show_json(state)
    else:
        say(f"{path} is not confirmed for {package} {version} any more")
    return Exit.OK


def own_folder() -> Path:
    """Where an operator's own profile files are when nobody says."""
    return data_folder() / "apps"


def _free(folder: Path, name: str) -> Path:
    """Return a file name that is not taken; nothing is overwritten."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput.of("to", f"{folder} cannot be made: {error.strerror}") from error
    names = (f"{name}.xml", *(f"{name}_{number}.xml" for number in range(2, 10_000)))
    return next(folder / each for each in names if not (folder / each).exists())


def _headline(verdict: "Verdict") -> None:
    from tmcore.apps.verdict import headline

    say(verdict.profile)
    say(headline(verdict))
    if verdict.also:
        say(f"ambiguous: it is {' and '.join(verdict.also)} as well")


def _show(verdict: "Verdict") -> None:
    _headline(verdict)
    rows = [
        *((f.name, "found", f.tap, f"candidate {f.candidate}", f.text) for f in verdict.found),
        *((name, "missing", "", "", "") for name in verdict.missing),
        *(
            (d.name, "ambiguous", " ".join(d.bounds), f"candidate {d.candidate}", "")
            for d in verdict.doubts
        ),
    ]
    if verdict.button:
        rows.append(("button", "found", verdict.button, "", ""))
    if rows:
        show(grid("target||bounds|by|says", rows))
