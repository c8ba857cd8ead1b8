"""ADBKeyBoard, borrowed for a caption: it commits any text, where `input text` knows ASCII only.

Whose place it takes is noted on the phone before anything is changed. So a crash, a cut or a lost
phone leaves a note, and the next run that owns the phone gives the keyboard back.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from tmcore.errors import AdbUnreachable, PhoneError
from tmcore.phone import commands
from tmcore.phone.commands import Folder
from tmcore.phone.link import Kind
from tmcore.phone.transport import Output


class Change(Protocol):
    """Runs a command where the phone says that we own it."""

    async def __call__(self, command: str, doing: str, *, kind: Kind = ...) -> Output: ...


class BorrowedKeyboard:
    """The keyboard of one phone."""

    def __init__(self, change: Change, folder: Folder) -> None:
        self._change, self._folder = change, folder

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[None]:
        """Use ADBKeyBoard meanwhile. Raises PhoneError where it cannot be used."""
        try:
            await self._change(
                commands.take_keyboard(self._folder), "take keyboard", kind=Kind.IDEMPOTENT
            )
            yield
        except BaseException:
            with suppress(PhoneError, AdbUnreachable):  # the note stays; what failed first is told
                await self.give_back()
            raise
        await self.give_back()

    async def give_back(self) -> None:
        await self._change(
            commands.give_back_keyboard(self._folder), "give keyboard back", kind=Kind.IDEMPOTENT
        )
