"""Identity, properties, processes, the clock."""

import asyncio
import time

from tmcore.virtual.shell.call import Call

_BOOT = time.monotonic()


def id_(call: Call) -> None:
    """The shell user."""
    if call.args[:1] == ["-u"]:
        call.print("2000")
    else:
        groups = "2000(shell),1004(input),1007(log)"
        call.print(f"uid=2000(shell) gid=2000(shell) groups={groups} context=u:r:shell:s0")


def whoami(call: Call) -> None:
    """The shell user's name."""
    call.print("shell")


def getprop(call: Call) -> None:
    """One property, or all."""
    properties = call.phone.properties
    if call.args:
        default = call.args[1] if len(call.args) > 1 else ""
        call.print(properties.get(call.args[0], default))
    else:
        call.print(*(f"[{k}]: [{v}]" for k, v in sorted(properties.items())))


def setprop(call: Call) -> int:
    """Denied, as for the shell of a production build."""
    call.error(
        f"Failed to set property '{call.args[0]}' to '{call.args[-1]}'.",
        "See dmesg for error reason.",
    )
    return 1


def uname(call: Call) -> None:
    """The kernel."""
    line = "Linux localhost 5.10.177-android13-4 #1 SMP PREEMPT aarch64 Toybox"
    call.print(line if call.args else "Linux")


def uptime(call: Call) -> None:
    """Since the rack started."""
    call.print(
        f" {time.strftime('%H:%M:%S')} up {int(time.monotonic() - _BOOT) // 60} min,  0 users"
    )


async def sleep(call: Call) -> None:
    """Seconds."""
    await asyncio.sleep(float(call.args[0].rstrip("s")))


def date(call: Call) -> None:
    """+FORMAT or the default one."""
    call.flag("-u")
    form = next((a[1:] for a in call.args if a.startswith("+")), "%a %b %e %H:%M:%S %Z %Y")
    now = time.time() + call.phone.clock_offset
    form = form.replace("%s", str(int(now))).replace("%N", f"{int(now % 1 * 1e9):09d}")
    call.print(time.strftime(form, time.localtime(now)))


def ps(call: Call) -> None:
    """Always the same few processes, and the app when it runs."""
    call.print("USER           PID  PPID     VSZ    RSS WCHAN            ADDR S NAME")
    for name, pid in call.phone.processes().items():
        call.print(f"{'u0_a231':<12} {pid:>5}   612 14823456 301232 do_epoll_wait       0 S {name}")
    for pid in call.phone.running.spawned:
        call.print(
            f"{'shell':<12} {pid:>5}   612  5213456  98232 do_epoll_wait       0 S app_process"
        )


def pidof(call: Call) -> int:
    """Process ids by name."""
    running = call.phone.processes()
    found = [str(running[a]) for a in call.args if a in running]
    if found:
        call.print(" ".join(found))
    return int(not found)


def kill(call: Call) -> int:
    """The shell may end what the shell started."""
    code = 0
    for name in (a for a in call.args if not a.startswith("-")):
        process = call.phone.running.spawned.get(int(name))
        if process is not None:
            process.set()
        elif int(name) in call.phone.processes().values():
            call.error(f"kill: {name}: Operation not permitted")
            code = 1
        else:
            call.error(f"kill: {name}: No such process")
            code = 1
    return code


async def logcat(call: Call) -> int:
    """What happened to the apps; without -d it goes on until nobody reads."""
    if call.flag("-c"):
        call.phone.log.clear()
        return 0
    call.print("--------- beginning of main", *call.phone.log)
    if call.flag("-d") or call.option("-t"):
        return 0
    await call.flush()
    while not call.pipes.is_broken():  # noqa: ASYNC110 - a quiet log, and few ever stream it
        await asyncio.sleep(0.3)
    return 0


def reboot(call: Call) -> None:
    """Down, then up."""
    call.phone.reboot()
