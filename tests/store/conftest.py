from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tmcore.store.changes import Draft
from tmcore.store.store import Store
from tmcore.store.times import to_ms


@dataclass
class FakeClock:
    """A clock that stands still until it is told to go on."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 9, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "rack.db", clock)
    yield store
    await store.close()


def a_draft(serial: str = "R58M1", start_at: datetime | None = None, **changes: object) -> Draft:
    due = start_at or datetime(2026, 11, 24, 9, tzinfo=UTC)
    values: dict[str, object] = {
        "serial": serial,
        "username": None,
        "app": "tiktok",
        "script_name": "post",
        "script_config": "{}",
        "source": "api",
        "start_at": due,
        "place": to_ms(due),
        "media": None,
        "media_sha256": "ab" * 32,
        "caption": "",
    }
    return Draft(**{**values, **changes})  # type: ignore[arg-type]
