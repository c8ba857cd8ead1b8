"""What a person does with a phone, outside of any task: look, act, make sure.

Whoever acts holds the device's slot for that moment, and with it an epoch of its own: no task can
start in between, and a late command of an old task is refused.
"""

import logging
from contextlib import suppress

from tmcore.devices import Hand, PhoneScreen
from tmcore.engine.owning import own
from tmcore.engine.run import marker
from tmcore.errors import BadInput, PhoneError
from tmcore.model import Task
from tmcore.phone.port import Phone, PhoneForgot
from tmcore.store.store import Store

logger = logging.getLogger("tmcore.by_hand")

KEYS = {"back": 4, "home": 3, "wake": 224, "escape": 111, "enter": 66, "delete": 67}
FURTHEST = 10_000  # pixels
LONGEST = 500  # characters


async def look(phone: Phone) -> PhoneScreen:
    """Read a phone's screen; a running task is not disturbed by it."""
    return PhoneScreen(png=await phone.screenshot(), xml=(await phone.look()).xml)


def check(hand: Hand) -> None:
    """Raises BadInput unless exactly one act is asked for, and it can be done."""
    asked = [name for name in ("tap", "text", "key") if getattr(hand, name) is not None]
    if len(asked) != 1:
        raise BadInput.of("hand", "ask for one of tap, text or key")
    if hand.tap is not None and not all(0 <= part <= FURTHEST for part in hand.tap):
        raise BadInput.of("tap", f"{list(hand.tap)} is not a point; 0 to {FURTHEST} each")
    if hand.text is not None and not (
        hand.text.isascii() and hand.text.isprintable() and 0 < len(hand.text) <= LONGEST
    ):
        raise BadInput.of("text", f"use 1 to {LONGEST} printable ASCII characters")


async def act(store: Store, phone: Phone, hand: Hand) -> str:
    """Write it down and do it; return the line. Raises PhoneError, BadInput when it is busy."""
    said = _said(hand)
    async with store.slot(phone.serial, "hand") as epoch:
        await own(store, phone, epoch)
        # before, not after: a tap whose answer was lost may have happened
        await store.log_hand(epoch, phone.serial, said)
        if hand.tap is not None:
            await phone.tap_at(*hand.tap)
        elif hand.text is not None:
            await phone.type_text(hand.text)
        elif hand.key is not None:
            await phone.key(KEYS[hand.key])
    logger.info("%s on %s", said, phone.serial)
    return said


def _said(hand: Hand) -> str:
    if hand.tap is not None:
        return f"a person tapped {hand.tap[0]}, {hand.tap[1]}"
    if hand.text is not None:  # only its length: it may be a password
        return f"a person typed {len(hand.text)} characters"
    return f"a person pressed {hand.key}"


async def shut_out(store: Store, phone: Phone, task: Task) -> None:
    """Make sure that no late press of this task can happen any more. Raises BadInput."""
    try:
        async with store.slot(phone.serial, "resolve", task.id) as epoch:
            await own(store, phone, epoch)
            with suppress(PhoneForgot):  # it was reset: nothing of ours is left to run there
                await phone.void(marker(task.id, await store.generation(task.id)), epoch)
    except PhoneError as error:
        raise BadInput.of("posted", f"{phone.serial}: {error}") from error
