"""Taking a phone over for an attempt, also with a database that was restored from a backup.

Such a database counts on from where the backup was made, while its phones remember the attempts
that came after it. So it goes on above the number that the phone has: once a phone, and only before
this process had it. What was pressed meanwhile has its marker there, and is not pressed again: it
becomes unknown. A process that had the phone and finds a larger number has met another one on a
copy of its database, and stays shut out.
"""

import logging

from tmcore.engine.patience import written
from tmcore.errors import StaleEpoch
from tmcore.phone.port import Phone
from tmcore.store.store import Store

logger = logging.getLogger("tmcore.owning")


class Behind(StaleEpoch):
    """The phone has seen later runs of this database; the next one is numbered above them."""


async def own(store: Store, phone: Phone, epoch: int) -> None:
    """Raises StaleEpoch; Behind where the next attempt will do."""
    try:
        await phone.own(epoch)
    except StaleEpoch as error:
        if error.ahead is None:
            raise
        ahead = error.ahead
        await written(lambda: store.skip_epochs(ahead))
        logger.warning("%s; was a backup of the database restored? Counting on from there", error)
        raise Behind(
            f"{phone.serial} remembers run {ahead} of this database, which is at {epoch}: was it "
            "restored from a backup? The next run is numbered above that"
        ) from error
