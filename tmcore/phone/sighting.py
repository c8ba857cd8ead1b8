"""What the watch sees of a phone: who and how it is, and what to do about it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tmcore.devices import DeviceState
from tmcore.phone import parse


@dataclass(frozen=True)
class Identity:
    """What one batched answer says of the phone at an address; None is unreadable."""

    serial: str
    booted: bool | None = None
    model: str | None = None
    android: str | None = None
    sdk: int | None = None
    virtual: bool = False
    run: str | None = None  # Android's boot id: two phones with one serial differ in it
    battery_percent: int | None = None
    temperature_c: float | None = None
    free_bytes: int | None = None


def identity(text: str) -> Identity | None:
    """Read the answer to commands.IDENTITY; None when it names no serial."""
    part = parse.sections(text).get
    serial = part("serial") or ""
    if not parse.is_address(serial):
        return None
    return Identity(
        serial=serial,
        booted=parse.is_booted(part("boot")),
        model=part("model") or None,
        android=part("android") or None,
        sdk=parse.number(part("sdk")),
        virtual="1" in (part("emulated") or "").split(),
        run=parse.first(r"^([0-9a-f-]{36})$", part("run")),
        battery_percent=parse.battery_percent(part("battery")),
        temperature_c=parse.temperature_c(part("battery")),
        free_bytes=parse.free_bytes(part("df")),
    )


@dataclass(frozen=True)
class Sighting:
    """One phone as it was seen last."""

    serial: str
    address: str | None
    state: DeviceState
    why: str
    at: datetime
    model: str | None = None
    android: str | None = None
    sdk: int | None = None
    virtual: bool = False
    run: str | None = None
    battery_percent: int | None = None
    temperature_c: float | None = None
    free_bytes: int | None = None

    def says_the_same_as(self, other: "Sighting | None") -> bool:
        return other is not None and replace(self, at=other.at) == other

    def __repr__(self) -> str:
        why = f", {self.why}" if self.why else ""
        return f"<Sighting {self.serial} at {self.address}: {self.state}{why}>"


@dataclass(frozen=True)
class Post:
    """One address in adb's list: what adb says of it, and what the phone there says of itself."""

    address: str
    standing: parse.Standing
    serial: str  # the hardware serial; or the address, where nothing better is known
    identity: Identity | None = None
    silence: str = ""  # why it does not answer although adb shows it as `device`

    @property
    def answers(self) -> bool:
        return self.identity is not None and not self.silence and self._is_device

    @property
    def state(self) -> DeviceState:
        if not self._is_device:
            return self.standing.state
        if self.identity is None or self.silence:
            return DeviceState.CONNECTING
        return DeviceState.READY if self.identity.booted else DeviceState.BOOTING

    @property
    def why(self) -> str:
        if not self._is_device:
            return self.standing.why
        if self.silence:
            return f"adb shows it, but it does not answer: {self.silence}"
        if self.identity is None:
            return "It was just plugged in and is being asked who it is."
        return "" if self.identity.booted else "Android is still starting."

    @property
    def _is_device(self) -> bool:
        return self.standing.state is DeviceState.READY


def preferred(posts: Mapping[str, Post], current: str | None) -> Post | None:
    """Of several addresses of one phone, take the one that answers; among equals stay."""
    if not posts:
        return None
    return max(
        posts.values(),
        key=lambda post: (post.answers, _is_usable(post), post.address == current, post.address),
    )


def sighting(
    serial: str, posts: Mapping[str, Post], last: Sighting | None, absence: str, at: datetime
) -> Sighting:
    """Sum up one phone from all its addresses; with none it is away because of `absence`.

    What was known of it stays, so that an operator can tell which phone is missing.
    """
    post = preferred(posts, last.address if last else None)
    if post is None:
        address = last.address if last else None
        return _known(None, last, Sighting(serial, address, DeviceState.AWAY, absence, at))
    why = " ".join(filter(None, (post.why, _others(posts, post))))
    state = DeviceState.OFFLINE if _are_two_phones(posts) else post.state
    return _known(post.identity, last, Sighting(serial, post.address, state, why, at))


def _known(who: Identity | None, last: Sighting | None, now: Sighting) -> Sighting:
    if (source := who or last) is None:
        return now
    return replace(
        now,
        model=source.model,
        android=source.android,
        sdk=source.sdk,
        virtual=source.virtual,
        run=source.run,
        battery_percent=source.battery_percent,
        temperature_c=source.temperature_c,
        free_bytes=source.free_bytes,
    )


def _others(posts: Mapping[str, Post], post: Post) -> str:
    others = sorted(address for address in posts if address != post.address)
    if not others:
        return ""
    if _are_two_phones(posts):
        return f"Another phone with the same serial is at {', '.join(others)}; unplug one of them."
    return f"It is also at {', '.join(others)}; {post.address} is used."


def _are_two_phones(posts: Mapping[str, Post]) -> bool:
    """Whether the addresses lead to different phones: which one would a task go to."""
    runs = {p.identity.run for p in posts.values() if p.answers and p.identity}
    return len(runs - {None}) > 1


def _is_usable(post: Post) -> bool:
    return post.standing.state is DeviceState.READY
