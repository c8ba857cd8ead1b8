"""Every moment around a commit and around a call to a phone has a name; an owner can be held there.

Nothing of this is in the product: the process that is to be killed wraps the two roads on which
anything can happen at all, the writer's commit and the phone's link, and names who goes by.
"""

import os
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any

from tmcore.phone.link import Link
from tmcore.store.store import Store
from tmcore.store.writer import Writer

_deed: ContextVar[str] = ContextVar("deed", default="other")

# what a unit of work is called, from the arguments of the store's verb that commits it
DEEDS: dict[str, Callable[..., str]] = {
    "insert": lambda *_: "create",
    "note_able": lambda *_: "note able",
    "claim": lambda *_: "claim",
    "begin_step": lambda _attempt_id, name, *_: f"begin {name}",
    "end_step": lambda *_: "end step",
    "log": lambda *_: "log",
    "keep_evidence": lambda *_: "keep evidence",
    "note_live": lambda *_: "note progress",
    "intend": lambda *_: "intend",
    "set_press": lambda *_: "settle press",
    "adopt_orphans": lambda *_: "adopt",
    "apply": lambda _task_id, *changes: changes[-1].name,
    "refuse_repeat": lambda *_: "look for repeat",
    "save_device": lambda *_: "save device",
}


@dataclass(frozen=True)
class Point:
    """One side of one named moment, such as `before commit intend`, at its nth visit."""

    name: str
    visit: int = 1


class Moments:
    """Counts who goes by; at one point it says so on stdout and waits for a line on stdin."""

    def __init__(self, point: Point | None) -> None:
        self._point = point
        self.passed: Counter[str] = Counter()

    def watch(self) -> None:
        """Wrap the two roads; for the rest of this process."""
        for verb, name in DEEDS.items():
            setattr(Store, verb, _named(getattr(Store, verb), name))
        call, commit = Writer.__call__, Writer._commit_all

        async def labelled(writer: Writer, work: Callable[..., Any]) -> Any:
            return await call(writer, _Labelled(_deed.get(), work))

        def passing(writer: Writer, units: Sequence[Any]) -> Any:
            names = {getattr(unit, "deed", "other") for unit in units}
            self._pass_by("before commit", names)
            done = commit(writer, list(units))
            self._pass_by("after commit", names)
            return done

        setattr(Writer, "__call__", labelled)  # noqa: B010 - mypy forbids the plain way
        setattr(Writer, "_commit_all", passing)  # noqa: B010
        for road in ("shell", "push", "http"):
            setattr(Link, road, self._around(road, getattr(Link, road)))

    def _around(self, road: str, call: Callable[..., Awaitable[Any]]) -> Any:
        async def passing(link: Link, *args: Any, **more: Any) -> Any:
            if more.get("watch"):  # the watch looks when it likes
                return await call(link, *args, **more)
            name = {more.get("doing", road)}
            self._pass_by("before", name)
            answer = await call(link, *args, **more)
            self._pass_by("after", name)
            return answer

        return passing

    def _pass_by(self, side: str, names: set[str]) -> None:
        for name in names:
            moment = f"{side} {name}"
            self.passed[moment] += 1
            if self._point == Point(moment, self.passed[moment]):
                os.write(1, b"held\n")
                os.read(0, 1)


@dataclass
class _Labelled:
    """A unit of work that knows what it is for."""

    deed: str
    work: Callable[..., Any]

    def __call__(self, db: Any) -> Any:
        return self.work(db)


def _named(verb: Callable[..., Awaitable[Any]], name: Callable[..., str]) -> Any:
    @wraps(verb)
    async def named(store: Store, *args: Any, **more: Any) -> Any:
        token = _deed.set(name(*args))
        try:
            return await verb(store, *args, **more)
        finally:
            _deed.reset(token)

    return named
