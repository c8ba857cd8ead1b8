"""Which Wi-Fi phones are to be connected again."""

from collections.abc import Callable
from datetime import datetime

from tmcore.store.accounts import Read, Write
from tmcore.store.times import to_ms


class WifiShelf:
    """Addresses, each with the phone that was last there."""

    def __init__(self, write: Write, read: Read, clock: Callable[[], datetime]) -> None:
        self._write, self._read, self._now = write, read, clock

    async def every(self) -> dict[str, str | None]:
        rows = await self._read("SELECT address, serial FROM wifi ORDER BY address")
        return {row["address"]: row["serial"] for row in rows}

    async def keep(self, address: str, serial: str | None = None) -> None:
        """Remember an address, and the phone there where it is known."""
        now = to_ms(self._now())
        await self._write(
            lambda db: (
                db.execute(
                    "INSERT INTO wifi (address, serial, added_at) VALUES (?, ?, ?) "
                    "ON CONFLICT DO UPDATE SET serial = COALESCE(excluded.serial, serial)",
                    (address, serial, now),
                ).rowcount
            )
        )

    async def forget(self, address: str) -> None:
        await self._write(
            lambda db: db.execute("DELETE FROM wifi WHERE address = ?", (address,)).rowcount
        )
