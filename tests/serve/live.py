"""A real rack on virtual phones, served from a thread of its own, and what makes its routes answer.

Schemathesis sends from ordinary functions; the rack and its server need a loop of their own.
"""

import asyncio
import itertools
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tmcore.devices import Device, DeviceState
from tmcore.model import Change
from tmcore.phone.server import AdbServer
from tmcore.rack import Rack
from tmcore.reasons import Reason
from tmcore.store.attempts import Intent
from tmcore.store.changes import Draft
from tmcore.store.store import Store
from tmcore.virtual.adb_server import PrivateAdb
from tmserve.app import Server
from tmserve.routes import PREFIX

UNKNOWN = 60  # tasks of unknown outcome: each can be settled once
LATER = datetime.now(UTC) + timedelta(days=300)  # no task of these tests begins to run
AWAY = "AWAY1"


@contextmanager
def served(folder: Path, adb: PrivateAdb, serials: Sequence[str]) -> Iterator[str]:
    """Serve a rack whose phones are ready; gives the address."""
    started: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        await seed(folder)
        async with Rack(folder / "rack.db", adb=AdbServer("127.0.0.1", adb.port)) as rack:
            await rack.change_settings({"media_folders": [str(folder)], "time_zone": "UTC"})
            while not {*serials} <= {d.serial for d in await rack.devices(DeviceState.READY)}:
                await asyncio.sleep(0.02)
            async with Server(rack, port=0, grace_s=1) as server:
                stop = asyncio.Event()
                started.set_result((server.url, asyncio.get_running_loop(), stop))
                await stop.wait()

    def work() -> None:
        try:
            asyncio.run(run())
        except Exception as error:
            if started.done():
                raise
            started.set_exception(error)

    thread = threading.Thread(target=work, name="served")
    thread.start()
    url, loop, stop = started.result(30)
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)


async def seed(folder: Path) -> None:
    """Make a database with tasks that need a person, each with a kept screen."""
    store = await Store.open(folder / "rack.db")
    await store.save_device(Device(serial=AWAY, state=DeviceState.AWAY))
    for task_id in await store.insert([lost(n) for n in range(UNKNOWN)]):
        [claimed] = await store.claim([task_id])
        await store.intend(claimed, Intent("tiktok", "ann", str(task_id)))
        await store.keep_evidence(claimed.attempt_id, "1-end.xml")
        unknown = Change.fail(Reason.OUTCOME_UNKNOWN, "pressed; no proof was seen")
        await store.apply(task_id, unknown, attempt_id=claimed.attempt_id)
        kept = folder / "rack.evidence" / str(task_id)
        kept.mkdir(parents=True)
        (kept / "1-end.xml").write_text("<hierarchy/>")
    await store.close()


def lost(number: int) -> Draft:
    return Draft(
        serial=AWAY,
        username=None,
        app="tiktok",
        script_name="post",
        script_config="{}",
        source="api",
        start_at=datetime(2026, 1, 31, tzinfo=UTC),
        place=number,
        media=None,
        media_sha256=None,
        caption="",
    )


PATH = {"package": "com.zhiliaoapp.musically", "version": "43.1.4", "path": "ai_label"}
NOWHERE = {"url": "http://127.0.0.1:9/", "events": ["task.move"]}


@dataclass
class Feed:
    """Makes, right before a call, the things that the call names."""

    url: str
    folder: Path
    video: Path
    serial: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _address: str | None = None

    def __post_init__(self) -> None:
        self.unknown = iter(range(1, UNKNOWN + 1))

    def send(self, method: str, path: str, body: Any = None) -> Any:
        with httpx.Client(trust_env=False, verify=False) as http:
            answer = http.request(method, f"{self.url}{PREFIX}{path}", json=body, timeout=30)
        envelope = answer.json()
        assert envelope["code"] == 0, (method, path, envelope)
        return envelope["data"]

    def file(self) -> str:
        """A video that nobody has seen before."""
        path = self.folder / f"{next(self.numbers)}.mp4"
        shutil.copy(self.video, path)
        with path.open("ab") as file:
            file.write(b"\0\0\0\x10free" + path.name.encode().ljust(8)[:8])
        return str(path)

    def task_body(self) -> dict[str, Any]:
        config = {"material_list": [self.file()], "captions": "hello"}
        body = {"serials": [self.serial], "script_name": "post", "script_config": config}
        return body | {"start_at": LATER.isoformat()}

    def schedule_body(self) -> dict[str, Any]:
        template = {k: v for k, v in self.task_body().items() if k != "start_at"}
        return {"name": f"s{next(self.numbers)}", "cron": "30 18 1 1 *", "template": template}

    def plan_body(self) -> dict[str, Any]:
        row = {"device": self.serial, "file": self.file(), "caption": "hello"}
        return {"name": "week", "rows": [row | {"date": f"{LATER:%Y-%m-%d}", "time": "18:30"}]}

    def account_body(self) -> dict[str, Any]:
        return {"app": "tiktok", "username": f"ann{next(self.numbers)}", "serial": self.serial}

    def token_body(self) -> dict[str, Any]:
        return {"name": f"t{next(self.numbers)}", "scope": "read"}

    def webhook(self) -> int:
        return int(self.send("POST", "/webhook", NOWHERE)["id"])

    def task(self) -> int:
        [task_id] = self.send("POST", "/task", self.task_body())["task_ids"]
        return int(task_id)

    def failed(self) -> int:
        task_id = self.task()
        self.send("POST", f"/task/{task_id}/stop")
        return task_id

    def paused(self) -> str:
        self.send("POST", f"/device/{self.serial}/pause", {"reason": "tests"})
        return self.serial

    def free(self) -> str:
        self.send("POST", f"/device/{self.serial}/resume")
        return self.serial

    def made(self, path: str, body: dict[str, Any]) -> int:
        return int(self.send("POST", path, body)["id"])

    def address(self) -> str:
        """Where another phone listens for adb, on this computer."""
        if self._address is None:
            found = self.send("GET", "/device")["devices"]
            others = (d for d in found if d["serial"] != self.serial and d["address"])
            self._address = next(others)["address"]
        assert self._address.startswith("localhost:")
        return self._address

    def apk(self) -> str:
        path = self.folder / "app.apk"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("AndroidManifest.xml", bytes(64))
        return str(path)


def _id(make: Callable[[Feed], Any], name: str = "id") -> Callable[[Feed], dict[str, Any]]:
    return lambda feed: {"path_parameters": {name: make(feed)}}


def _body(make: Callable[[Feed], Any]) -> Callable[[Feed], dict[str, Any]]:
    return lambda feed: {"body": make(feed)}


def _at_phone(body: Any = None) -> Callable[[Feed], dict[str, Any]]:
    def make(feed: Feed) -> dict[str, Any]:
        said = body(feed) if callable(body) else body
        return {"path_parameters": {"serial": feed.free()}} | ({"body": said} if said else {})

    return make


def _confirmed(feed: Feed) -> dict[str, str]:
    feed.send("POST", "/profile/path/confirm", PATH)
    return PATH


def _account(feed: Feed) -> int:
    return feed.made("/account", feed.account_body())


def _schedule(feed: Feed) -> int:
    return feed.made("/schedule", feed.schedule_body())


def _plan(feed: Feed) -> int:
    return int(feed.send("POST", "/plan", feed.plan_body())["plan"]["id"])


def _material(feed: Feed) -> int:
    return feed.made("/material", {"path": feed.file()})


# what makes an operation answer 2xx; the others do so by themselves
FEEDS: dict[str, Callable[[Feed], dict[str, Any]]] = {
    "POST /task": _body(Feed.task_body),
    "GET /task/{id}": _id(Feed.task),
    "DELETE /task/{id}": _id(Feed.task),
    "DELETE /task/batch": _body(lambda feed: {"task_ids": [feed.task()]}),
    "POST /task/{id}/stop": _id(Feed.task),
    "POST /task/{id}/retry": _id(Feed.failed),
    "POST /task/{id}/resolve": lambda feed: {
        "path_parameters": {"id": next(feed.unknown)},
        "body": {"posted": True},
    },
    # the last, which no other call resolves, and so none deletes
    "GET /task/{id}/evidence/{name}": lambda _: {
        "path_parameters": {"id": UNKNOWN, "name": "1-end.xml"}
    },
    "GET /device/{serial}": _at_phone(),
    "PATCH /device/{serial}": _at_phone({"label": "shelf 1", "tags": ["berlin"]}),
    "POST /device/{serial}/pause": _at_phone({"reason": "tests"}),
    "POST /device/{serial}/resume": _at_phone(),
    "POST /device/{serial}/release": _at_phone(),
    "POST /device/{serial}/prepare": _at_phone({"act": False}),
    "POST /device/{serial}/install": _at_phone(lambda feed: {"path": feed.apk()}),
    "GET /device/{serial}/screen.png": _at_phone(),
    "GET /device/{serial}/screen.xml": _at_phone(),
    "POST /device/{serial}/act": lambda feed: {
        "path_parameters": {"serial": feed.paused()},
        "body": {"key": "home"},
    },
    "POST /device/connect": lambda feed: {"body": {"address": feed.address()}},
    "POST /device/disconnect": lambda feed: {"body": _connected(feed)},
    "POST /account": _body(Feed.account_body),
    "PATCH /account/{id}": lambda feed: {
        "path_parameters": {"id": _account(feed)},
        "body": {"enabled": False},
    },
    "DELETE /account/{id}": _id(_account),
    "POST /account/{id}/release": _id(_account),
    "GET /material/{id}": _id(_material),
    "PATCH /material/{id}": lambda feed: {
        "path_parameters": {"id": _material(feed)},
        "body": {"tags": ["sea"]},
    },
    "DELETE /material/{id}": _id(_material),
    "GET /material/{id}/thumbnail.jpg": _id(_material),
    "POST /material": lambda feed: {"body": {"path": feed.file()}},
    "POST /schedule": _body(Feed.schedule_body),
    "POST /schedule/preview": _body(Feed.schedule_body),
    "GET /schedule/{id}": _id(_schedule),
    "PUT /schedule/{id}": lambda feed: {
        "path_parameters": {"id": _schedule(feed)},
        "body": feed.schedule_body(),
    },
    "DELETE /schedule/{id}": _id(_schedule),
    "POST /schedule/{id}/pause": _id(_schedule),
    "POST /schedule/{id}/resume": _id(_schedule),
    "POST /schedule/{id}/run": _id(_schedule),
    "POST /plan": _body(Feed.plan_body),
    "POST /plan/preview": _body(Feed.plan_body),
    "POST /plan/rehearse": _body(Feed.plan_body),
    "POST /plan/{id}/rehearse": _id(_plan),
    "GET /plan/{id}": _id(_plan),
    "POST /plan/{id}/move": lambda feed: {
        "path_parameters": {"id": _plan(feed)},
        "body": {"minutes": 60},
    },
    "POST /plan/{id}/withdraw": _id(_plan),
    "DELETE /settings/{name}": lambda _: {"path_parameters": {"name": "auto_retry"}},
    "POST /profile/path/confirm": _body(lambda _: PATH),
    "POST /profile/path/withdraw": _body(_confirmed),
    "PUT /settings": _body(lambda _: {"auto_retry": False}),
    "POST /token": _body(Feed.token_body),
    "DELETE /token/{name}": _id(
        lambda feed: feed.send("POST", "/token", feed.token_body())["name"], "name"
    ),
    "POST /account/import": _body(lambda feed: {"accounts": [feed.account_body()]}),
    "POST /webhook": _body(lambda _: NOWHERE),
    "POST /webhook/{id}/resume": _id(Feed.webhook),
    "DELETE /webhook/{id}": _id(Feed.webhook),
}


def _connected(feed: Feed) -> dict[str, str]:
    address = {"address": feed.address()}
    feed.send("POST", "/device/connect", address)
    return address
