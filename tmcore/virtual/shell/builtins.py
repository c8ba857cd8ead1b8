"""What the shell itself does: exit, cd, export, sh, wait."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tmcore.virtual.shell.call import Pipes, ShellExit

if TYPE_CHECKING:
    from tmcore.virtual.shell.interpreter import Shell

Builtin = Callable[["Shell", list[str], Pipes], Awaitable[int]]


async def _exit(shell: "Shell", args: list[str], _: Pipes) -> int:
    raise ShellExit(int(args[0]) & 0xFF if args and args[0].isdigit() else shell.code)


async def _cd(shell: "Shell", args: list[str], pipes: Pipes) -> int:
    target = args[0] if args else "/"
    path = target if target.startswith("/") else f"{shell.cwd.rstrip('/')}/{target}"
    found = shell.phone.files.find(path)
    if not found or not found.is_dir:
        await pipes.err(f"/system/bin/sh: cd: {target}: No such file or directory\n".encode())
        return 2
    shell.cwd = path
    return 0


async def _pwd(shell: "Shell", _: list[str], pipes: Pipes) -> int:
    await pipes.out(shell.cwd.encode() + b"\n")
    return 0


async def _export(shell: "Shell", args: list[str], _: Pipes) -> int:
    for arg in args:
        name, equals, value = arg.partition("=")
        if equals:
            shell.variables[name] = value
    return 0


async def _unset(shell: "Shell", args: list[str], _: Pipes) -> int:
    for name in args:
        shell.variables.pop(name, None)
    return 0


async def _exec(shell: "Shell", args: list[str], pipes: Pipes) -> int:
    raise ShellExit(await shell.run_words(args, pipes) if args else 0)


async def _eval(shell: "Shell", args: list[str], pipes: Pipes) -> int:
    return await shell.run(" ".join(args), pipes)


async def _colon(_shell: "Shell", _args: list[str], _pipes: Pipes) -> int:
    return 0


async def _wait(shell: "Shell", _args: list[str], _pipes: Pipes) -> int:
    await shell.wait()
    return 0


async def _read(shell: "Shell", args: list[str], pipes: Pipes) -> int:
    line = await pipes.read()
    shell.variables[args[-1] if args else "REPLY"] = line.split(b"\n")[0].decode(errors="replace")
    return 0 if line else 1


async def _sh(shell: "Shell", args: list[str], pipes: Pipes) -> int:
    if args[:1] == ["-c"]:
        return await shell.child().run(args[1], pipes)
    child = shell.fresh(tuple(args[1:]))
    if not args:
        return await child.run((await pipes.read()).decode(errors="replace"), pipes)
    try:
        source = shell.phone.files.read(args[0]).data.decode(errors="replace")
    except OSError as error:
        await pipes.err(f"/system/bin/sh: {args[0]}: {error.strerror}\n".encode())
        return 127
    return await child.run(source, pipes)


async def _wrapped(shell: "Shell", args: list[str], pipes: Pipes) -> int:
    return await shell.run_words(args, pipes) if args else 0


async def _which(shell: "Shell", args: list[str], pipes: Pipes) -> int:
    found = [a for a in args if a in shell.commands]
    await pipes.out("".join(f"/system/bin/{a}\n" for a in found).encode())
    return int(len(found) < len(args))


async def _timeout(shell: "Shell", args: list[str], pipes: Pipes) -> int:
    try:
        return await asyncio.wait_for(shell.run_words(args[1:], pipes), float(args[0].rstrip("s")))
    except TimeoutError:
        return 124


BUILTINS: dict[str, Builtin] = {
    "exit": _exit,
    "cd": _cd,
    "pwd": _pwd,
    "export": _export,
    "unset": _unset,
    "exec": _exec,
    "eval": _eval,
    ":": _colon,
    "wait": _wait,
    "read": _read,
    "sh": _sh,
    "toybox": _wrapped,
    "nohup": _wrapped,
    "command": _wrapped,
    "timeout": _timeout,
    "which": _which,
}
