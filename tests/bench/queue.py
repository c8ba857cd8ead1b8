"""The queue beside raw sqlite3: same file format, same schema, same triggers, same fsync."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench.load import measure, request
from tests.bench.table import Row
from tests.store.conftest import a_draft
from tmcore import AdbServer, NewTask, Rack
from tmcore.devices import Device, DeviceState
from tmcore.model import Change, Source, TaskQuery, TaskStatus
from tmcore.reasons import Reason
from tmcore.store import changes
from tmcore.store.store import Store, utc_now
from tmcore.store.writer import connect
from tmserve.app import Server

CALLERS, ROUNDS = 16, 3
NO_ADB = AdbServer("127.0.0.1", 9)  # nothing listens there: no phone disturbs the queue
BODY = '{"captions": "' + "x" * 280 + '"}'
PAST = utc_now() - timedelta(hours=1)
DEVICES = [f"BENCH{n:03}" for n in range(50)]


async def creates(folder: Path, video: Path) -> list[Row]:
    """Durable creates per second with 16 callers at once."""
    floors, racks, https, batches, raw_batches = [], [], [], [], []
    for turn in range(ROUNDS):
        path = folder / f"create{turn}.db"
        async with Rack(path, adb=NO_ADB) as rack:
            await rack.change_settings({"media_folders": [str(video.parent)]})
            await rack._store.save_device(Device(serial="BENCH000", state=DeviceState.AWAY))
        async with Rack(path, adb=NO_ADB) as rack:
            new = NewTask(
                serials=("BENCH000",),
                script_name="post",
                script_config={"material_list": [str(video)], "captions": "a b c"},
            )
            racks.append(await _rate(partial(rack.create, new), 1500))
            async with Server(rack, port=0) as server:
                https.append(await _http_rate(server.port, new, folder))
            store = rack._store
            drafts = [a_draft("BENCH000", script_config=BODY) for _ in range(1000)]
            started = time.perf_counter()
            for _ in range(5):
                await store.insert(drafts)
            batches.append(5000 / (time.perf_counter() - started))
        floors.append(_raw_creates(path, 1500))
        raw_batches.append(_raw_batches(path))
    floor, batch = median(floors), median(raw_batches)
    beside = f"raw sqlite3 FULL, a commit each: {floor:,.0f}/s"
    return [
        Row("create through Rack, 16 callers", f"{median(racks):,.0f}/s", beside,
            median(racks) / floor, "0.9"),
        Row("create through HTTP, 16 callers", f"{median(https):,.0f}/s", beside,
            median(https) / floor, "0.4"),
        Row("1,000 in one request", f"{median(batches):,.0f} rows/s",
            f"raw executemany: {batch:,.0f} rows/s", median(batches) / batch, "0.6"),
    ]  # fmt: skip


async def _rate(call: Callable[[], Awaitable[object]], count: int) -> float:
    async def caller() -> None:
        for _ in range(count // CALLERS):
            await call()

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return count // CALLERS * CALLERS / (time.perf_counter() - started)


async def _http_rate(port: int, new: NewTask, folder: Path) -> float:
    body = new.model_dump_json(exclude_none=True).encode()
    post = request("POST", "/api/v1/task", port, body)
    return (await measure(folder, port, post, CALLERS, 3000))[0]


def _raw_creates(path: Path, count: int) -> float:
    draft = a_draft("BENCH000", script_config=BODY)
    with closing(connect(path)) as db:
        started = time.perf_counter()
        for _ in range(count):
            db.execute("BEGIN IMMEDIATE")
            changes.insert(db, [draft], utc_now())
            db.execute("COMMIT")
        return count / (time.perf_counter() - started)


def _raw_batches(path: Path) -> float:
    draft = a_draft("BENCH000", script_config=BODY)
    row = changes.row_of(draft, draft.place)
    with closing(connect(path)) as db:
        started = time.perf_counter()
        for _ in range(5):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(changes.INSERT, [row] * 1000)
            db.execute("COMMIT")
        return 5000 / (time.perf_counter() - started)


async def claims(folder: Path) -> list[Row]:
    """Claim and finish on 50 devices, with a short and with a long queue."""
    rows = []
    for queued in (1_000, 100_000):
        path = folder / f"claim{queued}.db"
        store = await Store.open(path)
        for start in range(0, queued, 1000):
            await store.insert([a_draft(DEVICES[n % 50], PAST) for n in range(start, start + 1000)])
        ours = median([await _claim_and_finish(store, 200) for _ in range(ROUNDS)])
        await store.close()
        floor = median([_raw_claims(path, 100) for _ in range(ROUNDS)])
        rows.append(
            Row(f"claim + finish, 50 devices, {queued:,} queued", f"{ours:,.0f}/s",
                f"raw, two commits: {floor:,.0f}/s", ours / floor, "1.2, flat")
        )  # fmt: skip
    return rows


async def _claim_and_finish(store: Store, count: int) -> float:
    """As the scheduler and the workers do: heads, one claim for all, an end each."""
    started, done = time.perf_counter(), 0
    end = Change.fail(Reason.TIMEOUT, "bench")
    while done < count:
        heads = await store.heads(DEVICES)
        claimed = await store.claim([head.task_id for head in heads if head.task_id])
        await asyncio.gather(
            *(store.apply(one.task_id, end, attempt_id=one.attempt_id) for one in claimed)
        )
        done += len(claimed)
    return done / (time.perf_counter() - started)


def _raw_claims(path: Path, count: int) -> float:
    end = Change.fail(Reason.TIMEOUT, "bench")
    head = (
        "SELECT id FROM task WHERE status = 0 AND serial = ? AND place <= ? AND start_at <= ? "
        "ORDER BY place, id LIMIT 1"
    )
    with closing(connect(path)) as db:
        started = time.perf_counter()
        for turn in range(count):
            now = utc_now()
            db.execute("BEGIN IMMEDIATE")
            now_ms = round(now.timestamp() * 1000)
            [task_id] = db.execute(head, (DEVICES[turn % 50], now_ms, now_ms)).fetchone()
            [claimed] = changes.claim(db, [task_id], now)
            db.execute("COMMIT")
            db.execute("BEGIN IMMEDIATE")
            changes.apply(db, task_id, end, now, claimed.attempt_id)
            db.execute("COMMIT")
        return count / (time.perf_counter() - started)


async def reads(folder: Path, count: int = 1_000_000) -> list[Row]:
    """Stats and pages at a million tasks."""
    path = folder / "million.db"
    store = await Store.open(path)
    await store.close()
    _fill(path, count)
    store = await Store.open(path)
    rows = [Row(f"stats at {count:,} tasks", await _ms(store.stats), aim="≤ 1 ms")]
    filters: dict[str, TaskQuery] = {
        "no filter": TaskQuery(),
        "status": TaskQuery(status=TaskStatus.FAILED),
        "serial": TaskQuery(serial=DEVICES[7]),
        "script": TaskQuery(script_name="post"),
        "rare source": TaskQuery(source=Source.UI),
        "status + serial": TaskQuery(status=TaskStatus.COMPLETED, serial=DEVICES[7]),
        "all four": TaskQuery(
            status=TaskStatus.COMPLETED,
            serial=DEVICES[7],
            script_name="post",
            source=Source.API,
        ),
    }
    for name, query in filters.items():
        for page in (1, 100):
            asked = query.model_copy(update={"page": page})
            took = await _ms(partial(store.page, asked))
            rows.append(Row(f"page {page}, {name}", took, aim="≤ 5 ms"))
    deep = TaskQuery(page=10_000)
    rows.append(Row("page 10,000", await _ms(lambda: store.page(deep)), aim="≤ 50 ms"))
    await store.close()
    return rows


def _fill(path: Path, count: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.execute("BEGIN")
        db.executemany(
            "INSERT INTO task (serial, script_name, script_config, status, reason, source, place,"
            " start_at, created_at) VALUES (?, 'post', ?, ?, ?, ?, ?, ?, ?)",
            (
                (DEVICES[n % 50], BODY, *((2, "confirmed") if n % 10 else (3, "timeout")),
                 "ui" if n % 9973 == 0 else "api", n, n, n)
                for n in range(count)
            ),
        )  # fmt: skip
        db.execute("COMMIT")


async def _ms(call: Callable[[], Awaitable[object]]) -> str:
    times = []
    for _ in range(30):
        started = time.perf_counter()
        await call()
        times.append((time.perf_counter() - started) * 1000)
    return f"{median(times):.2f} ms"
