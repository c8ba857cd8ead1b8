"""AdbPhone: the one adapter of the port, over adb's shell.

What is said is in commands.py, what is heard in parse.py, how it travels in link.py. Here is what a
phone does with an answer: which error it means, what may be tried again, and when it is true.
"""

import asyncio
import secrets
from pathlib import Path

from tmcore.errors import (
    PhoneError,
    PushFailed,
    ScriptFailed,
    StaleEpoch,
    StorageFull,
    TmError,
    UiUnreadable,
)
from tmcore.phone import commands, parse
from tmcore.phone.commands import Folder
from tmcore.phone.link import Kind, Link
from tmcore.phone.port import ALBUM, Checkup, MediaRow, PhoneForgot, PressResult, Progress
from tmcore.phone.screen import Node, Screen, parse_dump
from tmcore.phone.server import AdbServer
from tmcore.phone.transport import Output
from tmcore.phone.upload import Upload
from tmcore.reasons import Reason

_INPUT_S = 10.0  # `input` starts a Java program: 0.1 to 2 s on a slow phone
_PRESS_S = 5.0
_LOOK_S, _DUMP_S = 40.0, 20.0  # a dump waits up to 10 s for the screen to idle
_SCREENSHOT_BYTES = 20_000_000
_SLOWEST_PUSH = 1_000_000  # bytes a second: USB 2 shared by a hub of phones
_SLOWEST_HASH = 10_000_000


class AdbPhone:
    """One phone by its hardware serial, at whichever address it is now."""

    def __init__(self, serial: str, address: str, server: AdbServer, owner: str) -> None:
        self._serial = serial
        self._folder = Folder(owner)
        self._link = Link(serial, address, server)
        self._epoch: int | None = None
        self._looks = 0
        self._compressed = False  # the app's screen never idled
        self._shows_windows = False  # … and all of them were read once
        self._token = secrets.token_hex(4)

    @property
    def serial(self) -> str:
        return self._serial

    @property
    def address(self) -> str:
        return self._link.address

    def move(self, address: str) -> None:
        """Reach the phone at this address from now on."""
        self._link.move(address)

    @property
    def looks(self) -> int:
        return self._looks

    @property
    def is_settled(self) -> bool:
        return self._link.is_settled

    async def settle(self) -> None:
        await self._link.settle()

    async def probe(self, deadline_s: float = 3) -> None:
        await self._link.echo(deadline_s)

    def close(self) -> None:
        """Cut what runs and end both threads."""
        self._link.close()

    # Who may act

    async def own(self, epoch: int) -> None:
        read = f"{commands.sweep(self._folder)}; {self._folder.read_epoch()}"
        said = await self._link.shell(
            read, kind=Kind.IDEMPOTENT, doing="read epoch", deadline_s=_INPUT_S
        )
        if said.code == commands.FAILED:
            raise PhoneError(f"{self.serial} lets nothing be written to {self._folder.path}.")
        there = said.text.strip()
        if there != str(epoch):
            await self._take_over(there, epoch)
        self._epoch = epoch

    async def _take_over(self, there: str, epoch: int) -> None:
        if there and not (there.isascii() and there.isdigit() and int(there) < epoch):
            raise StaleEpoch(f"{self.serial} is owned by run {there[:40]}, not by {epoch}.")
        if not there and self._epoch is not None and self._epoch >= epoch:
            raise StaleEpoch(f"{self.serial} was reset in the middle of run {epoch}.")
        said = await self._link.shell(
            self._folder.write_epoch(there, epoch),
            kind=Kind.ONCE, doing="write epoch", deadline_s=_INPUT_S,
        )  # fmt: skip
        if said.code == commands.STALE or said.text.strip() != str(epoch):
            raise StaleEpoch(f"{self.serial} would not take run {epoch} ({said.complaint}).")

    async def press(self, node: Node, marker: str) -> PressResult:
        if self._epoch is None:
            return PressResult.REFUSED
        command = self._folder.press(self._epoch, marker, *node.bounds.center)
        try:
            said = await self._link.shell(
                command, kind=Kind.PRESS, doing="press", deadline_s=_PRESS_S
            )
        except TmError:
            return PressResult.UNKNOWN
        if said.code in (commands.STALE, commands.TAKEN):
            return PressResult.REFUSED
        return PressResult.PRESSED if said.code == 0 else PressResult.UNKNOWN

    async def void(self, marker: str, intended_in: int) -> bool:
        said = await self._link.shell(
            self._folder.void(self._owned(), marker, intended_in),
            kind=Kind.IDEMPOTENT, doing="void", deadline_s=_INPUT_S,
        )  # fmt: skip
        self._refuse_stale(said)
        if said.code == commands.FORGOTTEN:
            raise PhoneForgot(
                f"{self.serial} was reset since that press; it cannot tell whether it happened."
            )
        if said.code not in (0, commands.TAKEN):
            raise PhoneError(f"{self.serial} could not void a press: {said.complaint}.")
        return said.code == 0

    # How it is

    async def checkup(self, package: str) -> Checkup:
        said = await self._read(commands.checkup(_package(package)), "checkup", 20)
        return parse.checkup(said.text)

    async def wake(self) -> None:
        await self._change(commands.WAKE, "wake", kind=Kind.IDEMPOTENT)

    async def foreground(self) -> str:
        return parse.foreground((await self._read(commands.FOREGROUND, "foreground")).text)

    # Files

    async def push(self, source: Path, name: str, progress: Progress) -> str:
        upload = Upload(source, progress)
        target = f"{ALBUM}/{commands.named(name)}"
        draft = f"{ALBUM}/.{name}.{self._owned()}.part"
        await self._change(commands.make_room(ALBUM), "mkdir", kind=Kind.IDEMPOTENT)
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

    # Apps

    async def start_app(self, package: str) -> None:
        self._compressed = False
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
        """Dump until one can be read: an idle error asks for less, a null root for another try.

        An idle error costs ten seconds, so the next looks begin with less until an app is started.
        A phone that has never shown all its windows is asked for the active one; one that has is
        not: what floats would seem to be gone.
        """
        clock = asyncio.get_running_loop()
        end, pause_s, complaint = clock.time() + _LOOK_S, 0.25, ""
        empty, compressed = None, self._compressed
        while (left := end - clock.time()) > pause_s:
            try:
                screen = await self._dump(compressed, windows, min(_DUMP_S, left))
                if screen.nodes or empty:
                    return screen
                empty, compressed = screen, True  # a playing video may empty the full tree
            except UiUnreadable as error:
                complaint = str(error)
                if "idle" in complaint:
                    self._compressed = compressed = True
                elif not self._shows_windows:
                    windows = False
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LOOK_S / 8)
        if empty:
            return empty
        raise UiUnreadable(f"The screen of {self.serial} could not be read: {complaint}")

    async def _dump(self, compressed: bool, windows: bool, deadline_s: float) -> Screen:
        self._looks += 1
        file = commands.look_file(self._folder, f"{self._token}-{self._looks}")
        said = await self._read(
            commands.dump(file, compressed=compressed, windows=windows), "look", deadline_s
        )
        talk, _, xml = said.stdout.partition(b"@@xml")
        spoken = parse.dump_complaint((talk + b"\n" + said.stderr).decode(errors="replace"))
        if not xml.strip():
            raise UiUnreadable(spoken or "the dump is empty")
        try:
            screen = parse_dump(xml)
        except UiUnreadable as error:  # what follows may be the shell's own complaint
            raise UiUnreadable(spoken or str(error)) from error
        self._shows_windows = self._shows_windows or (windows and b"<displays" in xml)
        return screen

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
        await self._change(command, "type", deadline_s=_INPUT_S + len(text) / 20)

    # How all of it is said

    async def _read(
        self, command: str, doing: str, deadline_s: float = _INPUT_S, limit: int = 8_000_000
    ) -> Output:
        return await self._link.shell(
            command, kind=Kind.READ, doing=doing, deadline_s=deadline_s, limit=limit
        )

    async def _change(
        self,
        command: str,
        doing: str,
        *,
        kind: Kind = Kind.ONCE,
        deadline_s: float = _INPUT_S,
        must: bool = True,
    ) -> Output:
        """Run it where the phone says that we own it; `must` makes a failure an error."""
        said = await self._link.shell(
            self._folder.guarded(self._owned(), command),
            kind=kind, doing=doing, deadline_s=deadline_s,
        )  # fmt: skip
        self._refuse_stale(said)
        if must and said.code != 0:
            raise PhoneError(f"`{doing}` failed on {self.serial}: {said.complaint}.")
        return said

    def _owned(self) -> int:
        if self._epoch is None:
            raise StaleEpoch(f"Nobody owns {self.serial} yet: own() comes first.")
        return self._epoch

    def _refuse_stale(self, said: Output) -> None:
        if said.code == commands.STALE:
            raise StaleEpoch(f"A later run than {self._epoch} owns {self.serial}, or it was reset.")

    def __repr__(self) -> str:
        return f"<AdbPhone {self.serial} at {self.address}, epoch {self._epoch}>"


def _package(name: str) -> str:
    if not parse.is_package(name):
        raise PhoneError(f"{name!r} is no package name.")
    return name


def _ours(remote: str) -> str:
    """Return a path in our album; nothing else on a phone is ours to touch."""
    folder, _, name = remote.rpartition("/")
    if folder != ALBUM:
        raise PhoneError(f"{remote!r} is not in {ALBUM}.")
    return f"{folder}/{commands.named(name)}"
