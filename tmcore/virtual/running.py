"""What runs on the phone besides its apps: processes of the shell, and the ports they listen on."""

import asyncio
import itertools

from tmcore.virtual.transport import Service


class Running:
    """Processes by pid, listeners by port."""

    def __init__(self) -> None:
        self._pids = itertools.count(31_000)
        self.spawned: dict[int, asyncio.Event] = {}  # set, the process ends
        self.listeners: dict[int, Service] = {}
        self.automated = False  # Android has one place for whoever reads the screen

    def __repr__(self) -> str:
        return f"<Running pids {list(self.spawned)}, ports {list(self.listeners)}>"

    def new_pid(self) -> int:
        """A process id that none had before."""
        return next(self._pids)

    def end(self) -> None:
        """Kill what the shell started."""
        for ended in self.spawned.values():
            ended.set()
