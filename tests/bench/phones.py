"""How soon a due task runs on 200 phones, and how soon a stopped one frees its phone."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from tests.bench.table import Row, percentile
from tests.engine.conftest import a_post, armed, at_step, device_is, until
from tmcore import AdbServer, DeviceState, NewTask, Rack
from tmcore.store.changes import Claimed
from tmcore.store.store import utc_now
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack

PHONES, STOPS = 200, 20


async def measure(folder: Path, video: Path) -> list[Row]:
    with PrivateAdb() as adb:
        with VirtualRack(adb.port, PHONES) as phones:
            server = AdbServer("127.0.0.1", adb.port)
            async with _rack(folder / "starts.db", server, video, phones) as rack:
                rows = [_memory(), await _spread(rack, phones, video)]
            async with _rack(folder / "instant.db", server, video, phones) as rack:
                rows.append(await _same_instant(rack, phones, video))
        with VirtualRack(adb.port, 1) as phones:
            async with _rack(folder / "stops.db", server, video, phones) as rack:
                rows += [
                    await _stop(rack, phones, video, frozen=False),
                    await _stop(rack, phones, video, frozen=True),
                ]
    return rows


@asynccontextmanager
async def _rack(
    path: Path, server: AdbServer, video: Path, phones: VirtualRack
) -> AsyncIterator[Rack]:
    async with Rack(path, adb=server) as rack:
        await rack.change_settings({"media_folders": [str(video.parent)]})
        await until(lambda: _all_ready(rack, len(phones.serials)))
        yield rack


async def _all_ready(rack: Rack, count: int) -> bool:
    return len(await rack.devices(DeviceState.READY)) == count


def _memory() -> Row:
    """The process that runs the rack: queue, watch and 200 phones' lanes."""
    [line] = [x for x in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in x]
    return Row(f"memory with {PHONES} phones", f"{int(line.split()[1]) / 1024:.0f} MB")


async def _spread(rack: Rack, phones: VirtualRack, video: Path) -> Row:
    """One arrival each 150 ms, each on an idle phone, due at once."""
    lags = _watch_starts(rack, dict.fromkeys(phones.serials, 0.0))
    due = lags.due
    for serial in phones.serials:
        due[serial] = time.monotonic()
        await rack.create(a_post(video, serial))
        await asyncio.sleep(0.15)
    return _row("due → running, arrivals spread, p99", lags, "≤ 50 ms")


async def _same_instant(rack: Rack, phones: VirtualRack, video: Path) -> Row:
    at = utc_now() + timedelta(seconds=2)
    moment = time.monotonic() + 2
    lags = _watch_starts(rack, dict.fromkeys(phones.serials, moment))
    new = a_post(video, *phones.serials)
    await rack.create(NewTask(**{**new.model_dump(), "start_at": at}))
    await until(lambda: _started(lags))
    return _row(f"due → running, {PHONES} at one instant, p99", lags, "≤ 250 ms")


class _Lags:
    """How late each phone's task was started."""

    def __init__(self, due: dict[str, float]) -> None:
        self.due, self.seconds = due, dict[str, float]()


def _watch_starts(rack: Rack, due: dict[str, float]) -> _Lags:
    lags, launch = _Lags(due), rack._crew.launch

    def launched(claimed: Claimed) -> None:
        lags.seconds[claimed.serial] = time.monotonic() - lags.due[claimed.serial]
        launch(claimed)

    rack._scheduler._launch = launched
    return lags


async def _started(lags: _Lags) -> bool:
    return len(lags.seconds) == PHONES


def _row(what: str, lags: _Lags, aim: str) -> Row:
    p99 = percentile(list(lags.seconds.values()), 0.99) * 1000
    middle = percentile(list(lags.seconds.values()), 0.5) * 1000
    return Row(what, f"{p99:.0f} ms", f"median {middle:.0f} ms", aim=aim)


async def _stop(rack: Rack, phones: VirtualRack, video: Path, *, frozen: bool) -> Row:
    """Healthy: until the phone may take the next task. Frozen: until the task has ended."""
    serial, times = phones.serials[0], []
    for _ in range(STOPS):
        if frozen:
            phones.fault(serial, "freeze", when={"command": "dumpWindowHierarchy"})
        task_id = (await rack.create(a_post(video, serial))).task_ids[0]
        if frozen:
            await until(lambda: armed(phones, serial, "freeze"))
        else:
            await at_step(rack, task_id, "create")
        started = time.monotonic()
        await rack.stop(task_id)
        if not frozen:
            await device_is(rack, serial, DeviceState.READY)
        times.append(time.monotonic() - started)
        phones.heal(serial)
        await device_is(rack, serial, DeviceState.READY)
    name = "frozen phone: stop → ended" if frozen else "healthy phone: stop → device free"
    return Row(f"{name}, p99", f"{percentile(times, 0.99) * 1000:.0f} ms", aim="≤ 2 s")
