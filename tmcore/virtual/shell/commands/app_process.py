"""app_process: starts the Java program whose jar CLASSPATH names; here uiautomator2's alone."""

import asyncio
import io
import zipfile

from tmcore.virtual.shell.call import Call
from tmcore.virtual.u2.server import MAIN_CLASS, REGISTERED, U2Server

_DEFAULT_PORT = 9008
_GLANCE_S = 0.3


async def app_process(call: Call) -> int:
    """Runs until it is killed, or until its shell's stream is closed (SIGHUP)."""
    port = int(call.option("-p", "--port") or _DEFAULT_PORT)
    if call.args[1:2] != [MAIN_CLASS] or not _is_jar(call):
        wanted = call.args[1] if len(call.args) > 1 else "?"
        call.error(f'java.lang.ClassNotFoundException: Didn\'t find class "{wanted}" on path')
        return 1
    if failing := call.phone.faults.get("u2_fails"):
        call.error(failing.text("text", "java.lang.SecurityException: UID 2000 is not allowed"))
        return 1
    await _say(call, "[server] INFO: [UiAutomator2Server] Starting Server")
    running, latency = call.phone.running, call.phone.latency
    await asyncio.sleep(latency.draw(latency.server, call.phone.dice))
    if running.automated:
        call.error(REGISTERED)
        return 1
    if port in running.listeners:
        call.error("java.net.BindException: bind failed: EADDRINUSE (Address already in use)")
        return 1
    return await _listen(call, port)


async def _listen(call: Call, port: int) -> int:
    phone, running, ended = call.phone, call.phone.running, asyncio.Event()
    running.automated = True
    running.spawned[call.pid] = ended
    running.listeners[port] = U2Server(phone, ended).serve
    phone.files.show(f"/proc/{call.pid}/cmdline", f"app_process\0/\0{MAIN_CLASS}\0".encode())
    hung_up = asyncio.create_task(_hung_up(call))
    killed = asyncio.create_task(ended.wait())
    try:
        await _say(call, f"[server] INFO: http server listening on *:{port}")
        await asyncio.wait({hung_up, killed}, return_when=asyncio.FIRST_COMPLETED)
        return 143 if ended.is_set() else 129
    finally:
        hung_up.cancel()
        killed.cancel()
        ended.set()
        del running.spawned[call.pid], running.listeners[port]
        running.automated = False
        phone.files.hide(f"/proc/{call.pid}")


async def _hung_up(call: Call) -> None:
    """Until the stream is closed; an end of stdin alone ends nothing."""
    while await call.pipes.read():
        continue
    while not call.pipes.is_broken():  # noqa: ASYNC110 - only where a client closed stdin first
        await asyncio.sleep(_GLANCE_S)


async def _say(call: Call, line: str) -> None:
    call.print(line)
    await call.flush()


def _is_jar(call: Call) -> bool:
    try:
        data = call.phone.files.read(call.environment.get("CLASSPATH", "")).data
    except OSError:
        return False
    return zipfile.is_zipfile(io.BytesIO(data))
