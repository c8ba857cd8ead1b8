"""Who may act on a phone: the epoch there is compared in each command that changes something.

The epoch is the number of the attempt that took the phone over last; it only grows. So a command of
an earlier attempt that comes late, however late, is refused by the phone itself.
"""

from tmcore.errors import PhoneError, StaleEpoch, TmError
from tmcore.phone import commands
from tmcore.phone.commands import Folder
from tmcore.phone.link import Kind, Link
from tmcore.phone.port import PhoneForgot, PressResult
from tmcore.phone.screen import Node
from tmcore.phone.transport import Output

INPUT_S = 10.0  # `input` starts a Java program: 0.1 to 2 s on a slow phone
_PRESS_S = 5.0


class Owner:
    """One phone's owner in this process."""

    def __init__(self, serial: str, link: Link, folder: Folder) -> None:
        self._serial, self._link, self._folder = serial, link, folder
        self.epoch: int | None = None
        self._wrote: int | None = None  # the epoch that was sent last, answered or not

    async def own(self, epoch: int, sweep: str, borrowed: str) -> bool:
        """Sweep, and take the phone over. Return whether a keyboard was left borrowed.

        Raises StaleEpoch.
        """
        read = f"{sweep}; {self._folder.read_epoch()}; {borrowed}"
        said = await self._link.shell(
            read, kind=Kind.IDEMPOTENT, doing="read epoch", deadline_s=INPUT_S
        )
        if said.code == commands.FAILED:
            raise PhoneError(f"{self._serial} lets nothing be written to {self._folder.path}.")
        there, left_over, _ = said.text.partition(commands.BORROWED)
        there = there.strip()
        if there != str(epoch) or self._wrote != epoch:  # another process may count alike
            await self._take_over(there, epoch)
        self.epoch = epoch
        return bool(left_over)

    async def _take_over(self, there: str, epoch: int) -> None:
        if there and not (there.isascii() and there.isdigit() and int(there) < epoch):
            stale = StaleEpoch(f"{self._serial} is owned by run {there[:40]}, not by {epoch}.")
            if self.epoch is None and there.isascii() and there.isdigit():
                stale.ahead = int(there)
            raise stale
        if not there and self.epoch is not None and self.epoch >= epoch:
            raise StaleEpoch(f"{self._serial} was reset in the middle of run {epoch}.")
        self._wrote = epoch
        said = await self._link.shell(
            self._folder.write_epoch(there, epoch),
            kind=Kind.ONCE, doing="write epoch", deadline_s=INPUT_S,
        )  # fmt: skip
        if said.code == commands.STALE or said.text.strip() != str(epoch):
            raise StaleEpoch(f"{self._serial} would not take run {epoch} ({said.complaint}).")

    async def press(self, node: Node, marker: str) -> PressResult:
        if self.epoch is None:
            return PressResult.REFUSED
        command = self._folder.press(self.epoch, marker, *node.bounds.center)
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
            self._folder.void(self.number, marker, intended_in),
            kind=Kind.IDEMPOTENT, doing="void", deadline_s=INPUT_S,
        )  # fmt: skip
        self._refuse_stale(said)
        if said.code == commands.FORGOTTEN:
            raise PhoneForgot(
                f"{self._serial} was reset since that press; it cannot tell whether it happened."
            )
        if said.code not in (0, commands.TAKEN):
            raise PhoneError(f"{self._serial} could not void a press: {said.complaint}.")
        return said.code == 0

    async def change(
        self,
        command: str,
        doing: str,
        *,
        kind: Kind = Kind.ONCE,
        deadline_s: float = INPUT_S,
        must: bool = True,
    ) -> Output:
        """Run it where the phone says that we own it; `must` makes a failure an error."""
        said = await self._link.shell(
            self._folder.guarded(self.number, command),
            kind=kind, doing=doing, deadline_s=deadline_s,
        )  # fmt: skip
        self._refuse_stale(said)
        if must and said.code != 0:
            raise PhoneError(f"`{doing}` failed on {self._serial}: {said.complaint}.")
        return said

    @property
    def number(self) -> int:
        """Return the epoch. Raises StaleEpoch where there is none."""
        if self.epoch is None:
            raise StaleEpoch(f"Nobody owns {self._serial} yet: own() comes first.")
        return self.epoch

    def _refuse_stale(self, said: Output) -> None:
        if said.code == commands.STALE:
            raise StaleEpoch(f"A later run than {self.epoch} owns {self._serial}, or it was reset.")
