import asyncio
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.phone.fake_server import STAGES, FakeServer, v2
from tmcore.errors import AdbUnreachable, DeviceLost, PhoneError, PhoneTimeout
from tmcore.phone import link as link_module
from tmcore.phone.lane import Call, Lane
from tmcore.phone.link import Kind, Link


@pytest.fixture
def lane() -> Iterator[Lane]:
    lane = Lane("test")
    yield lane
    lane.close()


@pytest.fixture
async def link(fake: FakeServer) -> AsyncIterator[Link]:
    link = Link("R58M", "R58M", fake.address)
    yield link
    link.close()


async def _ask(link: Link, stage: str, deadline_s: float) -> None:
    """One call that reaches this stage."""
    if stage in ("sync", "push", "push_end"):
        chunks = 1000 if stage == "push" else 5
        await link.push(lambda _call: [bytes(65536)] * chunks, "/x", deadline_s=deadline_s)
    else:
        await link.shell("echo tm-ok", kind=Kind.ONCE, doing="echo", deadline_s=deadline_s)


async def _is_free(lane: Lane) -> None:
    async with asyncio.timeout(2):
        assert await lane.run(lambda _call: "free", deadline_s=1) == "free"


@pytest.mark.parametrize("stage", STAGES)
async def test_deadline_frees_the_thread(fake: FakeServer, link: Link, stage: str) -> None:
    """Wherever a call hangs, its deadline ends it, frees the thread, and the next is answered."""
    fake.hang(stage)
    start = time.monotonic()

    with pytest.raises(PhoneTimeout):
        await _ask(link, stage, 0.15)

    assert time.monotonic() - start < 0.6
    fake.hang(None)
    await _is_free(link._task_lane)
    await link.echo(2)
    assert not link.is_settled


@pytest.mark.parametrize("stage", STAGES)
async def test_cancel_frees_the_thread(fake: FakeServer, link: Link, stage: str) -> None:
    """Wherever a call hangs, cancelling its caller ends it at once and frees the thread."""
    fake.hang(stage)
    asking = asyncio.create_task(_ask(link, stage, 60))
    assert await asyncio.to_thread(fake.reached.wait, 5)

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    fake.hang(None)
    await _is_free(link._task_lane)
    await link.echo(2)
    assert not link.is_settled


async def test_drip_is_late_all_the_same(fake: FakeServer, link: Link) -> None:
    """A phone that sends a byte now and then does not push its deadline away."""
    fake.hang("drip")

    with pytest.raises(PhoneTimeout):
        await _ask(link, "drip", 0.3)


async def test_cut_is_never_success(lane: Lane) -> None:
    """A call that returns after its cut, as recv() does at a shutdown, has not succeeded."""
    running, cut = threading.Event(), threading.Event()

    def work(_call: Call[str]) -> str:
        running.set()
        cut.wait(5)
        return "partial output"

    asking = asyncio.create_task(lane.run(work, deadline_s=0.05))
    await asyncio.to_thread(running.wait, 5)
    with pytest.raises(TimeoutError):
        await asking
    cut.set()

    await _is_free(lane)


async def test_deadline_starts_with_the_call(lane: Lane) -> None:
    """A call is not late for having waited behind another."""
    first = asyncio.create_task(lane.run(lambda _call: time.sleep(0.3), deadline_s=5))
    await asyncio.sleep(0)

    assert await lane.run(lambda _call: "quick", deadline_s=0.1) == "quick"
    await first


async def test_left_call_never_starts(lane: Lane) -> None:
    """A call whose caller leaves while it waits in the queue is never made."""
    hold, made = threading.Event(), []
    first = asyncio.create_task(lane.run(lambda _call: hold.wait(5), deadline_s=5))
    second = asyncio.create_task(lane.run(lambda _call: made.append(1), deadline_s=5))
    await asyncio.sleep(0)  # both are in the queue

    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    hold.set()
    await first

    await _is_free(lane)
    assert made == []


async def test_uncuttable_runs_on(fake: FakeServer) -> None:
    """A call that must not be cut by its caller reaches its end, and its deadline still holds."""
    cuts: list[int] = []
    lane = Lane("press", lambda: cuts.append(1))
    running, hold, ended = threading.Event(), threading.Event(), threading.Event()

    def work(_call: Call[None]) -> None:
        running.set()
        hold.wait(5)
        ended.set()

    asking = asyncio.create_task(lane.run(work, deadline_s=0.2, cuttable=False))
    await asyncio.to_thread(running.wait, 5)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert cuts == []
    while not cuts:  # the deadline comes, though nobody listens
        await asyncio.sleep(0.01)
    hold.set()

    assert await asyncio.to_thread(ended.wait, 5)
    lane.close()


async def test_cut_spares_other_lanes(fake: FakeServer, link: Link) -> None:
    """A cut shuts the sockets of its own call only: a probe beside it is answered."""
    fake.hang("half")
    hanging = asyncio.create_task(_ask(link, "half", 60))
    await asyncio.to_thread(fake.reached.wait, 5)
    fake.stage = None
    probe = asyncio.create_task(link.echo(5))

    hanging.cancel()
    await probe


async def test_settle_waits_for_an_echo(fake: FakeServer, link: Link) -> None:
    """After a cut the phone is unsettled until an echo has answered."""
    fake.hang("half")
    with pytest.raises(PhoneTimeout):
        await _ask(link, "half", 0.05)
    assert not link.is_settled
    fake.hang(None)

    async with asyncio.timeout(5):
        await link.settle()

    assert link.is_settled


async def test_move_wakes_a_settling_phone(
    fake: FakeServer, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone that comes back at another address is asked there at once."""
    monkeypatch.setattr(link_module, "_PAUSE_S", 3600)
    monkeypatch.setattr(link_module, "_LONGEST_PAUSE_S", 3600)
    fake.hang("half")
    with pytest.raises(PhoneTimeout):
        await _ask(link, "half", 0.05)
    fake.hang(None)
    fake.missing = {"R58M"}
    settling = asyncio.create_task(link.settle())
    await asyncio.to_thread(fake.refused.wait, 5)
    await _is_free(link._watch_lane)

    link.move("10.0.0.7:5555")

    async with asyncio.timeout(5):
        await settling


async def test_end_of_file_is_no_output(fake: FakeServer, link: Link) -> None:
    """Output without an exit code behind it is a lost phone, not a short answer."""
    fake.reply = v2(b"half of it", 0)[:9]

    with pytest.raises(DeviceLost, match="middle of a command"):
        await link.shell("cat x", kind=Kind.ONCE, doing="cat", deadline_s=2)


async def test_shell_v1_needs_its_sentinel(fake: FakeServer, link: Link) -> None:
    """A phone without shell v2 proves the end of its output by a sentinel of ours."""
    fake.features = "cmd"
    fake.reply = b"some text\n@@exit=3\n"

    said = await link.shell("cat x", kind=Kind.ONCE, doing="cat", deadline_s=2)

    assert (said.text, said.code) == ("some text\n", 3)
    assert fake.commands == ["( cat x ); echo @@exit=$?"]
    fake.reply = b"some te"
    with pytest.raises(DeviceLost):
        await link.shell("cat x", kind=Kind.ONCE, doing="cat", deadline_s=2)


async def test_reads_are_repeated_taps_are_not(fake: FakeServer, link: Link) -> None:
    """A lost answer is asked for again where asking twice does nothing, and only there."""
    fake.reply = b""
    for kind in (Kind.READ, Kind.ONCE, Kind.PRESS):
        with pytest.raises(DeviceLost):
            await link.shell(kind.name, kind=kind, doing="x", deadline_s=2)

    assert fake.commands == ["READ", "READ", "ONCE", "PRESS"]


async def test_no_server_is_said_and_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no adb server listens, the call says so; adbutils would start a stray one."""
    monkeypatch.setenv("ADBUTILS_ADB_PATH", "/bin/false")
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_k: pytest.fail("started something"))
    fake = FakeServer()
    server = fake.address
    fake.close()
    link = Link("R58M", "R58M", server)

    with pytest.raises(AdbUnreachable, match="start one"):
        await link.echo(2)
    link.close()


async def test_close_ends_the_thread(fake: FakeServer) -> None:
    """Closing a lane cuts what runs, refuses what waits, and its thread ends."""
    link = Link("R58M", "R58M", fake.address)
    fake.hang("half")
    asking = [asyncio.create_task(_ask(link, "half", 60)) for _ in range(2)]
    await asyncio.to_thread(fake.reached.wait, 5)

    link.close()

    results = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(result) for result in results] == [DeviceLost, DeviceLost]
    await asyncio.to_thread(link._task_lane._thread.join, 5)
    assert not link._task_lane.is_alive
    with pytest.raises(DeviceLost):
        await link.echo(1)


async def test_closed_is_never_success() -> None:
    """A call that returns something after its lane was closed has not succeeded."""
    lane, running, hold = Lane("test"), threading.Event(), threading.Event()

    def work(_call: Call[str]) -> str:
        running.set()
        hold.wait(5)
        return "partial output"

    asking = asyncio.create_task(lane.run(work, deadline_s=5))
    await asyncio.to_thread(running.wait, 5)
    lane.close()
    hold.set()

    with pytest.raises(ConnectionAbortedError):
        await asking


async def test_long_command_is_refused_here(fake: FakeServer, link: Link) -> None:
    """A command beyond adb's four digits of length is not sent: it would break the protocol."""
    with pytest.raises(PhoneError, match="longer than adb can send"):
        await link.shell("x" * 70_000, kind=Kind.READ, doing="x", deadline_s=2)

    assert fake.commands == []


async def test_address_is_checked_before_the_socket(fake: FakeServer) -> None:
    """An address with a newline or a space in it is never sent to the adb server."""
    for address in ("SER\n", "x 0000", "-s y", "a" * 70_000, ""):
        link = Link("bad", address, fake.address)
        with pytest.raises(DeviceLost, match="no address"):
            await link.echo(1)
        link.close()


async def test_endless_answer_is_bounded(fake: FakeServer, link: Link) -> None:
    """A phone that talks without end fills no memory."""
    fake.reply = v2(bytes(100_000), 0)

    with pytest.raises(Exception, match="larger than"):
        await link.shell("x", kind=Kind.READ, doing="x", deadline_s=2, limit=50_000)


def test_exit_is_not_blocked(fake: FakeServer) -> None:
    """A program that ends while a phone hangs in a call ends at once."""
    fake.hang("half")
    program = f"""
        import asyncio
        from tmcore.phone.link import Kind, Link
        from tmcore.phone.server import AdbServer
        async def main():
            link = Link("R58M", "R58M", AdbServer("127.0.0.1", {fake.address.port}))
            asyncio.create_task(link.shell("x", kind=Kind.PRESS, doing="x", deadline_s=60))
            await asyncio.sleep(0.2)
        asyncio.run(main())
    """

    start = time.monotonic()
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True, timeout=10)

    assert fake.reached.is_set()
    assert time.monotonic() - start < 5
