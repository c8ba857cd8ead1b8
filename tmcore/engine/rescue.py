"""Brings phones and the adb server back: rules.ladder says what is next, here it is done.

One phone's rung is a task of its own, so that a phone which takes a minute over it holds up no
other. Nothing is done to a phone while a task runs on it or another rack drives it, and nothing
that other phones feel while a press is open on any.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import closing, suppress
from typing import Any

from tmcore.devices import Device, DeviceState, Rung, Tried
from tmcore.engine.crew import Crew
from tmcore.engine.fleet import Fleet
from tmcore.engine.patience import written
from tmcore.engine.recovery import Recovery
from tmcore.errors import AdbUnreachable, BadInput, PhoneError
from tmcore.phone.link import Link
from tmcore.phone.server import AdbServer
from tmcore.phone.watch import DeviceWatch
from tmcore.rules.ladder import (
    Climb,
    Pace,
    ServerSeen,
    may_restart_server,
    next_rung,
    trouble,
)
from tmcore.settings import Settings
from tmcore.store.store import Store, utc_now
from tmcore.store.times import from_ms, to_ms

logger = logging.getLogger("tmcore.rescue")

PACE = Pace()
GLANCE_S = 1.0
PROBE_S = 3.0


class Rescue:
    """Every phone's climb, and the server's restarts."""

    def __init__(
        self,
        store: Store,
        fleet: Fleet,
        crew: Crew,
        watch: DeviceWatch,
        server: AdbServer,
        settings: Callable[[], Settings],
    ) -> None:
        self._store, self._fleet, self._crew = store, fleet, crew
        self._watch, self._server, self._settings = watch, server, settings
        self._climbs: dict[str, Climb] = {}
        self._busy: dict[str, asyncio.Task[None]] = {}  # by serial; the server's under ""
        self._had, self._gone_at = 0, 0.0
        self._restarts, self._restarted_at = 0, 0.0

    async def run(self) -> None:
        """Look once a second; ends by being cancelled, and what it does with it."""
        try:
            while True:
                self._turn(time.monotonic())
                await asyncio.sleep(GLANCE_S)
        finally:
            for task in self._busy.values():
                task.cancel()
            await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def _turn(self, now: float) -> None:
        for serial in list(self._fleet.known):
            if serial not in self._busy:
                self._look_at(serial, now)
        wanted = self._settings().restart_adb and "" not in self._busy
        if wanted and may_restart_server(self._server_seen(now), PACE):
            self._restarts, self._restarted_at = self._restarts + 1, now
            self._start("", self._restart_server())

    def _look_at(self, serial: str, now: float) -> None:
        if self._is_plainly_well(serial):
            return
        device, address = self._fleet.device(serial), self._fleet.known[serial].address
        phone = self._fleet.phones.get(serial)
        wrong = trouble(
            device,
            self._watch.listed.get(address or ""),
            blind=bool(phone and phone.blind),
        )
        climb = self._climbs.get(serial, Climb(since=now)).seen(wrong, now, PACE)
        if wrong is None and not climb.tried:
            self._climbs.pop(serial, None)
            return
        self._climbs[serial] = climb
        may_reboot = self._settings().reboot_phones
        rung = next_rung(climb, now, PACE, may_reboot=may_reboot)
        if rung is None or address is None or not self._may_touch(serial, rung):
            return
        self._climbs[serial] = climb.stepped(rung, now)
        self._start(serial, self._try(device, address, rung))

    def _is_plainly_well(self, serial: str) -> bool:
        """Spare the healthy ones of a large rack: no lock is looked at, no word compared."""
        phone = self._fleet.phones.get(serial)
        return (
            self._fleet.known[serial].state is DeviceState.READY
            and serial not in self._fleet.hands
            and serial not in self._climbs
            and not (phone and phone.blind)
        )

    def _may_touch(self, serial: str, rung: Rung) -> bool:
        hand = self._fleet.hands.get(serial)
        if hand and not hand.ended.is_set() and not isinstance(hand, Recovery):
            return False  # its task will notice by itself, and must not be cut
        if rung in (Rung.RESTART_EYE, Rung.REBOOT) and hand and not hand.ended.is_set():
            return False
        if rung is Rung.RECONNECT_OFFLINE and self._press_is_open():
            return False
        return not self._fleet.holder(serial)

    def _press_is_open(self) -> bool:
        return any(hand.in_press_window for hand in self._fleet.hands.values())

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = self._busy[name] = asyncio.create_task(work, name=f"rescue: {name or 'adb server'}")
        task.add_done_callback(lambda done: self._ended(name, done))

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        del self._busy[name]
        if not task.cancelled() and (error := task.exception()):
            logger.error("%s could not be helped", name or "the adb server", exc_info=error)

    # One phone

    async def _try(self, device: Device, address: str, rung: Rung) -> None:
        try:
            said = await self._do(device.serial, address, rung)
        except (PhoneError, AdbUnreachable, BadInput) as error:
            said = str(error)
        logger.warning("%s: %s: %s", device.serial, rung, said)
        self._note(device.serial, rung, said)
        self._crew.device_changed(device.serial)

    async def _do(self, serial: str, address: str, rung: Rung) -> str:
        if rung is Rung.PROBE:
            return await self._probe(serial, address)
        if rung is Rung.RECONNECT:
            return await self._server.reconnect(address)
        if rung is Rung.RECONNECT_OFFLINE:
            return await self._server.reconnect_offline()
        if rung is Rung.RESTART_EYE:
            return await self._restart_eye(serial)
        if rung is Rung.REBOOT:
            return await self._reboot(serial)
        return await self._quarantine(serial)

    async def _probe(self, serial: str, address: str) -> str:
        with closing(Link(serial, address, self._server)) as link:
            await link.echo(PROBE_S)
        self._watch.ask_again(address)
        return "it answers"

    async def _restart_eye(self, serial: str) -> str:
        phone = self._fleet.phones[serial]
        async with self._store.slot(serial, "recover"):
            await phone.restart_eye()
        return "its screen can be read again"

    async def _reboot(self, serial: str) -> str:
        if await self._store.last_press_at(serial) is not None:
            return "not restarted: a press on it is open, or its outcome is unknown"
        if (phone := self._fleet.find(serial)) is None:
            return "not restarted: it never said who it is"
        async with self._store.slot(serial, "recover"):
            await phone.reboot()
        return "told to restart"

    async def _quarantine(self, serial: str) -> str:
        climb = self._climbs[serial]
        at = from_ms(to_ms(utc_now()))  # as the database will say it
        tried = ", ".join(rung.replace("_", " ") for rung in climb.tried if rung != Rung.QUARANTINE)
        why = f"{climb.trouble}, and stayed so after {tried or 'nothing'}"
        device = self._fleet.quarantine(serial, why, at)
        await written(lambda: self._store.quarantine_device(device))
        del self._climbs[serial]
        return why

    def _note(self, serial: str, rung: Rung, said: str) -> None:
        counts = {tried.rung: tried for tried in self._fleet.known[serial].recovery}
        before = counts[rung].count if rung in counts else 0
        counts[rung] = Tried(rung=rung, count=before + 1, last_at=utc_now(), said=said)
        self._fleet.note_recovery(serial, tuple(counts[rung] for rung in Rung if rung in counts))

    # The adb server

    def _server_seen(self, now: float) -> ServerSeen:
        listed = len(self._watch.listed)
        if listed:
            self._had, self._gone_at, self._restarts = listed, now, 0
        return ServerSeen(
            is_local=self._server.is_local,
            answers=self._watch.server_up,
            had=self._had,
            listed=listed,
            gone_s=now - self._gone_at,
            press_open=self._press_is_open(),
            restarts=self._restarts,
            since_restart_s=now - self._restarted_at,
        )

    async def _restart_server(self) -> None:
        logger.warning("every phone is gone with the adb server at %s: restarting it", self._server)
        with suppress(AdbUnreachable):  # the watch says why it is down
            await self._server.restart()

    def __repr__(self) -> str:
        return f"<Rescue: {len(self._climbs)} phones, {self._restarts} restarts of the adb server>"
