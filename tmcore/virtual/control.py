"""The control socket: one JSON object a line, one answer a line.

    {"cmd": "truth", "serial": S}       what really happened (without a serial: of all phones)
    {"cmd": "state", "serial": S}       where it stands
    {"cmd": "fault", "serial": S, "name": N, "when": {"screen": X} or {"command": RE}, …arguments}
    {"cmd": "heal", "serial": S, "name": N}
    {"cmd": "set", "serial": S, "app": A, …}  accounts, account, battery, version, ids_seed, …
    {"cmd": "wait", "serial": S, "posts": 1, "timeout": 5}  also presses, failures, screen, commands
    {"cmd": "reset", "serial": S, "profile": P}
    {"cmd": "add" | "remove" | "phones" | "help"}

Every answer has `ok`; a refused one has `error`. An answer comes when adb shows what was asked for.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import fields
from typing import Any

from tmcore.virtual.app.look import Look
from tmcore.virtual.app.overlays import KINDS
from tmcore.virtual.faults import NAMES, UnknownFault
from tmcore.virtual.latency import PROFILES
from tmcore.virtual.packages import package_of, posting_app
from tmcore.virtual.phone import Phone
from tmcore.virtual.rack import Rack

Answer = dict[str, Any]
Command = Callable[[Answer], Awaitable[Answer]]
_LOOK = {f.name for f in fields(Look)} - {"accounts", "active"}
_GLANCE_S = 0.01


class Refused(Exception):
    """The command cannot be done; the text says why."""


class Control:
    """Answers commands about a rack."""

    def __init__(self, rack: Rack) -> None:
        self._rack = rack
        self._commands: dict[str, Command] = {
            "add": self._add,
            "fault": self._fault,
            "heal": self._heal,
            "help": self._help,
            "phones": self._phones,
            "remove": self._remove,
            "reset": self._reset,
            "set": self._set,
            "state": self._state,
            "truth": self._truth,
            "wait": self._wait,
        }

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until it leaves."""
        try:
            while line := await reader.readline():
                answer = await self.answer(line)
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    async def answer(self, line: bytes) -> Answer:
        """One command's answer; what is wrong with it is an `error`."""
        try:
            command, request = self._understood(json.loads(line))
            return {"ok": True, **await command(request)}
        except (Refused, UnknownFault, ValueError, TypeError, KeyError) as error:
            return {"ok": False, "error": f"{error}" or type(error).__name__}

    def _understood(self, request: object) -> tuple[Command, Answer]:
        if not isinstance(request, dict):
            raise Refused("a command is a JSON object")
        name = str(request.pop("cmd", None))
        if name not in self._commands:
            raise Refused(f"no command {name!r}; there are {', '.join(self._commands)}")
        return self._commands[name], request

    async def _truth(self, request: Answer) -> Answer:
        if "serial" in request:
            return self._one(request).truth.json() | {"files": _files(self._one(request))}
        return {
            "phones": {
                p.serial: p.truth.json() | {"files": _files(p)} for p in self._chosen(request)
            }
        }

    async def _state(self, request: Answer) -> Answer:
        if "serial" in request:
            return _state(self._one(request))
        return {"phones": {p.serial: _state(p) for p in self._chosen(request)}}

    async def _phones(self, _: Answer) -> Answer:
        return {"phones": self._rack.listing()}

    async def _help(self, _: Answer) -> Answer:
        return {
            "commands": sorted(self._commands),
            "faults": NAMES,
            "dialogs": KINDS,
            "settings": sorted(_LOOK | set(_APP_SETTERS) | set(_SETTERS)),
        }

    async def _fault(self, request: Answer) -> Answer:
        chosen = self._chosen(request)
        request.pop("serial", None)
        name, when = str(request.pop("name")), request.pop("when", None)
        if name == "dialog" and request.get("kind", "contacts") not in KINDS:
            raise Refused(f"no dialog {request['kind']!r}; there are {', '.join(KINDS)}")
        for phone in chosen:
            phone.faults.add(name, dict(request), when)
        await self._take_hold(chosen)
        return {}

    async def _heal(self, request: Answer) -> Answer:
        chosen = self._chosen(request)
        for phone in chosen:
            phone.faults.heal(request.get("name"))
        await self._take_hold(chosen)
        return {}

    async def _reset(self, request: Answer) -> Answer:
        chosen = self._chosen(request)
        if "profile" in request and request["profile"] not in PROFILES:
            raise Refused(f"no profile {request['profile']!r}")
        for phone in chosen:
            if "profile" in request:
                phone.latency = PROFILES[request["profile"]]
        await asyncio.gather(*(p.reset() for p in chosen))
        await self._take_hold(chosen)
        return {}

    async def _set(self, request: Answer) -> Answer:
        chosen = self._chosen(request)
        request.pop("serial", None)
        package = package_of(str(request.pop("app", ""))) or None
        for phone in chosen:
            if package and package not in phone.apps.looks:
                raise Refused(f"no app {package!r}; there are {', '.join(phone.apps.looks)}")
            for key, value in request.items():
                _change(phone, package, key, value)
        return {}

    async def _wait(self, request: Answer) -> Answer:
        phone = self._one(request)
        seconds = float(request.pop("timeout", 10))
        wanted = {k: v for k, v in request.items() if k != "serial"}
        if not wanted or set(wanted) - set(_CONDITIONS):
            raise Refused(f"wait for some of {', '.join(_CONDITIONS)}, not {sorted(wanted)}")
        until = asyncio.get_running_loop().time() + seconds
        while not all(_CONDITIONS[key](phone, value) for key, value in wanted.items()):
            if asyncio.get_running_loop().time() > until:
                return {"met": False}
            await asyncio.sleep(_GLANCE_S)
        return {"met": True}

    async def _add(self, request: Answer) -> Answer:
        phone = await self._rack.add(request.get("serial"))
        return {"serial": phone.serial, "address": phone.cable.address}

    async def _remove(self, request: Answer) -> Answer:
        await self._rack.remove(self._one(request))
        return {}

    async def _take_hold(self, chosen: list[Phone]) -> None:
        """Answer only when adb shows what was asked for."""
        await asyncio.gather(*(p.settled() for p in chosen))
        unreachable = {"offline", "unauthorized", "freeze"}
        await asyncio.gather(
            *(self._rack.attached(p) for p in chosen if not any(f in p.faults for f in unreachable))
        )

    def _one(self, request: Answer) -> Phone:
        return self._chosen({"serial": request.get("serial", "")})[0]

    def _chosen(self, request: Answer) -> list[Phone]:
        if "serial" not in request:
            return list(self._rack.phones.values())
        phone = self._rack.phones.get(str(request["serial"]))
        if phone is None:
            raise Refused(f"no phone {request['serial']!r}")
        return [phone]


def _change(phone: Phone, package: str | None, key: str, value: Any) -> None:
    """Of one app, the first if none is named, or of the phone."""
    look = phone.apps.look(package)
    if key in _LOOK:
        setattr(look, key, value)
        return
    if of_app := _APP_SETTERS.get(key):
        of_app(look, value)
        return
    setter = _SETTERS.get(key)
    if setter is None:
        names = sorted(_LOOK | set(_APP_SETTERS) | set(_SETTERS))
        raise Refused(f"nothing named {key!r}; there are {', '.join(names)}")
    setter(phone, value)


def _set_accounts(look: Look, value: list[str]) -> None:
    look.accounts = list(value)
    look.active = value[0] if value else ""


def _set_battery(phone: Phone, value: int) -> None:
    phone.battery.level = int(value)


def _set_temperature(phone: Phone, value: float) -> None:
    phone.battery.temperature = round(float(value) * 10)


def _set_charging(phone: Phone, value: bool) -> None:
    phone.battery.charging = value


def _set_version(phone: Phone, value: str | dict[str, str]) -> None:
    """Of the first app, or of each that is named."""
    named = value if isinstance(value, dict) else {phone.apps.first: value}
    for name, version in named.items():
        phone.packages[package_of(name)].version = version


def _install(phone: Phone, value: str) -> None:
    package = posting_app(package_of(value))
    phone.packages[package.name] = package


def _set_extra_sheet(phone: Phone, value: dict[str, str]) -> None:
    phone.faults.add(
        "dialog", {"kind": value.get("kind", "unknown_sheet")}, {"screen": value["before"]}
    )


def _uninstall(phone: Phone, value: str) -> None:
    phone.packages.pop(value, None)


def _set_awake(phone: Phone, value: bool) -> None:
    phone.awake = value


def _set_properties(phone: Phone, value: dict[str, str]) -> None:
    phone.properties.update(value)


_CONDITIONS: dict[str, Callable[[Phone, Any], bool]] = {
    "posts": lambda phone, value: len(phone.truth.posts) >= value,
    "failures": lambda phone, value: phone.truth.failed_uploads >= value,
    "presses": lambda phone, value: phone.truth.presses >= value,
    "screen": lambda phone, value: phone.app.screen == value,
    "commands": lambda phone, value: any(re.search(value, c.command) for c in phone.truth.commands),
}

_APP_SETTERS: dict[str, Callable[[Look, Any], None]] = {
    "account": lambda look, value: look.choose(value),
    "accounts": _set_accounts,
}
_SETTERS: dict[str, Callable[[Phone, Any], None]] = {
    "awake": _set_awake,
    "battery": _set_battery,
    "boot_id": lambda phone, value: phone.files.boot(value),
    "charging": _set_charging,
    "extra_sheet": _set_extra_sheet,
    "install": _install,
    "properties": _set_properties,
    "temperature": _set_temperature,
    "uninstall": _uninstall,
    "version": _set_version,
}


def _state(phone: Phone) -> Answer:
    return {
        "serial": phone.serial,
        "address": phone.cable.address,
        "plugged": phone.cable.plugged,
        "connected": phone.cable.connected,
        "front": phone.front,
        "screen": phone.app.screen,
        "app_running": phone.app.running,
        "keyboard": phone.keyboard,
        "account": phone.look.active,
        "accounts": phone.look.accounts,
        "app": phone.app.package,
        "awake": phone.awake,
        "locked": phone.locked,
        "battery": phone.battery.level,
        "keyboard_used": phone.settings["secure"]["default_input_method"],
        "processes": ["app_process" for _ in phone.running.spawned],
        "faults": phone.faults.json(),
        "apps": {
            app.package: {
                "running": app.running,
                "screen": app.screen,
                "account": phone.apps.looks[app.package].active,
                "accounts": phone.apps.looks[app.package].accounts,
            }
            for app in phone.apps
        },
        **phone.app.state(),
    }


def _files(phone: Phone) -> list[Answer]:
    return [
        {"path": path, "size": entry.size, "sha256": entry.blob.sha256}
        for path, entry in phone.files.walk()
        if entry.blob and not path.startswith("/proc/")
    ]
