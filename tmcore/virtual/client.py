"""The rack seen from outside: starts the process and speaks its control socket."""

import contextlib
import json
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Self

_ANSWER_S = 30.0


class RackFailed(Exception):
    """The virtual rack did not start, or refused a command."""


class VirtualRack:
    """A rack in a process of its own, which ends with this object or its parent."""

    def __init__(
        self,
        adb_port: int | None,
        count: int = 4,
        *,
        profile: str = "instant",
        prefix: str = "VRT",
        seed: int = 1,
        screens: Path | None = None,
        screens_folder: Path | None = None,
    ) -> None:
        command = [sys.executable, "-m", "tmcore.virtual", "--until-eof", f"--count={count}",
                   f"--profile={profile}", f"--prefix={prefix}", f"--seed={seed}"]  # fmt: skip
        command += [f"--adb-port={adb_port}"] if adb_port else []
        command += [f"--screens={screens}"] if screens else []
        command += [f"--screens-folder={screens_folder}"] if screens_folder else []
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )
        try:
            self._hello()
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"<VirtualRack of {len(self.serials)} phones, pid {self.pid}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def ask(self, cmd: str, **request: Any) -> dict[str, Any]:
        """Any command of the control socket; a refusal is raised."""
        with self._lock:
            return self._channel.ask(cmd, request)

    def wait(self, serial: str, timeout_s: float = 10, **until: Any) -> bool:
        """Wait on one phone for posts=, presses=, failures=, screen= or commands= (a regex).

        False when late. It has a connection of its own, so that other threads can go on talking to
        the rack.
        """
        channel = _Channel(self.control_port, timeout_s + _ANSWER_S)
        try:
            answer = channel.ask("wait", {"serial": serial, "timeout": timeout_s, **until})
        finally:
            channel.close()
        return bool(answer["met"])

    def truth(self, serial: str | None = None) -> dict[str, Any]:
        """What really happened on one phone; without a serial, of all by serial."""
        return self._about("truth", serial)

    def posts(self, serial: str) -> list[dict[str, Any]]:
        """What one phone has published."""
        posts: list[dict[str, Any]] = self.truth(serial)["posts"]
        return posts

    def state(self, serial: str | None = None) -> dict[str, Any]:
        """Where one phone stands; without a serial, all by serial."""
        return self._about("state", serial)

    def fault(
        self,
        serial: str,
        name: str,
        *,
        when: dict[str, str] | None = None,
        **args: Any,
    ) -> None:
        """Break a phone, now or when a screen or command is met."""
        self.ask("fault", serial=serial, name=name, **({"when": when} if when else {}), **args)

    def heal(self, serial: str, name: str | None = None) -> None:
        """Repair one fault, or all."""
        self.ask("heal", serial=serial, **({"name": name} if name else {}))

    def set(self, serial: str, **values: Any) -> None:
        """Change how a phone or its app is."""
        self.ask("set", serial=serial, **values)

    def reset(self, serial: str | None = None, profile: str | None = None) -> None:
        """Factory state, for one phone or all."""
        chosen = {"serial": serial, "profile": profile}
        self.ask("reset", **{k: v for k, v in chosen.items() if v})

    def add(self, serial: str | None = None) -> str:
        """One more phone; returns its serial."""
        answer = self.ask("add", **({"serial": serial} if serial else {}))
        self.addresses[answer["serial"]] = answer["address"]
        return str(answer["serial"])

    def remove(self, serial: str) -> None:
        """One phone less."""
        self.ask("remove", serial=serial)
        del self.addresses[serial]

    @property
    def serials(self) -> list[str]:
        """The hardware serials, in order."""
        return list(self.addresses)

    def installed(self, app: str) -> list[tuple[str, str]]:
        """Package and version of an app as these phones came with it."""
        return sorted((package, version) for name, package, version in self._apps if name == app)

    def close(self) -> None:
        """End the process."""
        with contextlib.suppress(AttributeError, OSError):
            self._channel.close()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _about(self, cmd: str, serial: str | None) -> dict[str, Any]:
        if serial is not None:
            return self.ask(cmd, serial=serial)
        phones: dict[str, Any] = self.ask(cmd)["phones"]
        return phones

    def _hello(self) -> None:
        line = self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise RackFailed(f"the virtual rack ended with {self._process.wait(5)}")
        hello = json.loads(line)
        self.accounts = {p["serial"]: p["account"] for p in hello["phones"]}
        self._apps = {tuple(app) for p in hello["phones"] for app in p["apps"]}
        self.addresses = {p["serial"]: p["address"] for p in hello["phones"]}
        self.control_port = int(hello["control"])
        self._channel = _Channel(self.control_port, _ANSWER_S)


class _Channel:
    """One connection to the control socket."""

    def __init__(self, port: int, timeout_s: float) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout_s)
        self._lines = self._socket.makefile("rb")

    def ask(self, cmd: str, request: dict[str, Any]) -> dict[str, Any]:
        """One command's answer."""
        self._socket.sendall(json.dumps({"cmd": cmd, **request}).encode() + b"\n")
        line = self._lines.readline()
        if not line:
            raise RackFailed("the virtual rack is gone")
        answer: dict[str, Any] = json.loads(line)
        if not answer.pop("ok"):
            raise RackFailed(answer["error"])
        return answer

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._socket.close()
