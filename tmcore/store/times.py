"""Times cross the store's border as aware UTC datetimes and live inside as milliseconds."""

from datetime import UTC, datetime, timedelta

_EPOCH, _MS = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
LARGEST_ID = 2**63  # SQLite's integers end below; whatever is larger does not exist


def to_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def passed_ms(at: datetime) -> int:
    """Return the last whole millisecond that has passed: never one that is still ahead."""
    return (at - _EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
