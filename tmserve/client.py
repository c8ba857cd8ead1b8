"""RemoteRack: the same RackApi over HTTP. Loads no Sanic."""

import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from functools import cache, partial
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import orjson
from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, to_json

from tmcore import errors, live
from tmcore.accounts import Account, AccountChange, Bound, NewAccount, NewAccounts
from tmcore.devices import Device, DeviceState, Hand, PhoneScreen
from tmcore.errors import BadInput, FieldError, NotFound, ServerUnreachable, TmError
from tmcore.events import Event
from tmcore.faces import Accounts, Devices
from tmcore.model import (
    PENDING,
    RUNNING,
    Created,
    Deleted,
    Health,
    License,
    NewTask,
    Retried,
    Stats,
    Task,
    TaskDetail,
    TaskPage,
    TaskQuery,
)
from tmcore.request_key import HEADER, demand_key
from tmcore.settings import Settings
from tmcore.validation import shown
from tmserve.far.calendar import RemotePlans, RemoteSchedules
from tmserve.far.desk import dump, part
from tmserve.far.keys import RemoteKeys, headers_for, is_here
from tmserve.far.materials import RemoteMaterials
from tmserve.far.paths import RemotePaths
from tmserve.far.repeating import AnswerLost, repeated
from tmserve.far.upkeep import RemoteUpkeep
from tmserve.far.waiting import Waiting
from tmserve.far.webhooks import RemoteWebhooks

T = TypeVar("T")

PREFIX = "/api/v1"
CONNECT_S, READ_S = 5, 60  # a stop or a resolve may wait for a phone
SILENCE_S = 40.0  # the stream of events pings every 15 s
JSON = {"Content-Type": "application/json"}
FILE = {"Content-Type": "application/octet-stream"}

BAD_INPUT = {e.code: e for e in (errors.BadInput, errors.ScriptMissing, errors.ScriptUnknown)}
ERRORS: dict[int, type[TmError]] = {
    e.code: e
    for e in (
        errors.TokenRefused,
        errors.AccessDenied,
        errors.DoorClosed,
        errors.NotFound,
        errors.WrongMethod,
        errors.Conflict,
        errors.BodyTooLarge,
        errors.NotJson,
        errors.TooManyRequests,
    )
}
NO_QUERY = TaskQuery()


class RemoteRack:
    """A rack behind the HTTP API at this address; raises what a Rack raises."""

    def __init__(self, url: str, token: str | None = None) -> None:
        """Without a token, the one in TM_TOKEN is sent; "" sends none. Raises BadInput."""
        self._url = url.rstrip("/")
        self._http = httpx.AsyncClient(
            base_url=self._url + PREFIX,
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
            trust_env=False,  # a proxy must not see, or break, what stays on this computer
            verify=_trusted() if self._url.startswith("https:") else False,
            headers=headers_for(self._url, token),
        )
        self._waiting = Waiting(self._stream)
        self.keys = RemoteKeys(self._json)
        self.schedules = RemoteSchedules(self._json)
        self.plans = RemotePlans(self._json)
        self.materials = RemoteMaterials(self._json, self._bytes)
        self.upkeep = RemoteUpkeep(self._json)
        self.webhooks = RemoteWebhooks(self._json)
        self.paths = RemotePaths(self._json)

    def __repr__(self) -> str:
        return f"<RemoteRack {self._url}>"

    @property
    def is_near(self) -> bool:
        """Whether the server seems to be on this computer: a tunnel cannot be told from it."""
        return is_here(urlsplit(self._url).hostname or "")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; the server goes on."""
        self._waiting.close()
        await self._http.aclose()

    async def create(self, new: NewTask, *, key: str | None = None) -> Created:
        """As Rack's; where the answer is lost it is asked for once more, under the same key."""
        key = uuid4().hex if key is None else key
        demand_key(key)
        ask = partial(self._json, Created, "POST", "/task", dump(new), key=key)
        return await repeated(ask)

    async def tasks(self, query: TaskQuery = NO_QUERY) -> TaskPage:
        return await self._ask(TaskPage, "/task", query.model_dump(mode="json"))

    async def task(self, task_id: int) -> TaskDetail:
        return await self._ask(TaskDetail, f"/task/{task_id}")

    async def wait(self, task_id: int) -> TaskDetail:
        with self._waiting.on(task_id) as changed:
            while True:
                changed.clear()
                task = await self.task(task_id)
                if task.status not in {PENDING, RUNNING}:
                    return task
                await changed.wait()

    async def stop(self, task_id: int) -> Task:
        return await self._json(Task, "POST", f"/task/{task_id}/stop")

    async def retry(self, task_id: int) -> Task:
        return await self._json(Task, "POST", f"/task/{task_id}/retry")

    async def retry_all(self, *, stopped: bool = True) -> Retried:
        return await self._json(Retried, "POST", f"/task/retry-all?stopped={stopped}".lower())

    async def delete(self, task_ids: Sequence[int]) -> Deleted:
        return await self._json(Deleted, "DELETE", "/task/batch", {"task_ids": list(task_ids)})

    async def resolve(self, task_id: int, *, posted: bool) -> Task:
        return await self._json(Task, "POST", f"/task/{task_id}/resolve", {"posted": posted})

    async def evidence(self, task_id: int, name: str) -> bytes:
        return await self._bytes(f"/task/{task_id}/evidence/{part(name)}")

    async def stats(self) -> Stats:
        return await self._ask(Stats, "/task/stats")

    async def devices(self, state: DeviceState | None = None, tag: str | None = None) -> Devices:
        asked = {"state": state, "tag": tag}
        return Devices(await self._list(Device, "devices", "/device", asked))

    async def device(self, serial: str) -> Device:
        return await self._ask(Device, f"/device/{part(serial)}")

    async def events(self, after: int | None = None) -> AsyncIterator[Event]:
        """Yield changes until the server ends the stream. Raises ServerUnreachable."""
        async with aclosing(self._stream(after)) as stream:
            async for event in stream:
                if event:
                    yield event

    async def _stream(self, after: int | None = None) -> AsyncGenerator[Event | None]:
        """Yield None when the stream is open, then its events."""
        query = {} if after is None else {"after": after}
        try:
            async with self._http.stream(
                "GET", "/events", params=query, timeout=httpx.Timeout(10, read=SILENCE_S)
            ) as response:
                if response.is_error:
                    await response.aread()
                    self._data(response)
                yield None
                async for line in _lines(response):
                    if line.startswith(b"data: "):
                        yield _read(Event, orjson.loads(line.removeprefix(b"data: ")))
        except httpx.TransportError as error:
            raise ServerUnreachable(f"The line to {self._url} was lost.") from error

    async def live(self, task_ids: Sequence[int] = (), *, seconds: float | None = None) -> None:
        """Show devices and tasks in one display that is updated in place; see RackApi."""
        await live.show(self, task_ids, seconds)

    async def pause(self, serial: str, reason: str) -> Device:
        path = f"/device/{part(serial)}/pause"
        return await self._json(Device, "POST", path, {"reason": reason})

    async def resume(self, serial: str) -> Device:
        return await self._json(Device, "POST", f"/device/{part(serial)}/resume")

    async def screen(self, serial: str) -> PhoneScreen:
        shown = [
            await self._send("GET", f"/device/{part(serial)}/screen.{kind}")
            for kind in ("png", "xml")
        ]
        for response in shown:
            if response.is_error:
                self._data(response)
        return PhoneScreen(png=shown[0].content, xml=shown[1].text)

    async def act(self, serial: str, hand: Hand) -> None:
        path = f"/device/{part(serial)}/act"
        self._data(await self._send("POST", path, body=dump(hand)))

    async def accounts(self, app: str | None = None, serial: str | None = None) -> Accounts:
        asked = {"app": app, "serial": serial}
        return Accounts(await self._list(Account, "accounts", "/account", asked))

    async def add_account(self, new: NewAccount) -> Account:
        return await self._json(Account, "POST", "/account", dump(new))

    async def add_accounts(self, new: NewAccounts) -> Bound:
        return await self._json(Bound, "POST", "/account/import", dump(new))

    async def change_account(self, account_id: int, change: AccountChange) -> Account:
        return await self._json(Account, "PATCH", f"/account/{account_id}", dump(change))

    async def release_account(self, account_id: int) -> Account:
        return await self._json(Account, "POST", f"/account/{account_id}/release")

    async def delete_account(self, account_id: int) -> None:
        self._data(await self._send("DELETE", f"/account/{account_id}"))

    async def settings(self) -> Settings:
        return await self._ask(Settings, "/settings")

    async def change_settings(self, changes: dict[str, Any]) -> Settings:
        return await self._json(Settings, "PUT", "/settings", changes)

    async def reset_setting(self, name: str) -> Settings:
        if name not in Settings.model_fields:  # as a part of a path it could mean another path
            raise NotFound(f"setting {shown(name)} does not exist")
        return await self._json(Settings, "DELETE", f"/settings/{name}")

    async def license(self) -> License:
        # not /license/check: that one is closed to the plan that most wants to know
        return (await self.settings()).license

    async def health(self) -> Health:
        response = await self._send("GET", "/health/ready")
        if response.status_code not in {200, 503}:  # an error of its own is no good health
            self._data(response)
        try:
            return _read(Health, orjson.loads(response.content))
        except ValueError:  # pydantic's errors and orjson's are some
            self._data(response)
            raise

    async def _bytes(self, path: str) -> bytes:
        response = await self._send("GET", path)
        if response.is_error:
            self._data(response)
        return response.content

    async def _ask(self, kind: type[T], path: str, query: Mapping[str, Any] | None = None) -> T:
        return _read(kind, self._data(await self._send("GET", path, query)))

    async def _list(
        self, kind: type[T], name: str, path: str, query: Mapping[str, Any]
    ) -> tuple[T, ...]:
        data = self._data(await self._send("GET", path, query))
        return _read(tuple[kind, ...], data[name])  # type: ignore[valid-type]  # made at run time

    async def _json(
        self,
        kind: type[T],
        method: str,
        path: str,
        body: Any = None,
        *,
        read_s: float = READ_S,
        key: str | None = None,
    ) -> T:
        response = await self._send(method, path, body=body, read_s=read_s, key=key)
        return _read(kind, self._data(response))

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        read_s: float = READ_S,
        key: str | None = None,
    ) -> httpx.Response:
        params = {k: v for k, v in (query or {}).items() if v is not None} or None
        content, kind = _content(body)
        headers = kind | ({HEADER: key} if key else {})
        try:
            return await self._http.request(
                method,
                path,
                params=params,
                content=content,
                headers=headers,
                timeout=httpx.Timeout(read_s, connect=CONNECT_S),
            )
        except httpx.UnsupportedProtocol as error:
            raise BadInput.of(
                "url", f"{self._url!r} is not an address such as http://127.0.0.1:50809"
            ) from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise ServerUnreachable(
                f"No server answers at {self._url}; start one with `tm serve`."
            ) from error
        except httpx.TransportError as error:
            raise AnswerLost(
                f"The server at {self._url} did not answer; whether it did it is not known."
            ) from error

    def _data(self, response: httpx.Response) -> Any:
        """Return what the envelope holds, or raise the error that it stands for."""
        envelope = _envelope(response.content)
        if envelope is None:
            raise ServerUnreachable(f"What answers at {self._url} is not a rack's server.")
        if envelope["code"] == 0:
            return envelope["data"]
        raise _error(envelope)


def _trusted() -> ssl.SSLContext:
    """Whom this computer trusts, and what SSL_CERT_FILE names: a rack's own authority."""
    return ssl.create_default_context()


async def _lines(response: httpx.Response) -> AsyncIterator[bytes]:
    """Split at newlines only: httpx would also split at those of Unicode, inside our JSON."""
    rest = b""
    async for chunk in response.aiter_bytes():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line


def _envelope(content: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    ours = isinstance(value, dict) and {"code", "message", "data"} <= value.keys()
    return value if ours else None


def _error(envelope: dict[str, Any]) -> TmError:
    code, message = envelope["code"], str(envelope["message"])
    bad_input = BAD_INPUT.get(code)
    if bad_input is None:
        return ERRORS.get(code, TmError)(message)
    listed = (envelope["data"] or {}).get("errors", [])
    return bad_input(*(FieldError(e["field"], e["message"]) for e in listed))


def _read(kind: type[T], data: Any) -> T:
    # a newer server may say more, and computed fields such as status_text are not read back
    hashable: Any = kind
    adapter: TypeAdapter[T] = _adapter(hashable)
    return adapter.validate_python(data, extra="ignore")


@cache  # making one costs more than reading with it
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _content(body: Any) -> tuple[bytes | AsyncIterator[bytes] | None, dict[str, str]]:
    """Return a body and its type: a file as it comes, anything else as JSON."""
    if isinstance(body, AsyncIterator):
        return body, FILE
    return (None, {}) if body is None else (_json_bytes(body), JSON)


def _json_bytes(body: Any) -> bytes:
    try:
        return to_json(body)
    except PydanticSerializationError as error:  # a file name that is not Unicode
        raise BadInput.of("body", "holds text that is not valid Unicode") from error
