"""tm device, prepare, install, connect, disconnect: what people do with phones between tasks."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from tmcore.format import counted
from tmtui import tables
from tmtui.commands.common import COMMON, Common, retagged
from tmtui.commands.devices import shown
from tmtui.commands.targets import each, targets
from tmtui.exits import Exit
from tmtui.output import confirmed, say, show, show_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmcore.upkeep import PhoneReport

Serials = Annotated[str, Parameter(name="SERIAL")]
Every = Annotated[bool, Parameter(name="--all")]


async def device(
    serial: str,
    /,
    *,
    label: str | None = None,
    tag: tuple[str, ...] = (),
    untag: tuple[str, ...] = (),
    release: Annotated[bool, Parameter(negative=())] = False,
    common: Common = COMMON,
) -> Exit:
    """Show a phone, or give it a label and tags; `tag:EU` then means it wherever serials do.

    For example: `tm device R58M34FGHIJ --label "Desk 3" --tag EU`

    Parameters
    ----------
    serial
        The phone, or tag:NAME for all with that tag.
    label
        What people call it; "" takes it away.
    tag
        A tag to add: letters, digits, '_', '.' and '-'; may be repeated.
    untag
        A tag to take away; may be repeated.
    release
        Let a quarantined phone work again: its cable, hub or software has been seen to.
    """
    from tmcore.upkeep import DeviceChanges
    from tmcore.validation import checked

    async with common.rack() as rack:
        serials = await targets(rack, [serial])
        found = [await rack.device(each) for each in serials]
        if label is not None or tag or untag:
            changes = [{"label": label, "tags": retagged(d.tags, tag, untag)} for d in found]
            found = [
                await rack.upkeep.change(one, checked(DeviceChanges, change))
                for one, change in zip(serials, changes, strict=True)
            ]
        if release:
            found = [await rack.upkeep.release(each) for each in serials]
    return shown(found, common)


async def prepare(
    *serials: Serials,
    tag: tuple[str, ...] = (),
    every: Every = False,
    keyboard: Path | None = None,
    yes: bool = False,
    common: Common = COMMON,
) -> Exit:
    """Check phones, and make them ready for a rack.

    That is: the first eye started once, the keyboard for emoji installed, animations off, the
    screen on while charging. What is needed is shown and asked for first; doing it again changes
    nothing more.

    Parameters
    ----------
    serials
        The phones; tag:EU means all with that tag.
    tag
        All phones with this tag; may be repeated.
    every
        All phones that are connected.
    keyboard
        The APK of ADBKeyBoard on the server's computer, installed where it is missing.
    yes
        Do not ask.
    """
    from tmcore.upkeep import Preparation

    apk = str(keyboard.expanduser().absolute()) if keyboard else None
    async with common.rack() as rack:
        chosen = await targets(rack, serials, tag, every=every)
        look = Preparation(keyboard_apk=apk)
        reports, refused = await each(chosen, lambda one: rack.upkeep.prepare(one, look))
        waiting = [report.serial for report in reports if _needs(report)]
        if waiting and not common.json:
            show(tables.reports(reports))
        if waiting and (yes or _agreed(len(waiting), common)):
            act = Preparation(act=True, keyboard_apk=apk)
            done, late = await each(waiting, lambda one: rack.upkeep.prepare(one, act))
            by_serial = {report.serial: report for report in (*reports, *done)}
            reports = [by_serial[report.serial] for report in reports]
            refused |= late
            waiting = []
    if common.json:
        errors = {serial: str(error) for serial, error in refused.items()}
        show_json({"phones": reports, "refused": errors})
    elif not waiting:
        show(tables.reports(reports))
    for error in refused.values():
        say(error)
    bad = refused or any(f.found == "refused" for report in reports for f in report.findings)
    return Exit.FAILED if bad or waiting else Exit.OK


def _needs(report: "PhoneReport") -> bool:
    return any(finding.found == "needed" for finding in report.findings)


def _agreed(count: int, common: Common) -> bool:
    """Ask on a terminal; where nobody can answer, phones are not changed without --yes."""
    if common.json or not sys.stdin.isatty():
        say(f"nothing was changed on {counted(count, 'phone')}; --yes does what is needed")
        return False
    return confirmed(f"Do what is needed on {counted(count, 'phone')}?")


async def install(
    apk: Path,
    /,
    *serials: Serials,
    tag: tuple[str, ...] = (),
    every: Every = False,
    common: Common = COMMON,
) -> Exit:
    """Install or update an app on idle phones; data and logins stay.

    For example: `tm install tiktok.apk --tag EU`

    Parameters
    ----------
    apk
        The file, as the server's computer has it: one whole APK.
    serials
        The phones; tag:EU means all with that tag.
    tag
        All phones with this tag; may be repeated.
    every
        All phones that are connected.
    """
    from tmcore.upkeep import Installation, Installed

    wanted = Installation(path=str(apk.expanduser().absolute()))
    async with common.rack() as rack:
        chosen = await targets(rack, serials, tag, every=every)
        done, refused = await each(chosen, lambda one: rack.upkeep.install(one, wanted))
    failed = [Installed(serial=s, installed=False, said=str(e)) for s, e in refused.items()]
    results: Sequence[Installed] = sorted((*done, *failed), key=lambda one: one.serial)
    common.shown({"phones": results}, tables.installed(results))
    return Exit.OK if all(one.installed for one in results) else Exit.FAILED


async def connect(address: str, /, *, common: Common = COMMON) -> Exit:
    """Reach a phone by Wi-Fi, now and whenever it was lost, until `tm disconnect`.

    The phone must listen for adb: over its cable `adb tcpip 5555` lets it.

    Parameters
    ----------
    address
        HOST:PORT, such as 192.168.1.20:5555; without a port it is 5555.
    """
    async with common.rack() as rack:
        phone = await rack.upkeep.connect(address)
    who = phone.serial or "it has not said who it is: accept the dialog on its screen"
    return common.said(phone, f"{phone.address}: {who}")


async def disconnect(address: str, /, *, common: Common = COMMON) -> Exit:
    """Let a Wi-Fi phone go; it is not connected again.

    Parameters
    ----------
    address
        HOST:PORT, as it was connected.
    """
    async with common.rack() as rack:
        await rack.upkeep.disconnect(address)
    return common.said({"address": address}, f"{address} is disconnected")
