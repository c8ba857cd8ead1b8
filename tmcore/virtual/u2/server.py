"""The server process: one port, HTTP on it, JSON-RPC at /jsonrpc/0."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

from tmcore.virtual.stream import Stream
from tmcore.virtual.u2.methods import MethodMissing, Methods, NotFoundHere

if TYPE_CHECKING:
    from tmcore.virtual.phone import Phone

MAIN_CLASS = "com.wetest.uia2.Main"
REGISTERED = (  # by another dump, or by uiautomator2's server: there is one place for them all
    "java.lang.IllegalStateException: UiAutomationService "
    "android.accessibilityservice.IAccessibilityServiceClient$Stub$Proxy@5deffd5already registered!"
)
_METHOD_MISSING, _THROWN = -32601, -32001
_JSON, _TEXT = "application/json", "text/plain"

Answer = tuple[str, str, bytes]  # status, type, content


class U2Server:
    """Listens from its start until `ended` is set."""

    def __init__(self, phone: "Phone", ended: asyncio.Event) -> None:
        self._phone, self._ended = phone, ended
        self._methods = Methods(phone)

    async def serve(self, stream: Stream) -> None:
        """One connection, with as many requests as its client likes."""
        buffer = b""
        while True:
            while b"\r\n\r\n" not in buffer:
                if not (data := await stream.read()):
                    return
                buffer += data
            head, _, buffer = buffer.partition(b"\r\n\r\n")
            fields = _fields(head)
            length = int(fields.get("content-length", "0"))
            while len(buffer) < length:
                if not (data := await stream.read()):
                    return
                buffer += data
            verb, path, *_ = head.decode(errors="replace").split(" ")
            answer = await self._answer_while_alive(verb, path, buffer[:length])
            if answer is None:
                return  # it died: the connection just ends
            buffer = buffer[length:]
            await stream.write(_written(answer))
            if fields.get("connection", "").lower() == "close":
                return

    async def _answer_while_alive(self, verb: str, path: str, body: bytes) -> Answer | None:
        answering = asyncio.ensure_future(self._answer(verb, path, body))
        dying = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({answering, dying}, return_when=asyncio.FIRST_COMPLETED)
            return answering.result() if answering.done() else None
        finally:
            answering.cancel()
            dying.cancel()

    async def _answer(self, verb: str, path: str, body: bytes) -> Answer:
        await self._phone.thawed()
        if "u2_silent" in self._phone.faults:
            await self._ended.wait()
        if garbage := self._phone.faults.get("u2_garbage"):
            return "200 OK", _JSON, garbage.text("text", "Bad Gateway").encode()
        if path == "/ping":
            return "200 OK", _TEXT, b"pong"
        if path == "/stop":
            self._ended.set()
            return "200 OK", _TEXT, b"Server stopped!!!"
        if path == "/jsonrpc/0" and verb == "POST":
            return "200 OK", _JSON, json.dumps(await self._called(body)).encode()
        return "404 Not Found", _TEXT, b"Not Found!!!"

    async def _called(self, body: bytes) -> dict[str, Any]:
        request = json.loads(body)
        name, params = str(request["method"]), list(request.get("params") or ())
        said: dict[str, Any] = {"jsonrpc": "2.0", "id": request.get("id")}
        command = f"u2 {name} {json.dumps(params, ensure_ascii=False)}"
        ran = await self._phone.began(command)
        drop = self._phone.drops(command)
        if drop and drop.text("point", "after") == "before":
            self._phone.pull(drop)
            return said
        code = 0
        try:
            said["result"] = await self._methods.call(name, params)
        except MethodMissing as error:
            code = _METHOD_MISSING
            said["error"] = {"code": code, "message": f"method not found: {error}"}
        except NotFoundHere as error:
            code = _THROWN
            said["error"] = {"code": code, "message": error.java, "data": str(error)}
        self._phone.ended(ran, code)
        if drop:
            self._phone.pull(drop)
        await self._phone.thawed()
        return said


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode(errors="replace").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _written(answer: Answer) -> bytes:
    status, kind, content = answer
    head = (
        f"HTTP/1.1 {status} \r\nContent-Type: {kind}\r\nConnection: keep-alive\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
