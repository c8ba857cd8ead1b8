"""How a phone is before a run: asked in one round trip, woken where it sleeps behind a swipe."""

from tmcore.phone.port import Checkup, Phone

_WAKES = 2  # a screen that comes on slowly still reads as dark after the first


async def inspect(phone: Phone, *packages: str, user: int = 0) -> Checkup:
    """Read how a phone is; where it sleeps or is locked, after it was woken.

    A swipe lock opens by that; one with a PIN stays and is told as locked.
    """
    checkup = await phone.checkup(*packages, user=user)
    for _ in range(_WAKES):
        if checkup.awake is not False and not checkup.locked:
            break
        await phone.wake()
        checkup = await phone.checkup(*packages, user=user)
    return checkup
