"""Tells people what waits for them, by whatever apprise reaches: mail, chat, a phone.

Where to stands in a file of apprise's own beside the database (`notify.yml`), since the addresses
are secrets: whoever may read the settings must not read them.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tmcore.devices import Device, DeviceState
from tmcore.errors import BadInput
from tmcore.events import Event, EventKind
from tmcore.model import COMPLETED, FAILED, Stats, Task, TaskCount
from tmcore.reasons import ADVICE, Reason
from tmcore.rules.calendar import MINUTE, next_clock_time
from tmcore.rules.holds import HOLDS
from tmcore.settings import Settings

logger = logging.getLogger("tmserve.alerts")

FILE = "notify.yml"
GATHER_S = 20.0  # fifty phones on one hub fail together: that is one message
MOST_LINES = 20
DAY = timedelta(days=1)

Send = Callable[[str, str], Awaitable[bool]]  # title, body → whether every address took it


class Told(Protocol):
    """What is asked of the rack."""

    def events(self, after: int | None = None) -> AsyncIterator[Event]: ...
    async def stats(self) -> Stats: ...
    async def settings(self) -> Settings: ...
    async def devices(self) -> Any: ...
    async def ended_since(self, since: datetime) -> tuple[TaskCount, ...]: ...


def sender(file: Path) -> Send:
    """Read apprise's file. Raises BadInput where it names nobody, or apprise is not installed."""
    try:
        import apprise  # noqa: PLC0415 - an extra: only who is notified needs it
    except ImportError:
        raise BadInput.of(str(file), "needs apprise: pip install 'tmrack[notify]'") from None
    config = apprise.AppriseConfig()
    config.add(str(file))
    notify = apprise.Apprise()
    notify.add(config)
    if not len(notify):
        raise BadInput.of(
            str(file), "names no address that apprise knows; such as: urls: [mailto://…]"
        )

    async def send(title: str, body: str) -> bool:
        return bool(await notify.async_notify(title=title, body=body))

    return send


@asynccontextmanager
async def alerts(rack: Told, send: Send, gather_s: float = GATHER_S) -> AsyncIterator[None]:
    """Tell people while this is held."""
    desk = Alerts(rack, send, gather_s)
    running = [asyncio.create_task(desk.watch()), asyncio.create_task(desk.report())]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)


class Alerts:
    """Gathers what happened for a moment, then sends it as one message."""

    def __init__(self, rack: Told, send: Send, gather_s: float) -> None:
        self._rack, self._send, self._gather_s = rack, send, gather_s
        self._quarantined: set[str] = set()

    async def watch(self) -> None:
        """Tell of what needs a person, from now on."""
        lines: list[str] = []
        sending: asyncio.Task[None] | None = None
        async for event in self._rack.events():
            if not (line := self._line(event)):
                continue
            lines.append(line)
            if sending is None or sending.done():
                sending = asyncio.create_task(self._flush(lines))

    async def report(self) -> None:
        """Send the digest at its time of day, for ever."""
        while True:
            now = datetime.now(UTC)
            due = next_digest(await self._rack.settings(), now)
            # a setting may change, and a clock may jump: look again in a minute
            await asyncio.sleep(min((due - now).total_seconds(), 60) if due else 60)
            if due and datetime.now(UTC) >= due:
                await self._tell("Rack: the last day", await self._digest(due))

    async def _flush(self, lines: list[str]) -> None:
        while lines:
            await asyncio.sleep(self._gather_s)
            told, more = lines[:MOST_LINES], len(lines) - MOST_LINES
            lines.clear()
            if more > 0:
                told.append(f"and {more} more: tm tasks")
            await self._tell("Rack: needs you", "\n".join(told))

    async def _tell(self, title: str, body: str) -> None:
        try:
            taken = await self._send(title, body)
        except Exception:  # a plugin of apprise may raise anything; the next message may pass
            logger.exception("nobody could be notified")
        else:
            if not taken:
                logger.warning("not everybody in %s could be notified", FILE)

    async def _digest(self, now: datetime) -> str:
        counts = await self._rack.ended_since(now - DAY)
        return digest(counts, await self._rack.stats(), await self._rack.devices())

    def _line(self, event: Event) -> str:
        if event.device:
            return self._device(event.device)
        if event.kind is EventKind.SCHEDULE and event.change in ("miss", "refuse"):
            return f"schedule {event.schedule_id}: {event.change} ({event.text})"
        return task_line(event.task, event.change) if event.task else ""

    def _device(self, device: Device) -> str:
        """Tell of a quarantine once, not at each change of the phone's facts."""
        if device.state is not DeviceState.QUARANTINED:
            self._quarantined.discard(device.serial)
            return ""
        if device.serial in self._quarantined:
            return ""
        self._quarantined.add(device.serial)
        return f"{device.label or device.serial} is quarantined: {device.why}"


def task_line(task: Task, change: str) -> str:
    """Say what a person has to do about a task's end; nothing where there is nothing."""
    if change not in ("fail", "miss") or task.reason is None:
        return ""
    urgent = task.reason in HOLDS or task.reason in (Reason.OUTCOME_UNKNOWN, Reason.MISSED)
    if not urgent:
        return ""
    account = f" @{task.username}" if task.username else ""
    advice = ADVICE.get(task.reason, task.remark).replace("ID", str(task.id))
    return f"task {task.id} on {task.serial}{account}: {task.reason}: {advice}"


def digest(counts: tuple[TaskCount, ...], stats: Stats, devices: list[Device]) -> str:
    """Put the last day into a few lines: what was posted, what failed, what waits."""
    posted = sum(count.n for count in counts if count.status is COMPLETED)
    failed = [count for count in counts if count.status is FAILED]
    lines = [f"{posted} completed, {sum(count.n for count in failed)} failed"]
    lines += [f"  {count.n} {count.reason}" for count in sorted(failed, key=lambda c: -c.n)]
    lines.append(f"{stats.pending} wait, {stats.needs_review} need you")
    idle = (DeviceState.READY, DeviceState.BUSY)
    if away := [d.label or d.serial for d in devices if d.state not in idle]:
        shown = ", ".join(away[:MOST_LINES])
        lines.append(f"{len(away)} of {len(devices)} phones are not ready: {shown}")
    return "\n".join(lines)


def next_digest(settings: Settings, now: datetime) -> datetime | None:
    """Return when the next digest is due, after the present minute; None where none is wanted."""
    if not settings.digest_at:
        return None
    return next_clock_time(settings.digest_at, now + MINUTE, ZoneInfo(settings.time_zone))
