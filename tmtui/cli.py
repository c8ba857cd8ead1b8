"""The `tm` command. With opening.py and stage.py it starts things: racks, the server, phones.

What costs time is imported inside the functions that need it, so that `tm --help` loads none.
"""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

import os
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Group, Parameter
from cyclopts.validators import Number

from tmcore.errors import BadInput
from tmcore.rules.spelling import unknown_keys
from tmtui import stage
from tmtui.commands import (
    account_sheet,
    backup,
    changing,
    devices,
    material,
    notify,
    plan,
    profile,
    schedule,
    settings,
    tasks,
    token,
    upkeep,
    webhook,
)
from tmtui.commands.common import COMMON, Common, data_folder, database
from tmtui.exits import Exit, describe, run
from tmtui.opening import adb_server, draws, open_embedded, open_far
from tmtui.output import say
from tmtui.signals import end_signals, ends_first
from tmtui.stage import HOST, PORT, Profile, joined_port, plainly, running_adb

if TYPE_CHECKING:
    from tmserve.app import Server

app = App(
    name="tm",
    help="Runs a rack of Android phones that publish your own videos to your own accounts.\n\n"
    "Start with `tm demo`, or, with real phones, `tm serve` in one terminal and the rest in "
    "another.",
    help_epilogue=describe(),
    help_format="markdown",
    version=lambda: metadata.version("tmrack"),
    version_flags=["--version"],
    default_parameter=Parameter(negative="", show_default=lambda value: value or None),
)
START, LOOK, ACT, SET = (
    Group(title, sort_key=place) for place, title in enumerate(("Start", "Look", "Act", "Set"))
)


def main() -> None:
    """Run one command; every end has its exit code."""
    sys.exit(run(app, sys.argv[1:]))


@app.default
async def console(
    *words: Annotated[str, Parameter(show=False)],
    read_only: bool = False,
    ascii: bool = False,  # noqa: A002 - what people type
    db: Path | None = None,
    common: Common = COMMON,
) -> Exit:
    """Open the console on the server; where none answers, one is started in the background.

    Parameters
    ----------
    db
        Run the rack in this window, on this database file, without a server: its posts end with
        the window.
    read_only
        Look only: nothing can be changed.
    ascii
        Draw with plain characters.
    """
    if words:
        raise BadInput(*unknown_keys(words[:1], [name for name in app if name[0] != "-"]))
    if not draws():
        say("no terminal for the console; this is what it would show")
        await devices.devices(common=common)
        return await tasks.tasks(common=common)
    look = {"read_only": read_only, "ascii": ascii}
    with end_signals() as told:
        if db:
            await open_embedded(db, told, look)
        else:
            await open_far(common, told, look)
    return Exit.OK


@app.command(group=START)
async def serve(
    *,
    db: Path | None = None,
    host: str = HOST,
    port: int = PORT,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    behind_proxy: bool = False,
    allow_host: tuple[str, ...] = (),
    allow_origin: tuple[str, ...] = (),
    stop: bool = False,
) -> Exit:
    """Run the rack: watch the phones, work through the queue, answer the API.

    It runs until Ctrl-C. What was not yet pressed then goes back to the queue and goes on at the
    next start. An adb server is started if none answers.

    For example: tm serve --db /srv/rack.db --port 50810

    Parameters
    ----------
    db
        The database file. Default: rack.db in this user's data folder.
    host
        The address to listen on. One that other computers reach needs TLS and a token: `tm token`.
    port
        The port to listen on; 0 takes a free one.
    tls_cert
        The certificate, a PEM file with its chain.
    tls_key
        Its key, a PEM file.
    behind_proxy
        A proxy in front of it speaks TLS; everybody then needs a token.
    allow_host
        Another name under which it is called; may be repeated.
    allow_origin
        A web page's origin that may call it, such as https://desk.example; may be repeated.
    stop
        End the server that `tm` started in the background.
    """
    if stop:
        return await _stop_background()
    from tmserve import logs
    from tmserve.entrance import Entrance, PortTaken
    from tmserve.service import demand_safe
    from tmserve.service import serve as run_service

    os.umask(0o077)  # the database holds account names and captions: the user's alone
    logs.set_up()
    db = database(db)
    entrance = Entrance(host, tls_cert, tls_key, behind_proxy, allow_host, allow_origin)
    demand_safe(db, entrance)

    def ready(server: "Server") -> None:
        say(f"serving at {server.url}")
        say(f"database: {db.absolute()}")
        say("Ctrl-C ends it")

    try:
        sock = entrance.listen(port)  # first: what cannot start must not leave an adb server behind
    except PortTaken as error:
        say(error)
        return Exit.NO_START
    with sock:
        adb = await adb_server()
        await run_service(db, sock=sock, adb=adb, ready=ready, entrance=entrance)
    return Exit.OK


async def _stop_background() -> Exit:
    from tmtui import background

    if not await background.stop(data_folder()):
        say("no server was started in the background")
        return Exit.FAILED
    say("the server has ended")
    return Exit.OK


@app.command(group=START)
async def rack(
    *,
    count: Annotated[int, Parameter(validator=Number(gte=1, lte=500))] = 4,
    profile: Profile = "lifelike",
    screens: Path | None = None,
    adb_port: Annotated[int | None, Parameter(validator=Number(gte=1, lte=65535))] = None,
    seed: int = 1,
) -> Exit:
    """Plug in virtual phones, to try everything without a real one.

    They join the adb server that the environment names (or port 5037); if none answers, a private
    one is started and its port is printed. It runs until Ctrl-C and leaves nothing behind.

    For example: tm rack --count 50 --profile instant

    Parameters
    ----------
    count
        How many phones.
    profile
        How long things take on them: as on a phone, or no time at all.
    screens
        A TOML file of screen dumps that the phones show as their app, or a folder with one an app.
    adb_port
        The adb server's port, instead of the environment's.
    seed
        Another seed gives other serials: for a second rack on the same adb server.
    """
    from tmcore.virtual.client import VirtualRack

    with end_signals() as told, joined_port(adb_port, await running_adb(adb_port)) as found:
        with plainly():
            phones = VirtualRack(found, count, profile=profile, seed=seed, screens=screens)
        with phones:
            print("\n".join(phones.serials))
            say(f"{count} virtual phones are plugged in; Ctrl-C unplugs them")
            if await ends_first(phones.pid, told):
                say("the virtual phones have ended unexpectedly")
                return Exit.FAILED
            return Exit.OK


@app.command(group=START)
async def demo(
    *,
    tour: bool = False,
    crash: bool = False,
    profile: Annotated[Profile, Parameter(show=False)] = "lifelike",
) -> Exit:
    """Show everything at work on four virtual phones; nothing reaches TikTok.

    It starts an adb server of its own, four phones and the server, makes a video, and sends the
    API's create call for two of the phones. On a terminal the console opens on it, with the API's
    calls to paste under `e`. At the end it asks the phones what was posted, and ends with 1 if a
    post is not there exactly once.

    Parameters
    ----------
    tour
        Show what a post can meet instead, in a minute or two: a video and a carousel on TikTok, a
        reel and a story on Instagram, for four accounts that are switched to on two phones, three
        dialogs and one block on the way. It ends with 1 if the phones say otherwise.
    crash
        Kill the server in the middle of a press instead, and show what comes of it: one post,
        where a queue that runs its task again makes two. It ends with 1 if that is not so.
    """
    from tmtui import demo as showing

    with end_signals() as told:
        if crash:
            end = await stage.crash(profile, told)
        elif tour:
            end = await stage.tour(profile, told)
        else:
            end = await stage.demo(profile, told)
    if end is None:
        say("stopped before the end")
    print(showing.LAST_WORDS)
    return Exit.INTERRUPTED if end is None else end


@app.command(group=LOOK)
async def doctor(*, db: Path | None = None, common: Common = COMMON) -> Exit:
    """Check this machine and each phone, and say what to do about what is wrong.

    It changes nothing. It ends with 1 if something is wrong that keeps posts from being made.

    Parameters
    ----------
    db
        The database file to look at. Default: the one that `tm serve` uses.
    """
    from tmtui.doctor import Patient, examine

    return await examine(Patient(database(db), common.url, common.token), as_json=common.json)


for group, commands in (
    (LOOK, (devices.devices, tasks.tasks, tasks.task, tasks.stats)),
    (ACT, (changing.stop, changing.retry, changing.delete, changing.resolve)),
    (ACT, (devices.pause, devices.resume)),
    (SET, (upkeep.device, upkeep.prepare, upkeep.install, upkeep.connect, upkeep.disconnect)),
    (SET, (settings.settings, settings.license_, backup.backup, backup.restore)),
):
    for command in commands:
        app.command(command, name=command.__name__.rstrip("_"), group=group)
# loaded when asked for: their options come from the model of a post
for name, says in (
    ("post", "Post videos or images: one task for each phone, or for each account."),
    ("rehearse", "Do all of a post up to the press, keep a picture, and discard the draft."),
):
    app.command(f"tmtui.commands.post:{name}", name=name, help=says, group=ACT)
for group, apps in (
    (LOOK, (profile.profile,)),
    (ACT, (schedule.schedule, plan.plan)),
    (SET, (account_sheet.account, material.material, token.token, webhook.webhook, notify.notify)),
):
    for one in apps:
        one.group = group
        app.command(one)
