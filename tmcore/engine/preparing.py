"""Finds what one phone needs before it works in a rack, and does it. Twice does no harm."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

from tmcore.accounts import App
from tmcore.apps.catalog import catalog, profile_for
from tmcore.errors import AdbUnreachable, PhoneError
from tmcore.phone import health
from tmcore.phone.adb import AdbPhone
from tmcore.phone.eyes import FIRST, OFF
from tmcore.phone.health import Limits
from tmcore.phone.inspection import inspect
from tmcore.phone.port import Checkup
from tmcore.phone.preparing import SETTINGS, Readiness, Setting
from tmcore.reasons import ADVICE
from tmcore.upkeep import Finding, Found

APPS: tuple[App, ...] = ("tiktok", "instagram")
NO_KEYBOARD = (
    "ADBKeyBoard is not installed: emoji depend on the first eye alone; give its APK with "
    "--keyboard, or put it beside the database"
)
_Failed = (PhoneError, AdbUnreachable)


class Preparer:
    """One phone, and what an operator demands of it."""

    def __init__(
        self, phone: AdbPhone, limits: Limits, *, keyboard: Path | None, profiles: Path
    ) -> None:
        self._phone, self._keyboard = phone, keyboard
        self._limits, self._profiles = limits, profiles

    async def look(self) -> list[Finding]:
        """Say how it is and what would be done; nothing is changed."""
        try:
            checkup = await self._phone.checkup(*_packages(APPS[0]))
            found = [*self._asleep(checkup), *self._device(_as_woken(checkup))]
            found += [finding async for finding in self._apps(checkup)]
            ready = await self._phone.readiness()
        except _Failed as error:
            return [_refused("phone", str(error))]
        found += [self._eye_is(), self._keyboard_is(ready)]
        return [*found, *(_how(s, ready) for s in SETTINGS)]

    async def act(self) -> list[Finding]:
        """Do what is needed; each thing that fails is told, and keeps no other from being done."""
        try:
            checkup = await inspect(self._phone, *_packages(APPS[0]))
            found = list(self._device(checkup))
            found += [finding async for finding in self._apps(checkup)]
            ready = await self._phone.readiness()
        except _Failed as error:
            return [_refused("phone", str(error))]
        found += [await self._open_eye(), await self._put_keyboard(ready)]
        return [*found, *[await self._make(setting, ready) for setting in SETTINGS]]

    def _asleep(self, checkup: Checkup) -> Iterator[Finding]:
        if checkup.awake is False or (checkup.locked and checkup.secure is not True):
            yield _needed("screen", "wake it")

    def _device(self, checkup: Checkup) -> Iterator[Finding]:
        hindrances = list(health.device_hindrances(checkup, self._limits))
        for reason, why in hindrances:
            yield _refused("phone", f"{why} {_sentence(ADVICE[reason])}")
        for what in health.unknown(checkup):
            yield Finding(name="phone", found=Found.UNKNOWN, text=what)
        if not hindrances:
            yield _fine("phone", "nothing keeps it from working")

    async def _apps(self, first: Checkup) -> AsyncIterator[Finding]:
        """An app that is missing is no fault while there is another one to post with."""
        checkups = {APPS[0]: first}
        for app in APPS[1:]:
            checkups[app] = await self._phone.checkup(*_packages(app))
        installed = {app: c for app, c in checkups.items() if c.app_installed}
        for app, checkup in installed.items():
            yield self._app_is(app, checkup)
        if not installed:
            unread = [app for app, c in checkups.items() if c.app_installed is None]
            found = Found.UNKNOWN if unread else Found.REFUSED
            text = f"none of {', '.join(APPS)} is installed; `tm install APK` installs one"
            yield Finding(name="apps", found=found, text=text)

    def _app_is(self, app: App, checkup: Checkup) -> Finding:
        if why := [said for _, said in health.app_hindrances(checkup, checkup.package)]:
            return _refused(app, " ".join(why))
        text = f"{checkup.package} {checkup.app_version or '(version unknown)'}"
        choice = catalog(self._profiles).choose(app, checkup.app_version)
        if unread := choice.unread(checkup.language):
            return _refused(app, f"{text}: {unread}")
        return _fine(app, text)

    def _eye_is(self) -> Finding:
        if not self._phone.uses_first_eye():
            return _fine("eye", f"uiautomator dump: {OFF}")
        if self._phone.eye == FIRST:
            return _fine("eye", FIRST)
        tried = self._phone.eye
        return _refused("eye", tried) if tried else _needed("eye", "start it once")

    async def _open_eye(self) -> Finding:
        if self._phone.eye == FIRST or not self._phone.uses_first_eye():
            return self._eye_is()
        try:
            await self._phone.look()
        except _Failed as error:
            return _refused("eye", str(error))
        if self._phone.eye == FIRST:
            return Finding(name="eye", found=Found.DONE, text=f"{FIRST} has started")
        return _refused("eye", self._phone.eye)

    def _keyboard_is(self, ready: Readiness) -> Finding:
        if ready.has_adb_keyboard is None:
            return Finding(name="keyboard", found=Found.UNKNOWN, text="the list cannot be read")
        if ready.has_adb_keyboard:
            return _fine("keyboard", "ADBKeyBoard")
        if self._keyboard is None:
            return _refused("keyboard", NO_KEYBOARD)
        return _needed("keyboard", f"install {self._keyboard.name}")

    async def _put_keyboard(self, ready: Readiness) -> Finding:
        found = self._keyboard_is(ready)
        if found.found is not Found.NEEDED or self._keyboard is None:
            return found
        try:
            await self._phone.install(self._keyboard)
            there = (await self._phone.readiness()).has_adb_keyboard
        except _Failed as error:
            return _refused("keyboard", str(error))
        if not there:
            return _refused("keyboard", f"{self._keyboard.name} is not ADBKeyBoard")
        return Finding(name="keyboard", found=Found.DONE, text="ADBKeyBoard is installed")

    async def _make(self, setting: Setting, ready: Readiness) -> Finding:
        """What was set is read again: some phones take a setting and keep their own."""
        if setting.is_met(ready):
            return _how(setting, ready)
        try:
            await self._phone.make(setting)
            is_met = setting.is_met(await self._phone.readiness())
        except _Failed as error:
            return _refused(setting.name, str(error))
        if not is_met:
            return _refused(setting.name, "the phone did not keep it; set it by hand")
        return Finding(name=setting.name, found=Found.DONE, text=setting.met)


def _packages(app: App) -> tuple[str, ...]:
    return tuple(profile_for(app).packages)


def _as_woken(checkup: Checkup) -> Checkup:
    """Return it as it will be once it is woken, which every run does first."""
    opens = checkup.locked and checkup.secure is not True
    return replace(
        checkup,
        awake=True if checkup.awake is False else checkup.awake,
        locked=False if opens else checkup.locked,
    )


def _how(setting: Setting, ready: Readiness) -> Finding:
    match setting.is_met(ready):
        case True:
            return _fine(setting.name, setting.met)
        case False:
            return _needed(setting.name, setting.wanted)
        case _:
            return Finding(name=setting.name, found=Found.UNKNOWN, text="it cannot be read")


def _fine(name: str, text: str) -> Finding:
    return Finding(name=name, found=Found.FINE, text=text)


def _needed(name: str, text: str) -> Finding:
    return Finding(name=name, found=Found.NEEDED, text=text)


def _refused(name: str, text: str) -> Finding:
    return Finding(name=name, found=Found.REFUSED, text=text)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
