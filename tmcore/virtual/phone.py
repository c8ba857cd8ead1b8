"""One virtual phone: everything that its shell, its app and its cable share."""

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass

from tmcore.virtual import desk, services
from tmcore.virtual.app.look import Look
from tmcore.virtual.app.node import Deed, Window
from tmcore.virtual.app.port import App
from tmcore.virtual.apps import APPS, Apps, MakeApp
from tmcore.virtual.cable import Cable
from tmcore.virtual.effects import let_go, take_hold
from tmcore.virtual.faults import Fault, Faults
from tmcore.virtual.files import Files
from tmcore.virtual.identity import Identity
from tmcore.virtual.latency import Latency
from tmcore.virtual.media import Media
from tmcore.virtual.packages import (
    GBOARD,
    LAUNCHER,
    MAIN_ACTIVITIES,
    SYSTEM_UI,
    Package,
    factory_packages,
    factory_settings,
    package_of,
)
from tmcore.virtual.running import Running
from tmcore.virtual.touch import Touch
from tmcore.virtual.transport import Service
from tmcore.virtual.truth import Ran, Truth

_MEDIA_PERMISSIONS = ("android.permission.READ_MEDIA_VIDEO", "android.permission.READ_MEDIA_IMAGES")


@dataclass(slots=True)
class Battery:
    """As dumpsys shows it; the temperature in tenths of a degree."""

    level: int = 87
    temperature: int = 274
    charging: bool = True


class Phone(Touch):
    """The phone. `reset` makes it new; its serial, port and model stay."""

    def __init__(
        self,
        identity: Identity,
        latency: Latency,
        *,
        number: int = 0,
        makers: Sequence[MakeApp] = APPS,
    ) -> None:
        self.identity, self.latency, self.number = identity, latency, number
        self.dice = random.Random(identity.serial)  # noqa: S311 - delays, not keys
        self.is_silent = self.is_unauthorized = False
        self.cable: Cable = Cable(self)
        self._makers = makers
        self._thaw = asyncio.Event()
        self._thaw.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.faults = Faults(self._armed, self._healed)
        self._rebooting: asyncio.Task[None] | None = None
        self._furnish()

    def __repr__(self) -> str:
        return f"<Phone {self.identity.serial} at {self.cable.address}: {self.front}>"

    # --- what it is

    @property
    def serial(self) -> str:
        """The hardware serial."""
        return self.identity.serial

    @property
    def size(self) -> tuple[int, int]:
        """Pixels."""
        return self.identity.size

    @property
    def banner(self) -> bytes:
        """What adbd says first."""
        names = {k: self.properties[f"ro.product.{k}"] for k in ("name", "model", "device")}
        words = "".join(f"ro.product.{k}={v};" for k, v in names.items())
        return f"device::{words}features={services.FEATURES}".encode()

    @property
    def ip(self) -> str:
        """Its address in a network that does not exist."""
        return f"192.0.2.{10 + self.number % 240}"

    @property
    def front(self) -> str:
        """The package in front."""
        if self.locked or not self.awake:
            return SYSTEM_UI
        return self.apps.front

    @property
    def app(self) -> App:
        """The posting app in front, or that was there last."""
        return self.apps.current

    @property
    def shown(self) -> App | None:
        """The posting app that is seen, if one is."""
        return self.apps.get(self.front)

    @property
    def look(self) -> Look:
        """How that app is."""
        return self.apps.looks[self.app.package]

    @property
    def front_component(self) -> str:
        """The activity in front."""
        other = self.shown.activity if self.shown else ""
        return other or f"{self.front}/{MAIN_ACTIVITIES.get(self.front, '.NotificationShade')}"

    @property
    def keyboard(self) -> bool:
        """Whether the keyboard is open."""
        return bool(self.shown and self.shown.keyboard)

    @property
    def never_idle(self) -> bool:
        """Whether a video plays in sight."""
        return bool(self.shown and self.shown.never_idle)

    @property
    def is_online(self) -> bool:
        """Whether it has a network."""
        table = self.settings["global"]
        return table["airplane_mode_on"] == "0" and table.get("wifi_on", "1") == "1"

    def windows(self) -> list[Window]:
        """What is on the screen, front to back."""
        if shown := self.shown:
            ime = [desk.input_method(self.size)] if self.keyboard else []
            return [*ime, *shown.windows()]
        if self.front == SYSTEM_UI:
            return [desk.keyguard(self.size)]
        names = {a.title: self._starter(a.package) for a in self.apps if self.package(a.package)}
        return [desk.launcher(self.size, names)]

    def _starter(self, package: str) -> Deed:
        return lambda: self.start_app(package)

    def package(self, name: str) -> Package | None:
        """An installed package."""
        missing = self.faults.get("app_missing")
        if missing and name == (package_of(missing.text("app")) or self.apps.first):
            return None
        return self.packages.get(name)

    def installed(self) -> Iterable[Package]:
        """All packages."""
        return [p for p in self.packages.values() if self.package(p.name)]

    def allows(self, package: str, permission: str) -> bool:
        """Whether a permission is granted."""
        if permission in _MEDIA_PERMISSIONS and "no_permission" in self.faults:
            return False
        found = self.package(package)
        return bool(found and found.permissions.get(permission))

    def allows_media(self, package: str) -> bool:
        """Whether an app may read videos."""
        return self.allows(package, _MEDIA_PERMISSIONS[0])

    def grant(self, package: str, permission: str, *, granted: bool = True) -> bool:
        """Allow or forbid something; False without that package."""
        found = self.package(package)
        if found:
            found.permissions[permission] = granted
        if granted and permission in _MEDIA_PERMISSIONS:
            self.faults.heal("no_permission")
        return found is not None

    def processes(self) -> dict[str, int]:
        """Process ids by package."""
        system = {"system_server": 1432, SYSTEM_UI: 1877, LAUNCHER: 2101, GBOARD: 2399}
        return system | self.apps.processes()

    # --- hands: what input does is in touch.py; am and svc

    def start_app(self, package: str) -> None:
        """Bring an app to the front."""
        found = self.package(package)
        if not found or not found.enabled:
            return
        self.log.append(f"I ActivityTaskManager: START u0 {{cmp={package}}} from uid 2000")
        self.apps.show(package)

    def share(self, package: str, uri: str, target: str) -> None:
        """A share intent with a content URI."""
        row = self.media.by_uri(uri)
        self.start_app(package)
        app = self.apps.get(package)
        if row and app and app.running:
            app.share(row.path, target)

    def view(self, package: str, url: str) -> bool:
        """Open an address in an app; False where the app does not take it."""
        app = self.apps.get(package)
        if app is None or not app.view(url):
            return False
        self.apps.show(package)
        return True

    def stop_app(self, package: str) -> None:
        """Kill an app."""
        self.apps.stop(package)
        self.log.append(f"I ActivityManager: Force stopping {package} appid=10231 user=0")

    def leave(self) -> None:
        """Home."""
        self.apps.leave()

    def is_in_front(self, package: str) -> bool:
        """Whether it is already there."""
        return self.front == package

    def reverse(self, request: str) -> bytes:
        """Kept and listed, never used: an OPEN of what was not set kills the adb server."""
        verb, _, spec = request.partition(":")
        if verb == "forward":
            remote, _, local = spec.removeprefix("norebind:").partition(";")
            self._reverses[remote] = local
            return b"OKAY"
        if verb == "killforward":
            self._reverses.pop(spec, None)
            return b"OKAY"
        if verb == "killforward-all":
            self._reverses.clear()
            return b"OKAY"
        listing = "".join(f"x {r} {k}\n" for r, k in self._reverses.items())
        return f"{len(listing):04x}{listing}".encode()

    def freeze(self) -> None:
        """Read and answer nothing until `thaw`."""
        self._thaw.clear()

    def thaw(self) -> None:
        """Go on."""
        self._thaw.set()

    def reboot(self, down: float = 1.0, boot: float = 1.0) -> None:
        """Down, then booting, then as before; files stay, the app and its uploads do not."""
        self._rebooting = asyncio.get_running_loop().create_task(self._reboot(down, boot))

    # --- what the services ask

    def service(self, name: str) -> Service | None:
        """A service by name."""
        return services.find(self, name)

    async def thawed(self) -> None:
        """Wait while frozen."""
        await self._thaw.wait()

    async def began(self, command: str) -> Ran:
        """A command arrived: faults that wait for it are armed, then it takes its time."""
        ran = self.truth.began(command)
        self.faults.command_seen(command)
        await self.thawed()
        seconds = self.latency.draw(self.latency.shell, self.dice)
        if slow := self.faults.get("slow"):
            seconds += slow.number("seconds", 0)
        if seconds:
            await asyncio.sleep(seconds)
        return ran

    def ended(self, token: object, code: int) -> None:
        """It ended."""
        if isinstance(token, Ran):
            self.truth.ended(token, code)
            self.faults.command_ended(token.command)

    async def received(self, total: int, chunk: int) -> None:
        """Part of a push arrived."""
        await self.thawed()
        slow = self.faults.get("slow")
        if slow and (rate := slow.number("bytes_per_second", 0)):
            await asyncio.sleep(chunk / rate)
        drop = self.faults.get("drop_after")
        if drop and "bytes" in drop.args and total >= drop.number("bytes", 0):
            self.pull(drop)

    def drops(self, command: str) -> Fault | None:
        """The fault that drops the transport at this command, if one waits for it."""
        fault = self.faults.get("drop_after")
        return fault if fault and "bytes" not in fault.args and fault.matches(command) else None

    def pull(self, fault: Fault) -> None:
        """Drop the transport once, or for good when the fault says unplug."""
        self.faults.heal(fault.name)
        if fault.args.get("unplug"):
            self.faults.add("unplugged", {})
        else:
            self.cable.drop()

    async def wait_for_dump(self) -> None:
        """A dump waits for an idle screen first."""
        await asyncio.sleep(self.latency.draw(self.latency.dump, self.dice))

    def dumped(self) -> None:
        """A dump was taken."""
        self.app.dumped()

    # --- what its app asks

    def came_up(self, screen: str) -> None:
        """A screen came up."""
        self.truth.screens.append(screen)
        self.faults.screen_shown(screen)

    def later(self, seconds: float, deed: Callable[[], None]) -> asyncio.TimerHandle:
        """Do something later."""
        return asyncio.get_running_loop().call_later(seconds, deed)

    # --- what the control socket asks

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Start work that `settled` waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until faults have taken hold."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    async def reset(self) -> None:
        """Factory state, healthy and plugged in."""
        if self._rebooting:
            self._rebooting.cancel()
        self.faults.heal()
        await self.settled()
        self.cable.stop_services()
        await asyncio.sleep(0)
        self.apps.stop_all()
        self._furnish()
        await self.cable.plug()

    def _furnish(self) -> None:
        self.files, self.truth = Files(), Truth()
        self.files.boot()
        self.media = Media(self.files, lambda: self.latency.draw(self.latency.probe, self.dice))
        self.packages = factory_packages()
        self.properties = dict(self.identity.properties)
        self.settings = factory_settings()
        self.battery = Battery()
        self.awake, self.locked = True, False
        self.log: deque[str] = deque(["I SystemServer: boot completed"], maxlen=200)
        self._reverses: dict[str, str] = {}
        self.running: Running = Running()
        self.user, self.clock_offset = 0, 0.0
        self.apps: Apps = Apps(self, self._makers)
        for look in self.apps.looks.values():
            look.choose(f"studio_{self.number + 1:02d}")
            look.accounts.append(f"studio_{self.number + 1:02d}_b")

    # --- faults take hold and let go: effects.py

    def _armed(self, fault: Fault) -> None:
        take_hold(self, fault)

    def _healed(self, fault: Fault) -> None:
        let_go(self, fault)

    async def _reboot(self, down: float, boot: float) -> None:
        self.apps.stop_all()
        await asyncio.sleep(0.05)  # the reboot command's own answer still gets out
        self.cable.unplug()
        self.running.end()
        await asyncio.sleep(down)
        self.properties["sys.boot_completed"] = ""
        self.files.boot()
        self.locked = True
        with contextlib.suppress(OSError):
            await self.cable.plug()
        await asyncio.sleep(boot)
        self.properties["sys.boot_completed"] = "1"
        self.locked = "locked" in self.faults
