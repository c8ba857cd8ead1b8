"""What a task takes from a library or a folder: which files are free, and in which order they come.

A file is known by its content (sha256). It is *used* where the ledger holds a press of it that is
not proved void, and *held* while a task that took it has not ended. A **scope** says for whom a
file must be free, and, once taken, from whom it is kept:

    ""                nobody may have used it, and nobody else gets it
    "tiktok/ann"      this account must not have used it; other accounts may
    "*"               it may be used again, and is not held at all
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Generic, Literal, TypeVar

Reuse = Literal["never", "per_account", "always"]
EVERYBODY, ALWAYS = "", "*"

_SORT = re.compile(r"sort_(\d{1,18})_", re.IGNORECASE)


def scope_of(reuse: Reuse, app: str, username: str | None, *, repeat: bool = False) -> str:
    """Return for whom a file must be free; an account that is not known counts as everybody."""
    if repeat or reuse == "always":
        return ALWAYS
    return f"{app}/{username}" if reuse == "per_account" and username else EVERYBODY


@dataclass(frozen=True)
class Taken:
    """Which accounts ("tiktok/ann") have used a content, and in which scopes it is held."""

    used: Callable[[str], Sequence[str]]
    held: Callable[[str], Sequence[str]]

    def is_free(self, sha256: str, scope: str) -> bool:
        if scope == ALWAYS:
            return True
        used, held = self.used(sha256), self.held(sha256)
        if scope == EVERYBODY:
            return not used and not held
        return scope not in used and scope not in held and EVERYBODY not in held

    def times(self, sha256: str) -> int:
        return len(self.used(sha256)) + len(self.held(sha256))


def sort_number(name: str) -> int | None:
    """Return N of a file name `sort_N_…`."""
    found = _SORT.match(name)
    return int(found[1]) if found else None


def by_sort_number(names: Iterable[str]) -> list[str]:
    """Order images: those with a sort number by it, then the rest; equal ones by name."""

    def key(name: str) -> tuple[bool, int, str]:
        number = sort_number(name)
        return number is None, number or 0, name

    return sorted(names, key=key)


def shuffled(names: Iterable[str], rng: Random) -> list[str]:
    """Order videos: at random, and by the dice alone, not by how a disk lists its files."""
    order = sorted(names)
    rng.shuffle(order)
    return order


F = TypeVar("F")  # a file that was looked at
C = TypeVar("C")  # what names one: a path, a material


class Shelf(Generic[C]):
    """Files in the order in which they are taken; what cannot be taken any more leaves it."""

    def __init__(self, candidates: Iterable[C] = ()) -> None:
        self._left = dict.fromkeys(candidates)

    def __iter__(self) -> Iterator[C]:
        return iter(tuple(self._left))

    def drop(self, candidate: C) -> None:
        del self._left[candidate]


class Dealing(Generic[C, F]):
    """Deals the files of shelves to the tasks of one request, one task after the other.

    `content` returns a file's sha256.
    """

    def __init__(self, taken: Taken, content: Callable[[F], str]) -> None:
        self._taken, self._content = taken, content
        self._ours: dict[str, set[str]] = {}  # sha256 → scopes for which this request took it
        self._times: Counter[str] = Counter()

    def take(
        self, shelves: Iterable[Shelf[C]], look: Callable[[C], F | None], count: int, scope: str
    ) -> tuple[F, ...]:
        """Take the next `count` free files from these shelves, first to last.

        `look` opens a candidate and returns its file, or None where it cannot be posted; it is
        asked only about candidates whose turn has come. Fewer are returned where there are no
        more, and then nothing is taken. No content comes twice in one answer. Where files may be
        used again, those come first that were used least.
        """
        found: dict[str, F] = {}
        fresh = 0
        for file in self._free(shelves, look, scope):
            sha256 = self._content(file)
            if sha256 not in found:
                found[sha256] = file
                fresh += scope != ALWAYS or not self._uses(sha256)
            if fresh == count:
                break
        chosen = sorted(found, key=self._uses)[:count] if scope == ALWAYS else list(found)
        if len(chosen) == count:
            self._keep(chosen, scope)
        return tuple(found[sha256] for sha256 in chosen)

    def _free(
        self, shelves: Iterable[Shelf[C]], look: Callable[[C], F | None], scope: str
    ) -> Iterator[F]:
        for shelf in shelves:
            for candidate in shelf:
                file = look(candidate)
                if file is not None and self._is_free(self._content(file), scope):
                    yield file
                elif file is None or scope == EVERYBODY:  # for this request it stays so
                    shelf.drop(candidate)

    def _is_free(self, sha256: str, scope: str) -> bool:
        ours = self._ours.get(sha256, set())
        if scope == EVERYBODY and ours:
            return False
        return ours.isdisjoint((scope, EVERYBODY)) and self._taken.is_free(sha256, scope)

    def _uses(self, sha256: str) -> int:
        return self._taken.times(sha256) + self._times[sha256]

    def _keep(self, chosen: Iterable[str], scope: str) -> None:
        for sha256 in chosen:
            self._times[sha256] += 1
            if scope != ALWAYS:
                self._ours.setdefault(sha256, set()).add(scope)
