"""What a queue may do with the task that was running when it died; patched in for a trial only."""

from collections.abc import Callable

from tmcore.engine.recovery import Recovery
from tmcore.model import Change, PressOutcome
from tmcore.phone.commands import Folder
from tmcore.reasons import Reason

OURS = "ours: intent and marker"
AGAIN = "naive: running → pending"
GIVEN_UP = "naive: running → failed"
UNMARKED = "ours, marker taken out"


def _ours() -> None:
    """Leave the product as it is."""


def _again() -> None:
    """Take it for granted that nothing was pressed, as a queue that re-runs what died does."""

    async def granted(_: Recovery) -> bool:
        return True

    setattr(Recovery, "_contest", granted)  # noqa: B010 - mypy forbids the plain way


def _give_up() -> None:
    """Call what died failed, and mean that it did not happen."""

    async def failed(recovery: Recovery) -> Change:
        orphan, store = recovery._orphan, recovery._store
        if orphan.press:
            await store.set_press(orphan.task_id, orphan.gen, PressOutcome.VOID)
        return Change.fail(Reason.SCRIPT_ERROR, "the program ended")

    setattr(Recovery, "_verdict", failed)  # noqa: B010


def _unmark() -> None:
    """Press without the marker on the phone: recovery then always wins it."""

    def press(folder: Folder, epoch: int, _marker: str, x: int, y: int) -> str:
        return folder.guarded(epoch, f"sync; input tap {x} {y}")

    setattr(Folder, "press", press)  # noqa: B010


POLICIES: dict[str, Callable[[], None]] = {
    OURS: _ours, AGAIN: _again, GIVEN_UP: _give_up, UNMARKED: _unmark,
}  # fmt: skip
