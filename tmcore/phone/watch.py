"""DeviceWatch: which phones are there, without asking for it.

The adb server sends its whole list at each change; a thread waits for it and costs nothing until
then. What adb calls `device` is a claim: each such address is asked who it is, in a task of its
own, so that a phone which does not answer holds up no other. The hardware serial is the key; an
address is only where a phone is reached at the moment.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType

from tmcore.context import about
from tmcore.devices import DeviceState
from tmcore.errors import AdbUnreachable, PhoneError
from tmcore.phone import commands, parse
from tmcore.phone.adb import AdbPhone
from tmcore.phone.lane import Lane
from tmcore.phone.link import Kind, Link
from tmcore.phone.server import AdbServer
from tmcore.phone.sighting import Identity, Post, Sighting, identity, preferred, sighting
from tmcore.phone.transport import track

_ANSWER_S = 10.0
_ASKED_AT_ONCE = 64  # the adb server dies at 1024 descriptors, devices and streams together
_REFRESH_S = 60.0  # battery, temperature, space
_BOOTING_S = 1.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0  # between questions to a phone that does not answer
_FIRST_RETRY_S, _LONGEST_RETRY_S = 0.5, 5.0  # between connections to a server that is gone
_GONE = "It is not connected; check its cable and hub."


class DeviceWatch:
    """Follows one adb server; `on_change` hears of phones, `on_server` why the server is down."""

    def __init__(
        self,
        server: AdbServer,
        owner: str,
        on_change: Callable[[Sighting], None],
        on_server: Callable[[str], None] = lambda _why: None,
        *,
        refresh_s: float = _REFRESH_S,
        uses_first_eye: Callable[[], bool] = lambda: True,
    ) -> None:
        self._server, self._owner = server, owner
        self._on_change, self._on_server = on_change, on_server
        self._refresh_s, self._uses_first_eye = refresh_s, uses_first_eye
        self._lane = Lane(f"watch of {server}")
        self._following: asyncio.Task[None] | None = None
        self._turns = asyncio.Semaphore(_ASKED_AT_ONCE)
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._listed: dict[str, str] = {}
        self._posts: dict[str, Post] = {}
        self._serials: dict[str, str] = {}  # which phone an address led to last
        self._phones: dict[str, AdbPhone] = {}
        self._sightings: dict[str, Sighting] = {}
        self._server_why: str | None = "The adb server has not been asked yet."
        self._server_known = asyncio.Event()

    @property
    def phones(self) -> Mapping[str, AdbPhone]:
        """Every phone that has answered since the start, by hardware serial."""
        return MappingProxyType(self._phones)

    @property
    def sightings(self) -> Mapping[str, Sighting]:
        return MappingProxyType(self._sightings)

    @property
    def strangers(self) -> Mapping[str, str]:
        """Wi-Fi addresses that have not said yet which phone they are, and why not."""
        return {
            address: parse.standing(state).why or "It has not said yet who it is."
            for address, state in self._listed.items()
            if address not in self._posts
        }

    @property
    def listed(self) -> Mapping[str, str]:
        """What adb's list says of each address."""
        return MappingProxyType(self._listed)

    def serial_at(self, address: str) -> str | None:
        """Return the phone that answers at an address now."""
        post = self._posts.get(address)
        return post.serial if post and post.answers else None

    def ask_again(self, address: str) -> None:
        """Ask who is there now, instead of after the pause that a silent phone is given."""
        if (state := self._listed.get(address)) is not None:
            self._enter(address, state)

    @property
    def server_up(self) -> bool:
        return self._server_why is None

    @property
    def server_why(self) -> str:
        """Why no adb server answers; empty while one does."""
        return self._server_why or ""

    async def start(self) -> None:
        """Follow the server; returns when it is known whether one answers."""
        self._following = asyncio.create_task(self._follow(), name="watch: adb server")
        await self._server_known.wait()

    async def stop(self) -> None:
        """End every thread and task, and the phones with them."""
        tasks = [*self._asking.values(), *filter(None, [self._following])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lane.close()
        for phone in self._phones.values():
            phone.close()

    async def _follow(self) -> None:
        retry_s = _FIRST_RETRY_S
        while True:
            try:
                await self._server.check()
                retry_s = _FIRST_RETRY_S
                await self._lane.run(
                    partial(track, server=self._server, seen=self._listen), deadline_s=None
                )
            except AdbUnreachable as error:
                self._lose_server(str(error))
            await asyncio.sleep(retry_s)
            retry_s = min(retry_s * 2, _LONGEST_RETRY_S)

    def _lose_server(self, why: str) -> None:
        was_up, self._server_why = self.server_up, why
        for address in list(self._listed):
            self._leave(address, why)
        if was_up or not self._server_known.is_set():
            self._on_server(why)
        self._server_known.set()

    def _listen(self, text: str) -> None:
        """Hear a new list; what is in it as before needs nothing."""
        if not self.server_up:
            self._server_why = None
            self._on_server("")
        self._server_known.set()
        now = parse.devices(text)
        for address in self._listed.keys() - now.keys() if parse.is_whole(text) else ():
            self._leave(address, _GONE)
        for address, state in now.items():
            if self._listed.get(address) != state:
                self._enter(address, state)

    def _leave(self, address: str, why: str) -> None:
        self._stop_asking(address)
        del self._listed[address]
        if (post := self._posts.pop(address, None)) is not None:
            self._report(post.serial, why)

    def _enter(self, address: str, state: str) -> None:
        self._stop_asking(address)
        self._listed[address] = state
        standing = parse.standing(state)
        if standing.state is DeviceState.READY:
            self._asking[address] = asyncio.create_task(
                self._ask(address), name=f"watch: {address}"
            )
        else:
            self._let_go(address)
        serial = self._serials.get(address) or (address if parse.is_serial(address) else None)
        if serial is not None:  # an unknown Wi-Fi address is no phone until it has said who it is
            self._posts[address] = Post(address, standing, serial)
            self._report(serial)

    def _let_go(self, address: str) -> None:
        """Hold nothing open to a phone that is offline, as soon as it is.

        adb 1.0.41 ends by SIGSEGV, with the phones of all, where such a phone is then reached anew
        or unplugged: in 66 of 87 tries with open streams, in none of 50 without.
        """
        for phone in self._phones.values():
            if phone.address == address:
                phone.let_go()

    def _stop_asking(self, address: str) -> None:
        if (task := self._asking.pop(address, None)) is not None:
            task.cancel()

    async def _ask(self, address: str) -> None:
        """Ask an address who is there until it answers, until it has booted, then now and then."""
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                async with self._turns:
                    with about(serial=self._serials.get(address, address)):
                        who = await self._identify(address)
            except (PhoneError, AdbUnreachable) as error:
                self._hear_nothing(address, str(error))
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            else:
                pause_s = _FIRST_PAUSE_S
                self._hear(address, who)
                await asyncio.sleep(self._refresh_s if who.booted else _BOOTING_S)

    async def _identify(self, address: str) -> Identity:
        with closing(Link(address, address, self._server)) as link:
            said = await link.shell(
                commands.IDENTITY,
                kind=Kind.READ, doing="identify", deadline_s=_ANSWER_S, watch=True,
            )  # fmt: skip
        if (who := identity(said.text)) is None:
            raise PhoneError("it does not say its hardware serial.")
        return who

    def _hear(self, address: str, who: Identity) -> None:
        before = self._posts.get(address)
        self._serials[address] = who.serial
        standing = parse.standing(self._listed[address])
        self._posts[address] = Post(address, standing, who.serial, who)
        if before is not None and before.serial != who.serial:
            self._report(before.serial, f"The phone at {address} is {who.serial}.")
        self._report(who.serial)

    def _hear_nothing(self, address: str, why: str) -> None:
        if (post := self._posts.get(address)) is not None:
            self._posts[address] = replace(post, silence=why)
            self._report(post.serial)

    def _report(self, serial: str, absence: str = _GONE) -> None:
        """Sum up what is known of a phone, and tell it where it differs from before."""
        posts = {a: post for a, post in self._posts.items() if post.serial == serial}
        last = self._sightings.get(serial)
        now = sighting(serial, posts, last, absence, datetime.now(UTC))
        self._sightings[serial] = now
        if (post := preferred(posts, last.address if last else None)) and post.answers:
            self._meet(serial, post.address, is_back=last is None or not _answered(last))
        if not now.says_the_same_as(last):
            self._on_change(now)

    def _meet(self, serial: str, address: str, *, is_back: bool) -> None:
        phone = self._phones.get(serial)
        if phone is None:
            self._phones[serial] = AdbPhone(
                serial, address, self._server, self._owner, self._uses_first_eye
            )
        elif is_back or phone.address != address:
            phone.move(address)

    def __repr__(self) -> str:
        state = "up" if self.server_up else f"down: {self.server_why}"
        return f"<DeviceWatch of {self._server}: {len(self._listed)} addresses, server {state}>"


def _answered(last: Sighting) -> bool:
    return last.state in (DeviceState.READY, DeviceState.BOOTING)
