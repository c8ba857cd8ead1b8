"""Which files a task takes: none twice where it must not be, in the order that was promised."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcore.rules.dealing import (
    ALWAYS,
    EVERYBODY,
    Dealing,
    Shelf,
    Taken,
    by_sort_number,
    scope_of,
    shuffled,
)

ACCOUNTS = ("ann", "bob", None)
# a candidate's name → its content; two names may hold the same, and None cannot be posted
disks = st.dictionaries(
    st.text("abc", min_size=1, max_size=3), st.none() | st.sampled_from("12345")
)
scopes = st.sampled_from(["", "tiktok/ann", "tiktok/bob"])


@dataclass(frozen=True)
class Past:
    """What was used and is held, by content."""

    used: Mapping[str, list[str]] = field(default_factory=dict)
    held: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def taken(self) -> Taken:
        return Taken(lambda c: self.used.get(c, ()), lambda c: self.held.get(c, ()))


pasts = st.builds(
    Past,
    used=st.dictionaries(st.sampled_from("12345"), st.lists(scopes.filter(bool), min_size=1)),
    held=st.dictionaries(st.sampled_from("12345"), st.lists(scopes, min_size=1)),
)
wants = st.lists(st.tuples(st.sampled_from(ACCOUNTS), st.integers(1, 3)), max_size=6)


def deals(
    disk: Mapping[str, str | None], past: Past, asked: list[tuple[str | None, int]], reuse: str
) -> list[tuple[str | None, tuple[str, ...]]]:
    """Deal to each (account, count) in turn; what each gets, by content."""
    shelf = Shelf(disk)
    dealing = Dealing[str, str](past.taken, str)
    return [
        (name, dealing.take([shelf], disk.__getitem__, count, scope_of(reuse, "tiktok", name)))  # type: ignore[arg-type]
        for name, count in asked
    ]


def whole(
    asked: list[tuple[str | None, int]], dealt: list[tuple[str | None, tuple[str, ...]]]
) -> list[tuple[str | None, tuple[str, ...]]]:
    """Those that got all they asked for: an answer that is short takes nothing."""
    pairs = zip(asked, dealt, strict=True)
    return [got for (_, count), got in pairs if len(got[1]) == count]


@given(disks, pasts, wants)
def test_never_means_never(
    disk: dict[str, str | None], past: Past, asked: list[tuple[str | None, int]]
) -> None:
    """No content is dealt twice, nor one that anybody has used or holds, and none is left out."""
    dealt = whole(asked, deals(disk, past, asked, "never"))

    given_out = Counter(content for _, got in dealt for content in got)
    assert not given_out.keys() & (past.used.keys() | past.held.keys())
    assert set(given_out.values()) <= {1}
    free = {c for c in disk.values() if c} - past.used.keys() - past.held.keys()
    left = len(free) - given_out.total()
    assert all(
        len(got) == count or count > left
        for (_, count), (_, got) in zip(asked, deals(disk, past, asked, "never"), strict=True)
    )


@given(disks, pasts, wants)
def test_per_account_each_account_gets_a_file_once(
    disk: dict[str, str | None], past: Past, asked: list[tuple[str | None, int]]
) -> None:
    """Accounts may share a file; a task for an account nobody knows keeps it from all."""
    dealt = whole(asked, deals(disk, past, asked, "per_account"))

    for name in ("ann", "bob"):
        mine = Counter(content for who, got in dealt if who == name for content in got)
        scope = f"tiktok/{name}"
        assert set(mine.values()) <= {1}
        assert not any(scope in past.used.get(content, ()) for content in mine)
        assert not any({scope, ""} & set(past.held.get(content, ())) for content in mine)
    unknown = [content for who, got in dealt if who is None for content in got]
    others = {content for who, got in dealt if who is not None for content in got}
    assert len(unknown) == len(set(unknown))
    assert not set(unknown) & (others | past.used.keys() | past.held.keys())


@given(disks, pasts, wants)
def test_always_never_runs_dry_and_goes_round(
    disk: dict[str, str | None], past: Past, asked: list[tuple[str | None, int]]
) -> None:
    """A post never holds a content twice, and nothing is dealt again before what was used less."""
    contents = {content for content in disk.values() if content}
    times = Counter({content: past.taken.times(content) for content in contents})

    for (_, count), (_, got) in zip(asked, deals(disk, past, asked, "always"), strict=True):
        assert len(set(got)) == len(got) == min(count, len(contents))
        if len(got) == count:
            left_out = contents - set(got)
            assert all(times[taken] <= times[left] for taken in got for left in left_out)
            times.update(got)


@given(st.lists(st.text("ab", min_size=1, max_size=2), max_size=8, unique=True), st.integers(1, 4))
def test_files_come_in_the_order_of_their_shelves(names: list[str], count: int) -> None:
    """A free file that stands earlier is taken earlier."""
    half = len(names) // 2
    shelves = [Shelf(names[:half]), Shelf(names[half:])]
    dealing = Dealing[str, str](Past().taken, str)

    got = [file for _ in names for file in dealing.take(shelves, str, count, EVERYBODY)]

    assert got[: len(names) // count * count] == names[: len(names) // count * count]


def test_only_what_is_needed_is_looked_at() -> None:
    """A folder of thousands is not read to post one of them."""
    looked: list[str] = []

    def look(name: str) -> str:
        looked.append(name)
        return name

    dealing = Dealing[str, str](Past(used={"a": ["tiktok/ann"]}).taken, str)
    got = dealing.take([Shelf("abcdefgh")], look, 2, EVERYBODY)

    assert (got, looked) == (("b", "c"), ["a", "b", "c"])


def test_images_stand_in_the_order_of_their_sort_numbers() -> None:
    """By number and not by letters, then those without one by name."""
    names = ["z.jpg", "sort_10_a.jpg", "SORT_2_b.jpg", "a.jpg", "sort_2_a.jpg", "sort_x_.jpg"]

    assert by_sort_number(names) == [
        *("SORT_2_b.jpg", "sort_2_a.jpg", "sort_10_a.jpg"),
        *("a.jpg", "sort_x_.jpg", "z.jpg"),
    ]


@given(st.sets(st.text(min_size=1)), st.integers())
def test_videos_come_at_random_but_not_by_the_disk(names: set[str], seed: int) -> None:
    """The same dice give the same order, whatever order the disk lists them in; none is lost."""
    order = shuffled(names, Random(seed))

    assert sorted(order) == sorted(names)
    assert order == shuffled(sorted(names, reverse=True), Random(seed))


@pytest.mark.parametrize(
    ("reuse", "username", "repeat", "scope"),
    [
        ("never", "ann", False, EVERYBODY),
        ("per_account", "ann", False, "tiktok/ann"),
        ("per_account", None, False, EVERYBODY),
        ("always", "ann", False, ALWAYS),
        ("never", "ann", True, ALWAYS),
    ],
)
def test_for_whom_a_file_must_be_free(
    reuse: str, username: str | None, repeat: bool, scope: str | None
) -> None:
    """By the setting; allow_repeat stands above it."""
    assert scope_of(reuse, "tiktok", username, repeat=repeat) == scope  # type: ignore[arg-type]
