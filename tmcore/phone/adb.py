"""AdbPhone: the one adapter of the port, over adb's shell.

What is said is in commands.py, what is heard in parse.py, how it travels in link.py. Here is what a
phone does with an answer: which error it means, what may be tried again, and when it is true.
"""

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tmcore.errors import (
    PhoneError,
    PushFailed,
    ScriptFailed,
    StorageFull,
    UiUnreadable,
)
from tmcore.phone import commands, installing, parse, preparing
from tmcore.phone.commands import ADB_KEYBOARD, Folder
from tmcore.phone.eyes import Eyes
from tmcore.phone.installing import InstallFailed
from tmcore.phone.keyboard import BorrowedKeyboard
from tmcore.phone.link import Kind, Link
from tmcore.phone.owner import INPUT_S, Owner
from tmcore.phone.port import (
    ALBUMS,
    Checkup,
    MediaRow,
    PressResult,
    Progress,
    album_of,
)
from tmcore.phone.preparing import Readiness, Setting
from tmcore.phone.screen import Node, Screen
from tmcore.phone.server import AdbServer
from tmcore.phone.transport import Output
from tmcore.phone.upload import Upload
from tmcore.reasons import Reason

_INSTALL_S = 300.0  # a slow phone compiles a large app meanwhile
_SWIPE_MS = 600  # slower than a fling
_SCREENSHOT_BYTES = 20_000_000
_SLOWEST_PUSH = 1_000_000  # bytes a second: USB 2 shared by a hub of phones
_SLOWEST_HASH = 10_000_000


class AdbPhone:
    """One phone by its hardware serial, at whichever address it is now."""

    def __init__(
        self,
        serial: str,
        address: str,
        server: AdbServer,
        owner: str,
        uses_first_eye: Callable[[], bool] = lambda: True,
    ) -> None:
        self._serial, self.uses_first_eye = serial, uses_first_eye
        self._folder = Folder(owner)
        self._link = Link(serial, address, server)
        self._owner = Owner(serial, self._link, self._folder)
        self._change = self._owner.change
        self._keyboard = BorrowedKeyboard(self._change, self._folder)
        self._eyes = Eyes(serial, self._link, self._folder, uses_first_eye)

    @property
    def serial(self) -> str:
        return self._serial

    @property
    def address(self) -> str:
        return self._link.address

    def move(self, address: str) -> None:
        """Reach the phone at this address from now on."""
        self._link.move(address)
        self._eyes.forget()

    @property
    def is_settled(self) -> bool:
        return self._link.is_settled

    async def settle(self) -> None:
        await self._link.settle()

    async def probe(self, deadline_s: float = 3) -> None:
        await self._link.echo(deadline_s)

    def let_go(self) -> None:
        """Close what is held open to the phone; the next look opens it again."""
        self._eyes.close()

    def close(self) -> None:
        """Cut what runs, here and on the phone, and end all threads."""
        self._eyes.close()
        self._link.close()

    # Who may act

    async def own(self, epoch: int) -> None:
        sweep = commands.sweep(self._folder)
        if not self._eyes.is_running:
            sweep += f"; {commands.end_server(self._folder)}"
        borrowed = commands.has_borrowed_keyboard(self._folder)
        if await self._owner.own(epoch, sweep, borrowed):
            await self._keyboard.give_back()

    async def press(self, node: Node, marker: str) -> PressResult:
        return await self._owner.press(node, marker)

    async def void(self, marker: str, intended_in: int) -> bool:
        return await self._owner.void(marker, intended_in)

    # How it is

    async def checkup(self, *packages: str, user: int = 0) -> Checkup:
        command = commands.checkup([_package(name) for name in packages], user)
        before = time.time()
        said = await self._read(command, "checkup", 20)
        return parse.checkup(said.text, packages, user, (before, time.time()))

    async def readiness(self) -> Readiness:
        return preparing.readiness((await self._read(preparing.READ, "settings")).text)

    async def make(self, setting: Setting) -> None:
        await self._change(setting.command, setting.name, kind=Kind.IDEMPOTENT)

    async def wake(self) -> None:
        await self._change(commands.WAKE, "wake", kind=Kind.IDEMPOTENT)

    async def foreground(self) -> str:
        return parse.foreground((await self._read(commands.FOREGROUND, "foreground")).text)

    # Files

    async def push(self, source: Path, name: str, progress: Progress) -> str:
        upload = Upload(source, progress)
        album = album_of(name)
        target = f"{album}/{commands.named(name)}"
        draft = f"{album}/.{name}.{self._owner.number}.part"
        await self._change(commands.make_room(album), "mkdir", kind=Kind.IDEMPOTENT)
        try:
            await self._send(upload, draft)
        except PushFailed:
            await self._change(commands.delete(draft), "rm", kind=Kind.IDEMPOTENT)
            raise
        await self._change(commands.rename(draft, target), "mv")
        return target

    async def _send(self, upload: Upload, draft: str) -> None:
        try:
            await self._link.push(upload.chunks, draft, deadline_s=60 + upload.size / _SLOWEST_PUSH)
        except PushFailed as error:
            raise await self._why_refused(upload, error) from error
        said = await self._read(commands.digest(draft), "verify", 30 + upload.size / _SLOWEST_HASH)
        if wrong := upload.complaint(said.text):
            raise PushFailed(f"The copy on {self.serial} is broken: {wrong}.")

    async def _why_refused(self, upload: Upload, error: PushFailed) -> PhoneError:
        """Ask `df` whether it was for want of space; adb says little more than FAIL."""
        free = parse.free_bytes((await self._read(commands.FREE, "df")).text)
        if free is None or free >= upload.size:
            return error
        return StorageFull(
            f"{self.serial} has {free:,} bytes free and the file has {upload.size:,}; free some."
        )

    async def scan(self, remote: str) -> None:
        said = await self._change(
            commands.scan(_ours(remote)), "scan", kind=Kind.IDEMPOTENT, must=False
        )
        if said.code == 0 and parse.is_scanned(said.text):
            return
        said = await self._change(
            commands.scan_by_broadcast(remote), "scan", kind=Kind.IDEMPOTENT, must=False
        )
        if said.code != 0 or not parse.is_broadcast(said.text):
            raise ScriptFailed(
                Reason.SCAN_FAILED, f"{self.serial} did not scan the file: {said.complaint}."
            )

    async def media_row(self, remote: str) -> MediaRow | None:
        said = await self._read(commands.media_row(remote), "media row")
        return parse.media_row(said.text, remote)

    async def remove(self, remote: str) -> None:
        await self._change(
            f"{commands.delete(_ours(remote))} && {{ {commands.forget(remote)}; true; }}",
            "remove", kind=Kind.IDEMPOTENT,
        )  # fmt: skip

    async def album(self) -> tuple[str, ...]:
        await self._change(commands.drop_drafts(ALBUMS), "drop drafts", kind=Kind.IDEMPOTENT)
        said = await self._read(commands.list_files(ALBUMS), "list files")
        return tuple(path for path in said.text.split() if _is_ours(path))

    # Apps

    async def sharers(self, package: str, mime: str) -> tuple[str, ...]:
        said = await self._read(commands.sharers(_package(package), mime), "find activities")
        return parse.activities(said.text, package)

    async def share(self, component: str, mime: str, media_uri: str) -> bool:
        self._eyes.start_afresh()
        said = await self._change(
            commands.share(component, mime, media_uri), "share", kind=Kind.ONCE, must=False
        )
        refused = parse.is_refused(said.complaint) or parse.is_refused(said.text)
        return said.code == 0 and not refused

    async def view(self, url: str, package: str) -> bool:
        self._eyes.start_afresh()
        said = await self._change(
            commands.view(url, _package(package)), "open address", kind=Kind.IDEMPOTENT, must=False
        )
        refused = parse.is_refused(said.complaint) or parse.is_refused(said.text)
        return said.code == 0 and not refused

    async def install(self, source: Path) -> None:
        """Push an APK and install it. Raises InstallFailed with Android's words and an advice."""
        remote = installing.remote_apk(source.name, self._owner.number)
        await self._change(commands.make_room(remote.rpartition("/")[0]), "mkdir")
        try:
            await self._send(Upload(source, lambda _: None), remote)
            said = await self._change(
                installing.install(remote), "install", deadline_s=_INSTALL_S, must=False
            )
        finally:
            await self._change(installing.clean_up(remote), "clean up", kind=Kind.IDEMPOTENT)
        if failure := installing.failure(f"{said.text}\n{said.complaint}"):
            raise InstallFailed(failure)

    async def start_app(self, package: str) -> None:
        self._eyes.start_afresh()
        found = await self._read(commands.resolve(_package(package)), "find app")
        component = parse.component(found.text) or ""
        command = (
            commands.start(component)
            if component.startswith(f"{package}/")
            else commands.start_by_monkey(package)
        )
        said = await self._change(command, "start app", kind=Kind.IDEMPOTENT, must=False)
        if said.code != 0 or parse.is_refused(said.complaint) or parse.is_refused(said.text):
            raise ScriptFailed(
                Reason.APP_MISSING, f"{package} does not start on {self.serial}: {said.complaint}."
            )

    async def stop_app(self, package: str) -> None:
        await self._change(commands.stop(_package(package)), "stop app", kind=Kind.IDEMPOTENT)

    # The screen

    async def look(self, *, windows: bool = False) -> Screen:
        return await self._eyes.look(windows=windows)

    @property
    def looks(self) -> int:
        return self._eyes.looks

    @property
    def eye(self) -> str:
        return self._eyes.said

    @property
    def blind(self) -> bool:
        """Whether no eye could read its screen the last time."""
        return self._eyes.blind

    async def restart_eye(self) -> None:
        """Start what reads the screen afresh, and read it once. Raises UiUnreadable."""
        await self._eyes.restart()

    async def reboot(self) -> None:
        """Restart the phone; returns when it has been told, not when it is back."""
        await self._link.reboot()

    async def open_eye(self) -> str:
        return await self._eyes.open_first()

    async def rest_eye(self) -> None:
        """End the first eye's server, where it runs."""
        await self._eyes.rest()

    async def screenshot(self) -> bytes:
        said = await self._read("screencap -p", "screenshot", 15, limit=_SCREENSHOT_BYTES)
        if (png := parse.png(said.stdout)) is None:
            raise UiUnreadable(f"{self.serial} sent no picture of its screen.")
        return png

    # Hands

    async def tap(self, node: Node) -> None:
        await self.tap_at(*node.bounds.center)

    async def tap_at(self, x: int, y: int) -> None:
        await self._change(commands.tap(x, y), "tap")

    async def swipe(self, x: int, y: int, to_x: int, to_y: int) -> None:
        await self._change(commands.swipe(x, y, to_x, to_y, _SWIPE_MS), "swipe")

    async def key(self, code: int) -> None:
        await self._change(commands.key(code), "key")

    async def type_text(self, text: str) -> None:
        if not text:
            return
        if not (text.isascii() and text.isprintable()):
            raise ScriptFailed(
                Reason.IME_MISSING,
                "`input text` types printable ASCII only; this needs a keyboard.",
            )
        command = commands.type_text(text)
        await self._change(command, "type", deadline_s=INPUT_S + len(text) / 20)

    async def set_text(self, text: str) -> str | None:
        await self._change("true", "own")  # what the eye sets is guarded by no epoch
        return await self._eyes.set_text(text)

    async def has_keyboard(self) -> bool:
        return ADB_KEYBOARD in (await self._read(commands.KEYBOARDS, "keyboards")).text.split()

    def keyboard(self) -> AbstractAsyncContextManager[None]:
        return self._keyboard.borrowed()

    async def commit_text(self, text: str) -> None:
        pieces = 1 + len(text.encode()) / 600
        await self._change(commands.commit_text(text), "commit", deadline_s=INPUT_S * pieces)

    # How all of it is said

    async def _read(
        self, command: str, doing: str, deadline_s: float = INPUT_S, limit: int = 8_000_000
    ) -> Output:
        return await self._link.shell(
            command, kind=Kind.READ, doing=doing, deadline_s=deadline_s, limit=limit
        )

    def __repr__(self) -> str:
        return f"<AdbPhone {self.serial} at {self.address}, epoch {self._owner.epoch}>"


def _package(name: str) -> str:
    if not parse.is_package(name):
        raise PhoneError(f"{name!r} is no package name.")
    return name


def _is_ours(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return folder in ALBUMS and parse.is_ours(name)


def _ours(remote: str) -> str:
    """Return a path in our albums; nothing else on a phone is ours to touch."""
    folder, _, name = remote.rpartition("/")
    if folder not in ALBUMS:
        raise PhoneError(f"{remote!r} is in neither of {', '.join(ALBUMS)}.")
    return f"{folder}/{commands.named(name)}"
