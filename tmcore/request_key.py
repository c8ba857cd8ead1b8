"""The key of a request that may be sent twice and shall be carried out once."""

import re

from tmcore.errors import BadInput
from tmcore.validation import shown

HEADER = "Idempotency-Key"
LONGEST = 255
_KEY = re.compile(rf"[!-~]{{1,{LONGEST}}}")


def demand_key(key: str) -> None:
    """Raise BadInput unless it can be sent in a header and kept."""
    if not _KEY.fullmatch(key):
        raise BadInput.of(
            HEADER,
            f"{shown(key)} is not a key: 1 to {LONGEST} visible ASCII characters, such as a UUID",
        )
