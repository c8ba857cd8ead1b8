"""One task or one phone in full, as lines of safe text with names of styles. No Textual."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from rich.cells import set_cell_size

from tmcore.accounts import Account
from tmcore.devices import Device
from tmcore.format import number, percent, safe, seconds, size, took, when
from tmcore.model import Attempt, Stats, Task, TaskDetail, TaskStatus
from tmtui import tables
from tmtui.columns import LOOKS, age, state_word, status_word
from tmtui.store import Store, paused

Line = Sequence[tuple[str, str]]
LABEL = 11
SLOWEST = 10
NEAR = 8  # tasks of a phone that are listed on either side of now
LOG_TAIL = 200  # lines of one attempt
ATTEMPTS = 20  # the last ones; a task can have hundreds


def task_lines(task: Task) -> Iterator[Line]:
    """The facts, what to do about it, then each attempt, the last one first."""
    word = status_word(task)
    yield [(f"Task {task.id}  ", "head"), (word, LOOKS.get(word, ("",))[0]), *_reason(task)]
    advice = tables.advice(task)
    if advice:
        yield [("→ " + advice.replace(f"`tm resolve {task.id} --posted|--not-posted`", "press u"),
                "warn")]  # fmt: skip
    yield []
    yield from facts(_facts(task))
    if isinstance(task, TaskDetail):
        for attempt in task.attempts[: -ATTEMPTS - 1 : -1]:
            yield []
            yield from attempt_lines(attempt)
        if len(task.attempts) > ATTEMPTS:
            yield [(f"and {len(task.attempts) - ATTEMPTS} attempts before", "dim")]


def _reason(task: Task) -> list[tuple[str, str]]:
    return [(f"  {task.reason}", "")] if task.reason else []


def _facts(task: Task) -> Iterator[tuple[str, object]]:
    yield "remark", task.remark
    yield "device", task.serial
    yield "account", task.username
    if task.status is TaskStatus.RUNNING:
        yield "step", f"{task.step}  {percent(task.progress)}"
    yield "stopping", "it ends when the press is settled" if task.stop_requested else ""
    yield "due", when(task.start_at)
    yield "started", when(task.started_at)
    ended = when(task.ended_at)
    yield "ended", f"{ended}  after {took(task.started_at, task.ended_at)}" if ended else ""
    yield "created", f"{when(task.created_at)} by {task.source.value}"
    yield "retries", task.retry_count or ""
    if isinstance(task, TaskDetail):
        yield "caption", task.caption
    yield "script", task.script_name
    for key, value in task.script_config.items():
        yield "  " + key, ", ".join(map(str, value)) if isinstance(value, list) else value


def _fact(name: str, value: object, style: str = "") -> Line:
    return [(f"{safe(name):<{LABEL}} ", "dim"), (safe(value), style)]


def facts(pairs: Iterable[tuple[str, object]]) -> Iterator[Line]:
    return (_fact(name, value) for name, value in pairs if value not in (None, ""))


def attempt_lines(attempt: Attempt, *, log: bool = True) -> Iterator[Line]:
    """How it went, step by step, and with `log` what was written and kept on the way."""
    how = safe(attempt.outcome or "running")
    style = {"complete": "good", "fail": "bad", "running": "busy"}.get(how, "")
    reason = f"  {attempt.reason}" if attempt.reason else ""
    yield [(f"Attempt {attempt.id}  ", "head"), (how + reason, style)]
    if attempt.remark:
        yield _fact("remark", attempt.remark)
    if attempt.press:
        yield _fact("press", attempt.press.value, "ask" if attempt.press == "unknown" else "")
    for step in attempt.steps:
        end = step.ended_at or (datetime.now(UTC) if not attempt.ended_at else None)
        outcome = step.outcome or ("cut" if attempt.ended_at else "…")
        yield [(f"  {when(step.started_at)} ", "dim"), (f"{safe(step.name):<20} ", ""),
               (f"{took(step.started_at, end):>7}  ", "dim"), (safe(outcome), "")]  # fmt: skip
    if not log:
        return
    for line in attempt.log[-LOG_TAIL:]:
        yield [(f"  {when(line.at)} ", "dim"), (safe(line.text), "")]
    if attempt.evidence:
        yield _fact("kept", f"{', '.join(attempt.evidence)}  (E shows each, w saves them)")


def device_lines(device: Device, store: Store) -> Iterator[Line]:
    """The facts of a phone, why it is not usable, and its tasks."""
    word = state_word(device)
    yield [(f"{safe(device.serial)}  ", "head"), (word, LOOKS.get(word, ("",))[0])]
    held = paused(device)
    if held:
        yield [(f"paused: {safe(held)}  (P lets it work again)", "warn")]
    if device.quarantined is not None:
        why = f"{_ago(device.quarantined_at)}: {safe(device.quarantined)}"
        yield [(f"quarantined {why}  (see to it, then F)", "ask")]
    if device.why and device.why not in {held, device.quarantined}:
        yield [(safe(device.why), "bad" if word not in {"ready", "busy", "paused"} else "")]
    yield []
    yield from facts((
        ("model", (device.model or "") + (" (virtual)" if device.virtual else "")),
        ("android", device.android), ("address", device.address),
        ("battery", number(device.battery_percent, "%")),
        ("heat", number(device.temperature_c, "°C")), ("free", size(device.free_bytes)),
        ("accounts", ", ".join(device.accounts)), ("eye", device.eye),
        ("seen", _seen(device)),
        ("screen", "v shows it, w saves it"),
    ))  # fmt: skip
    yield from _recovery(device)
    yield []
    yield from _tasks_of(device, store)


def _recovery(device: Device) -> Iterator[Line]:
    """What was tried to bring it back, gentlest first."""
    if not device.recovery:
        return
    yield []
    yield [("What was tried to bring it back", "head")]
    for tried in device.recovery:
        yield [(f"  {tried.rung:<18}", ""), (f"{tried.count:>3} times  ", ""),
               (safe(f"{when(tried.last_at)}  {tried.said}"), "")]  # fmt: skip


def account_lines(account: Account, store: Store) -> Iterator[Line]:
    """Where an account lives, what it waits for, and its tasks."""
    yield [
        (f"@{safe(account.username)}  ", "head"),
        (account.state, "ask" if account.held else "dim"),
    ]
    if account.held:
        yield [(f"{safe(account.held_why)}  (look at it on the phone, then U)", "warn")]
    yield []
    yield from facts((
        ("app", account.app), ("device", account.serial), ("package", account.package),
        ("held", _ago(account.held_since)), ("seen open", _ago(account.open_at)),
        ("bound", when(account.created_at)),
    ))  # fmt: skip
    yield []
    mine = [t for t in store.tasks.values()
            if (t.serial, t.username) == (account.serial, account.username)]  # fmt: skip
    yield from _queue(mine, sum(t.status is TaskStatus.PENDING for t in mine))


def _ago(time: datetime | None) -> str:
    return f"{when(time)} ({age(time)})" if time else ""


def _tasks_of(device: Device, store: Store) -> Iterator[Line]:
    mine = [task for task in store.tasks.values() if task.serial == device.serial]
    yield from _queue(mine, device.queue)


def _queue(mine: list[Task], waiting: int) -> Iterator[Line]:
    """What runs, what is next, and what was last; a long queue would cost a slow line seconds."""
    yield [(f"Tasks  {waiting} waiting", "head")]
    if not mine:
        yield [("  none yet; n makes one", "dim")]
    still = sorted((t for t in mine if t.ended_at is None), key=lambda t: (-t.status, t.start_at))
    yield from map(_task_of, still[:NEAR])
    if len(still) > NEAR:
        yield [(f"  and {len(still) - NEAR} more", "dim")]
    ended = sorted((t for t in mine if t.ended_at), key=lambda t: t.ended_at or t.start_at)
    yield from map(_task_of, ended[: -NEAR - 1 : -1])


def _task_of(task: Task) -> Line:
    status = status_word(task)
    note = task.step if task.ended_at is None else task.remark
    return [(f"  #{task.id:<6} ", ""), (f"{status:<10} ", LOOKS.get(status, ("",))[0]),
            (f"{when(task.start_at)}  ", "dim"), (safe(note), "")]  # fmt: skip


def _seen(device: Device) -> str:
    seen = device.last_seen_at
    return f"{when(seen)} ({age(seen)})" if seen else "never since the server started"


def counters(stats: Stats, waiting: int) -> Line:
    """The counts that always stand apart: what failed, what was stopped, what waits for a person.

    The last is of all lists, not of tasks alone.
    """
    failed = stats.failed - stats.stopped - stats.needs_review
    return [
        (f"run {stats.running}", "busy" if stats.running else "dim"),
        (f" · wait {stats.pending} · done {stats.completed} · ", "dim"),
        (f"failed {failed}", "bad" if failed else "dim"), (" · ", "dim"),
        (f"stopped {stats.stopped}", "dim"), (" · ", "dim"),
        (f"needs you {waiting}", "ask" if waiting else "dim"),
    ]  # fmt: skip


def stats_lines(store: Store, width: int) -> Iterator[Line]:
    """Counts, failures by reason, and how many ended in each of the last 24 hours."""
    yield [("Tasks  ", "head"), *counters(store.stats, store.stats.needs_review)]
    yield []
    yield [("Why tasks failed", "head")]
    reasons = store.reasons()
    most = max((n for _, n in reasons), default=1)
    for reason, count in reasons:
        bar = "━" * max(1, round(count / most * max(1, width - 36)))
        style = {"stopped": "dim", "outcome_unknown": "ask"}.get(reason, "bad")
        yield [(f"  {reason:<22}{count:>6}  ", ""), (bar, style)]
    if not reasons:
        yield [("  nothing failed", "dim")]
    yield []
    yield from _hours(store, width)
    yield []
    yield from _slowest(store)


def _slowest(store: Store) -> Iterator[Line]:
    yield [("Slowest steps", "head"), ("  mean, most, how often; since this console opened", "dim")]
    slowest = store.steps.slowest()[:SLOWEST]
    for step, times in slowest:
        figures = f"{seconds(times.mean_s):>8}{seconds(times.most_s):>8}{times.count:>6}"
        yield [(f"  {set_cell_size(safe(step), 20)}{figures}", "")]
    if not slowest:
        yield [("  no step has ended yet", "dim")]


def _hours(store: Store, width: int) -> Iterator[Line]:
    now = datetime.now(UTC)
    done, bad = [0] * 24, [0] * 24
    for task in store.tasks.values():
        if task.ended_at is None or (ago := (now - task.ended_at).total_seconds()) >= 24 * 3600:
            continue
        (done if task.status is TaskStatus.COMPLETED else bad)[max(0, int(ago // 3600))] += 1
    most = max(map(sum, zip(done, bad, strict=True)))
    yield [("Ended in each hour", "head"), ("  completed, then failed or stopped", "dim")]
    if not most:
        yield [("  nothing in the last 24 hours", "dim")]
        return
    block, room = "━", max(1, width - 32)
    for hour, (good, wrong) in enumerate(zip(done, bad, strict=True)):
        if good or wrong:
            scale = room / most
            when = f"{hour} h ago" if hour else "this hour"
            bars = (block * round(good * scale), "good"), (block * round(wrong * scale), "bad")
            yield [(f"  {when:<10}{good:>6}{wrong:>6}  ", ""), *bars]
