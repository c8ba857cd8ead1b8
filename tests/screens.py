"""Real dumps, read in place and never copied, and the ways in which other phones differ."""

import os
import random
import re
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "apps" / "fixtures"  # ours: written by hand, shipped
_BOUNDS = re.compile(r"\[(-?\d+),(-?\d+)\]\[(-?\d+),(-?\d+)\]")


def folder() -> Path | None:
    """The folder of real dumps: TM_SCREENS, or shared/screens beside this clone."""
    if named := os.environ.get("TM_SCREENS"):
        return Path(named) if Path(named).is_dir() else None
    beside = (parent / "shared" / "screens" for parent in Path(__file__).resolve().parents)
    return next((path for path in beside if path.is_dir()), None)


def real(name: str) -> str:
    """One real dump, by 'app/file'; the test is skipped, loudly, where there are none."""
    found = folder()
    if found is None:
        pytest.skip(f"REAL DUMPS ARE MISSING, {name} was not tested: set TM_SCREENS")
    return (found / name).read_text("utf-8")


def fixture(name: str) -> str:
    return (FIXTURES / name).read_text("utf-8")


def without_ids(xml: str) -> str:
    return re.sub(r'resource-id="[^"]*"', 'resource-id=""', xml)


def with_drawn_ids(xml: str, seed: int) -> str:
    """The app's ids shuffled among its nodes, as an update does; Android's own stay."""
    own = re.compile(r'(?<=resource-id=")com\.(?:zhiliaoapp|ss)[^"]*')
    ids = own.findall(xml)
    random.Random(seed).shuffle(ids)
    return own.sub(lambda _: ids.pop(), xml)


def scaled(xml: str, x: float, y: float) -> str:
    return _BOUNDS.sub(lambda found: scaled_bounds(found[0], x, y), xml)


def scaled_bounds(bounds: str, x: float, y: float) -> str:
    left, top, right, bottom = map(int, _BOUNDS.fullmatch(bounds).groups())  # type: ignore[union-attr]  # ours
    return f"[{round(left * x)},{round(top * y)}][{round(right * x)},{round(bottom * y)}]"
