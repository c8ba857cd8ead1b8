"""When to look again for a post whose outcome is unknown, and which evidence then counts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

# between the end and the first look, and between each look and the next: what a slow network or a
# moderator holds up comes in minutes or in an hour; what is not there then, a person looks for
GAPS: Sequence[timedelta] = tuple(timedelta(minutes=n) for n in (2, 10, 30, 120))


def next_look(last: datetime, looks: int) -> datetime | None:
    """`last` is when the outcome became unknown, or the last look was over; None: no more of it.

    A phone that was away for long is not looked at four times on end when it comes back.
    """
    return last + GAPS[looks] if looks < len(GAPS) else None
