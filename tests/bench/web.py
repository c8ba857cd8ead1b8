"""The server over HTTP beside Sanic's bare echo in the same run, and what starting it costs."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from tests.bench.load import measure, request
from tests.bench.table import Row
from tests.store.conftest import a_draft
from tmcore import NewTask
from tmcore.devices import Device, DeviceState
from tmcore.rules.schedule import next_times
from tmcore.store.store import Store

CALLERS, ROUNDS, POSTS, ROWS = 16, 3, 3000, 100_000
READERS, PAIRS = 200, 5  # of rates one after the other: whatever else runs disturbs both
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")
MONTHS_24 = timedelta(days=730)


@asynccontextmanager
async def _process(*command: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"ANDROID_ADB_SERVER_PORT": "9"},  # nothing listens there
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        await process.communicate()


@asynccontextmanager
async def _server(db: Path) -> AsyncIterator[int]:
    """Serve the database; gives the port."""
    async with _process("-m", "tmserve", "--db", str(db), "--port", "0") as process:
        assert process.stderr
        while b"serving at" not in (line := await process.stderr.readline()):
            assert line, "the server has ended"
        yield int(line.rsplit(b":", 1)[1])


@asynccontextmanager
async def _echo() -> AsyncIterator[int]:
    async with _process("-m", "tests.bench.echo") as process:
        assert process.stdout
        yield int(await process.stdout.readline())


async def serve(folder: Path, video: Path) -> list[Row]:
    """Creates and lists over HTTP at 100,000 rows, alone and with 200 readers of events."""
    db = folder / "web.db"
    await _fill(db, video)
    body = NewTask(
        serials=("BENCH000",), script_name="post",
        script_config={"material_list": [str(video)], "captions": "a b c"},
    ).model_dump_json(exclude_none=True).encode()  # fmt: skip
    starts = [await _start(folder / f"start{turn}.db") for turn in range(ROUNDS)]
    async with _server(db) as port, _echo() as echo:
        post = request("POST", "/api/v1/task", port, body)
        ours = [await measure(folder, port, post, CALLERS, POSTS) for _ in range(ROUNDS)]
        bare = [
            await measure(folder, echo, request("POST", "/echo", echo, body), CALLERS, 6000)
            for _ in range(ROUNDS)
        ]
        list_ = request("GET", "/api/v1/task?page_size=20", port)
        lists = [await measure(folder, port, list_, CALLERS, 2000) for _ in range(ROUNDS)]
        gets = [
            await measure(folder, echo, request("GET", "/echo", echo), CALLERS, 6000)
            for _ in range(ROUNDS)
        ]
        crowd = await _with_readers(folder, port, post)
    return [
        _row("POST /task, 16 clients", ours, bare, "0.25, p99 25 ms"),
        _row(f"GET /task, 20 of {ROWS:,}", lists, gets, "0.2, p99 25 ms"),
        crowd,
        Row("start of the process → first answer", f"{min(starts):.2f} s", aim="1.5 s"),
        _calendar(),
    ]  # fmt: skip


def _row(what: str, ours: list[list[float]], bare: list[list[float]], aim: str) -> Row:
    rate, echo = median(one[0] for one in ours), median(one[0] for one in bare)
    p99 = median(one[1] for one in ours)
    return Row(what, f"{rate:,.0f}/s, p99 {p99:.1f} ms", f"Sanic's echo: {echo:,.0f}/s",
               rate / echo, aim)  # fmt: skip


async def _fill(db: Path, video: Path) -> None:
    store = await Store.open(db)
    await store.save_settings({"media_folders": [str(video.parent)]})
    await store.save_device(Device(serial="BENCH000", state=DeviceState.AWAY))
    later = datetime.now(UTC) + timedelta(days=300)
    for _ in range(ROWS // 1000):
        await store.insert([a_draft("BENCH000", later) for _ in range(1000)])
    await store.close()


async def _start(db: Path) -> float:
    started = time.perf_counter()
    async with _server(db) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("GET", "/api/v1/task", port))
        await reader.readuntil(b"\r\n\r\n")
        took = time.perf_counter() - started
        writer.close()
    return took


async def _with_readers(folder: Path, port: int, post: bytes) -> Row:
    """Create alone, then while many read every event as it happens, in turn."""
    alone, crowded = [], []
    for _ in range(PAIRS):
        alone += (await measure(folder, port, post, CALLERS, POSTS))[:1]
        async with _readers(port):
            crowded += (await measure(folder, port, post, CALLERS, POSTS))[:1]
    ratio = median(few / many for few, many in zip(crowded, alone, strict=True))
    return Row(f"POST with {READERS} readers of events", f"{median(crowded):,.0f}/s",
               f"without them, in turn: {median(alone):,.0f}/s", ratio, "0.9")  # fmt: skip


@asynccontextmanager
async def _readers(port: int) -> AsyncIterator[None]:
    """Let readers follow what is created meanwhile; each must have heard of all of it."""
    pipe = asyncio.subprocess.PIPE
    reading = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.readers", str(port), str(READERS),
        stdin=pipe, stdout=pipe,
    )  # fmt: skip
    assert reading.stdout
    assert await reading.stdout.readline() == b"open\n"
    yield
    await reading.communicate(b"%d\n" % (POSTS // CALLERS * CALLERS))
    assert reading.returncode == 0, "a reader did not hear of everything"


def _calendar() -> Row:
    """Walk 500 schedules through 24 months, each in its zone."""
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    started = time.perf_counter()
    for number in range(500):
        cron = f"{number % 60} {number % 24} * * *"
        zone = ZoneInfo(ZONES[number % len(ZONES)])
        times = next_times(cron, zone, begin, 730)
        assert times[-1] - begin >= MONTHS_24 - timedelta(days=2)
    return Row("24 months of 500 schedules", f"{time.perf_counter() - started:.2f} s", aim="5 s")
