"""Times cross the store's border as aware UTC datetimes and live inside as milliseconds."""

from datetime import UTC, datetime

LARGEST_ID = 2**63  # SQLite's integers end below; whatever is larger does not exist


def to_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
