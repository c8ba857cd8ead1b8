"""A lane: one daemon thread that runs blocking calls, each with a deadline, each cuttable.

adbutils blocks, its timeouts count per recv, and a thread in recv() is only woken by its socket. So
a call opens its sockets through its Call, and a cut shuts exactly those down: the thread is free
again at once, and so is the caller. Two things follow:

- A cut call never succeeds. recv() answers a shutdown with an end of file, which reads like
  success; whatever such a call returns is thrown away.
- The deadline counts from the start of the call in the lane: a probe that waits behind a push is
  not late. A call whose caller left while it waited never starts.

The thread is a daemon: a call that cannot be cut (a dead network drive) does not keep Python alive.
"""

import asyncio
import contextvars
import queue
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

from tmcore.errors import AdbUnreachable

T = TypeVar("T")
V = TypeVar("V")

_CONNECT_S = 3.0  # to the adb server, which is nearly always on this machine


class Call(Generic[T]):
    """One call of a lane, and the sockets it has open."""

    def __init__(
        self,
        work: "Callable[[Call[T]], T]",
        deadline_s: float | None,
        on_cut: Callable[[], None],
    ) -> None:
        self._work = work
        self._deadline_s = deadline_s
        self._on_cut = on_cut
        self._context = contextvars.copy_context()  # a log line knows what it is about
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._started = self._ended = self._is_cut = False
        self.done: asyncio.Future[T] = self._loop.create_future()

    # In the lane's thread

    def connect(self, host: str, port: int) -> socket.socket:
        """Open a socket that a cut of this call shuts down."""
        line = socket.socket()
        with self._lock:
            if self._is_cut:
                line.close()
                raise ConnectionAbortedError("cut")
            self._sockets.add(line)
        try:
            line.settimeout(_CONNECT_S)
            line.connect((host, port))
            line.settimeout(None)
            _tune(line)
        except OSError as error:
            self.drop(line)
            raise AdbUnreachable(
                f"No adb server answers at {host}:{port}; start one with `adb start-server`."
            ) from error
        if self._is_cut:  # it came before connect(), when there was nothing to shut down
            raise ConnectionAbortedError("cut")
        return line

    def drop(self, line: socket.socket) -> None:
        """Close a socket of this call; never while a cut holds its number."""
        with self._lock:
            self._sockets.discard(line)
        line.close()

    def tell(self, message: Callable[[V], object], word: V) -> None:
        """Call `message` in the caller's loop, unless the caller has left by then."""
        self._say(lambda: self.done.done() or message(word))

    def run(self) -> None:
        """Do the work, unless its caller has left, and tell the caller how it ended."""
        with self._lock:
            if self._is_cut:
                return
            self._started = True
        self._say(self._arm)
        try:
            result = self._context.run(self._work, self)
        except Exception as error:  # noqa: BLE001  # the lane hands it to the caller, who knows it
            self._end(None, error)
        else:
            self._end(result, None)

    def refuse(self) -> None:
        """End a call that never started: its lane is closed."""
        self._say(self._settle, None, ConnectionAbortedError("the lane is closed"))

    def _end(self, result: T | None, error: Exception | None) -> None:
        with self._lock:
            self._ended = True
            if self._is_cut:
                result, error = None, ConnectionAbortedError("cut")
            left, self._sockets = self._sockets, set()
        for line in left:
            line.close()
        self._say(self._settle, result, error)

    def _say(self, message: Callable[..., object], *words: object) -> None:
        with suppress(RuntimeError):  # the loop has ended, and the caller with it
            self._loop.call_soon_threadsafe(message, *words)

    # In the caller's loop

    def cut(self) -> None:
        """Shut the call's sockets down; one that still waits will never start."""
        with self._lock:
            self._is_cut = True
            for line in self._sockets:
                with suppress(OSError):  # not connected yet, or reset by the other side
                    line.shutdown(socket.SHUT_RDWR)
            was_running = self._started and not self._ended
        if was_running:
            self._on_cut()

    @property
    def is_running(self) -> bool:
        return self._started and not self._ended

    def _arm(self) -> None:
        if self._deadline_s is not None and not self._ended:
            self._timer = self._loop.call_later(self._deadline_s, self._expire)

    def _expire(self) -> None:
        self.cut()
        if not self.done.done():
            self.done.set_exception(TimeoutError(f"no answer within {self._deadline_s:g} s"))

    def _settle(self, result: T, error: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self.done.done():
            return
        if error is not None:
            self.done.set_exception(error)
        else:
            self.done.set_result(result)


def _tune(line: socket.socket) -> None:
    """Send small requests at once, and notice within 40 s that a server far away has died."""
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):  # Linux has them all
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class Lane:
    """Runs calls one after the other in a daemon thread of its own."""

    def __init__(self, name: str, on_cut: Callable[[], None] = lambda: None) -> None:
        self._name = name
        self._on_cut = on_cut
        self._queue: queue.SimpleQueue[Call[Any] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._call: Call[Any] | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name=f"lane {name}", daemon=True)

    async def run(
        self,
        work: Callable[[Call[T]], T],
        *,
        deadline_s: float | None,
        cuttable: bool = True,
    ) -> T:
        """Run `work` in the thread. Raises TimeoutError at its deadline, and whatever it raises.

        Cancelling the caller cuts the call; one that runs and is not `cuttable` goes on to its end
        or its deadline with nobody listening.
        """
        if self._closed:
            raise ConnectionAbortedError("the lane is closed")
        if not self._thread.is_alive():  # a lane that is never used costs no thread
            self._thread.start()
        call = Call(work, deadline_s, self._on_cut)
        self._queue.put(call)
        try:
            return await call.done
        except asyncio.CancelledError:
            if cuttable or not call.is_running:
                call.cut()
            raise

    def close(self) -> None:
        """Cut what runs, refuse what waits, end the thread."""
        with self._lock:
            self._closed = True
            call = self._call
        if call is not None:
            call.cut()
        self._queue.put(None)

    @property
    def is_busy(self) -> bool:
        return self._call is not None

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _serve(self) -> None:
        while (call := self._queue.get()) is not None:
            with self._lock:
                self._call = None if self._closed else call
            if self._call is None:
                call.refuse()
                continue
            call.run()
            self._call = None
            del call  # a thread that waits must not hold the last result

    def __repr__(self) -> str:
        state = "closed" if self._closed else "busy" if self.is_busy else "idle"
        return f"<Lane {self._name}: {state}>"
