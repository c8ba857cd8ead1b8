"""The library and the settings as a person sees them, and changes them."""

from pathlib import Path
from typing import Any

import pytest

from tests.serve.fake import NOW
from tests.tui.console.corpus import STRINGS
from tests.tui.console.pilots import Where, opened
from tests.tui.console.racks import Rack
from tmcore.format import safe
from tmcore.materials import Material, Use
from tmcore.model import PressOutcome
from tmcore.settings import OF_THE_SERVER, Settings, listed, read_setting


@pytest.fixture(params=["near", "far"])
def where(request: pytest.FixtureRequest) -> Where:
    found: Where = request.param
    return found


def a_file(number: int, name: str, **more: Any) -> Material:
    plain = Material(
        id=number, path=f"/media/{name}", kind="video", sha256="ab" * 32, size_bytes=5_200_000,
        duration_s=12.0, width=1080, height=1920, added_at=NOW,
    )  # fmt: skip
    return plain.model_copy(update=more)


@pytest.fixture
def rack() -> Rack:
    rack = Rack()
    use = Use(app="tiktok", account="ann", task_id=9, at=NOW, outcome=PressOutcome.CONFIRMED)
    rack.materials.kept = {
        1: a_file(1, "beach.mp4", tags=("sea", "sun"), uses=(use,)),
        2: a_file(2, "food.mp4", username="bob", reserved_by=(12,)),
    }
    return rack


async def test_a_file_with_what_became_of_it(rack: Rack, where: Where, tmp_path: Path) -> None:
    """Kind, length, size, tags and where it was used; the detail has its path and each post."""
    async with opened(rack, tmp_path, (140, 30), where=where) as person:
        await person.press("7")
        await person.sees("beach.mp4", "video", "12 s", "5 MB", "sea, sun", "@ann", "task 12 will",
                          "/media/beach.mp4", "1080x1920", "confirmed", "2 of 2")  # fmt: skip
        await person.press("slash", *"tag:sun", "enter")
        await person.sees("1 of 2")


async def test_a_file_is_added_and_taken_out(rack: Rack, where: Where, tmp_path: Path) -> None:
    """A path is typed; taking out asks first, and Enter is a no."""
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("7", "A")
        await person.sees("by its path on the server's computer")
        await person.press(*"/media/new.mp4", "enter")
        await person.sees("add: /media/new.mp4 is file 3", "3 of 3")
        await person.press("a", "X")
        await person.sees("Take 3 files out of the library? (1, 2, 3)")
        await person.press("enter")
        await person.sees("take out: left alone")
        await person.press("X")
        await person.sees("Take 3 files")
        await person.press("y")
        await person.sees("take out: 3 done", "no files; A adds one")

    assert not rack.materials.kept


async def test_files_get_other_tags(rack: Rack, where: Where, tmp_path: Path) -> None:
    """All that are marked; what is no tag is refused beside what was typed."""
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("7", "a", "t")
        await person.sees("Tags of 2 files", "sea, sun")
        await person.press(*", ", *"w" * 61, "enter")
        await person.sees("refused: tags", "at most 60 characters")
        await person.press(*["backspace"] * 61, *"Winter", "enter")
        await person.sees("tags: 2 done", "sea, sun, winter")

    assert {one.tags for one in rack.materials.kept.values()} == {("sea", "sun", "winter")}


async def test_what_others_add_is_seen(rack: Rack, tmp_path: Path) -> None:
    """Going there reads the library again: no event tells of it."""
    async with opened(rack, tmp_path) as person:
        await person.press("7")
        await person.sees("2 of 2")
        rack.materials.kept[3] = a_file(3, "late.mp4")
        await person.press("1", "7")
        await person.sees("late.mp4", "3 of 3")


async def test_every_setting_stands_with_its_sentence(
    rack: Rack, where: Where, tmp_path: Path
) -> None:
    """Also those that are made tomorrow: the pane asks the model."""
    async with opened(rack, tmp_path, (160, 40), where=where) as person:
        await person.press("8")
        count = len(Settings.model_fields)
        await person.sees(f"{count} of {count}", "max_retry_count", "How often auto_retry may try.")
        assert {one.name for one in listed(rack.set)} == set(Settings.model_fields)
        assert all(one.sentence for one in listed(rack.set))


async def test_a_setting_is_changed_at_once(rack: Rack, where: Where, tmp_path: Path) -> None:
    """Enter edits; what is refused stands beside what was typed; esc changes nothing."""
    async with opened(rack, tmp_path, where=where) as person:
        await person.press("8", "slash", *"max_retry", "enter", "enter")
        await person.sees("How often auto_retry may try.", "Allowed: 1 to 10", "Default: 3")
        await person.press("backspace", *"99", "enter")
        await person.sees("refused: max_retry_count: 99 is too large; at most 10", "99")
        await person.press("backspace", "backspace", *"often", "enter")
        await person.sees("refused: max_retry_count", "is not a whole number", "often")
        await person.press("escape")
        await person.sees("edit: left alone")
        await person.press("i")
        await person.sees("Allowed: 1 to 10")
        await person.press("backspace", "5", "enter")
        await person.sees("edit: max_retry_count is 5, in force now")

    assert rack.set.max_retry_count == 5


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("auto_retry", "on", True),
        ("auto_retry", " OFF ", False),
        ("auto_retry", "maybe", "maybe"),
        ("device_limit", "20", 20),
        ("device_limit", "20.5", 20.5),
        ("device_limit", "many", "many"),
        ("max_temperature_c", "41.5", 41.5),
        ("plan", "Pro", "Pro"),
        ("time_zone", "Asia/Tokyo", "Asia/Tokyo"),
        ("media_folders", "/a, /b c", ["/a", "/b c"]),
        ("media_folders", " ", []),
    ],
)
def test_what_is_typed_becomes_what_the_api_takes(name: str, typed: str, value: object) -> None:
    """Words for on and off, commas between folders; what does not fit goes as it is."""
    assert read_setting(name, typed) == value


def test_a_setting_says_what_it_may_be() -> None:
    """Limits, choices, on or off; a default of the server's computer is not made up here."""
    known = {one.name: one for one in listed(Settings(auto_retry=True))}

    assert known["auto_retry"].allowed == "on or off"
    assert (known["auto_retry"].value, known["auto_retry"].changed) == ("on", True)
    assert known["plan"].allowed == "Starter, Pro, Team, Business"
    assert known["max_retry_count"].allowed == "1 to 10"
    assert (known["time_zone"].default, known["time_zone"].changed) == (OF_THE_SERVER, False)


async def test_hostile_names_are_never_obeyed(rack: Rack, tmp_path: Path) -> None:
    """In a path, a tag, a caption and a folder of the settings."""
    nasty = STRINGS[0]
    rack.materials.kept = {1: a_file(1, nasty, tags=(nasty,), caption=nasty, username=nasty)}
    rack.set = rack.set.model_copy(update={"media_folders": (f"/{nasty}",)})
    async with opened(rack, tmp_path, (160, 40)) as person:
        await person.press("7")
        await person.sees(safe(nasty))
        await person.press("8", "slash", *"folders", "enter")
        await person.sees(safe(nasty))
        assert "\x1b" not in person.text
        await person.press("enter")
        await person.sees("Only files below these folders")
        assert "\x1b" not in person.text
