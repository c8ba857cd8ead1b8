"""The posting apps of one phone, and which of them is in front."""

from collections.abc import Callable, Iterator, Sequence

from tmcore.virtual.app.instagram.app import Instagram
from tmcore.virtual.app.look import Look
from tmcore.virtual.app.port import App, Body
from tmcore.virtual.app.tiktok import TikTok, trill
from tmcore.virtual.faults import Fault
from tmcore.virtual.packages import LAUNCHER, package_of

MakeApp = Callable[[Body, Look], App]
APPS: tuple[MakeApp, ...] = (TikTok, Instagram, trill)
_FIRST_PID = 21877


class Apps:
    """Apps by package; another package may be in front, and then none of them is."""

    def __init__(self, body: Body, makers: Sequence[MakeApp]) -> None:
        self._by_package: dict[str, App] = {}
        self.looks: dict[str, Look] = {}
        for make in makers:
            look = Look()
            app = make(body, look)
            self._by_package[app.package], self.looks[app.package] = app, look
        self._front, self._last = LAUNCHER, next(iter(self._by_package))

    def __iter__(self) -> Iterator[App]:
        return iter(self._by_package.values())

    @property
    def first(self) -> str:
        """The package that is meant when none is named."""
        return next(iter(self._by_package))

    @property
    def front(self) -> str:
        """The package in front; one that died has left."""
        app = self._by_package.get(self._front)
        return self._front if app is None or app.running else LAUNCHER

    @property
    def current(self) -> App:
        """The one in front, or that was there last."""
        return self._by_package[self._last]

    def get(self, package: str) -> App | None:
        """One of them."""
        return self._by_package.get(package)

    def look(self, package: str | None = None) -> Look:
        """How one of them is; raises KeyError for a package that is none."""
        return self.looks[package_of(package) if package else self.first]

    def show(self, package: str) -> None:
        """Bring a package to the front."""
        self._front = package
        if app := self._by_package.get(package):
            self._last = package
            app.launch()

    def leave(self) -> None:
        """Home."""
        self._front = LAUNCHER

    def stop(self, package: str) -> None:
        """Kill one, if it is one of ours."""
        if app := self._by_package.get(package):
            app.stop()
        if self._front == package:
            self._front = LAUNCHER

    def stop_all(self) -> None:
        """The phone goes down."""
        for app in self:
            app.stop()
        self._front = LAUNCHER

    def meant(self, fault: Fault) -> App:
        """The one that a fault names, else the current one."""
        return self._by_package.get(package_of(fault.text("app")), self.current)

    def processes(self) -> dict[str, int]:
        """Process ids of those that run."""
        return {a.package: _FIRST_PID + n for n, a in enumerate(self) if a.running}
