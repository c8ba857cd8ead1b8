"""Runs a parsed script: expansion, pipes, redirection, exit codes."""

import ast
import asyncio
import fnmatch
import operator
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tmcore.virtual.shell.call import Call, CommandFailed, Pipes
from tmcore.virtual.shell.lexer import (
    Part,
    ShellSyntaxError,
    Substitution,
    Text,
    Variable,
    Word,
    parts_in_quotes,
)
from tmcore.virtual.shell.parser import (
    Chain,
    Command,
    For,
    Group,
    If,
    Pipeline,
    Redirect,
    Script,
    Simple,
    While,
    parse,
)

if TYPE_CHECKING:
    from tmcore.virtual.phone import Phone

Run = Callable[[Call], int | Awaitable[int | None] | None]

_MAX_LOOPS = 10_000  # a loop that never ends must not take the whole rack with it
_OPERATORS: dict[type[ast.AST], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.floordiv,
    ast.Mod: operator.mod,
}


class ShellExit(Exception):
    """`exit` was called."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Shell:
    """One shell process on a phone."""

    def __init__(
        self, phone: "Phone", commands: dict[str, Run], *, args: tuple[str, ...] = ()
    ) -> None:
        self.phone, self.commands, self.args = phone, commands, args
        self.variables = {
            "HOME": "/",
            "PATH": "/system/bin",
            "USER": "shell",
            "TMPDIR": "/data/local/tmp",
        }
        self.cwd = "/"
        self.code = 0
        self._jobs: list[asyncio.Task[int]] = []

    async def run(self, source: str, pipes: Pipes) -> int:
        """Run a script to its exit code."""
        try:
            script = parse(source)
        except ShellSyntaxError as error:
            await pipes.err(f"/system/bin/sh: syntax error: {error}\n".encode())
            return 1
        try:
            self.code = await self.script(script, pipes)
        except ShellExit as done:
            self.code = done.code
        return self.code

    async def wait(self) -> None:
        """Wait for background jobs."""
        jobs, self._jobs = self._jobs, []
        await asyncio.gather(*jobs)

    async def run_words(self, words: list[str], pipes: Pipes) -> int:
        """Run one command whose words are already expanded."""
        name = words[0].removeprefix("/system/bin/")
        run = BUILTINS.get(name)
        if run is not None:
            return await run(self, words[1:], pipes)
        command = self.commands.get(name)
        if command is None:
            await pipes.err(f"/system/bin/sh: {words[0]}: inaccessible or not found\n".encode())
            return 127
        return await self._call(command, Call(name, words[1:], pipes, self.phone, self.cwd))

    async def _call(self, command: Run, call: Call) -> int:
        await self.phone.thawed()
        try:
            result = command(call)
            code = await result if isinstance(result, Awaitable) else result
        except CommandFailed as error:
            call.error(error.text)
            code = error.code
        except OSError as error:
            call.error(f"{call.name}: {error.strerror}")
            code = 1
        await self.phone.thawed()
        await call.flush()
        return code or 0

    async def script(self, script: Script, pipes: Pipes) -> int:
        """Chain after chain; the last one's code."""
        for chain in script:
            if chain.background:
                child = self.child()
                self._jobs.append(asyncio.create_task(child.guarded(chain, pipes)))
                self.code = 0
            else:
                self.code = await self._chain(chain, pipes)
        return self.code

    async def guarded(self, chain: Chain, pipes: Pipes) -> int:
        """One chain to its code, for a shell of its own."""
        try:
            return await self._chain(chain, pipes)
        except ShellExit as done:
            return done.code

    async def _chain(self, chain: Chain, pipes: Pipes) -> int:
        for link, pipeline in chain.links:
            if (link == "&&" and self.code) or (link == "||" and not self.code):
                continue
            self.code = await self._pipeline(pipeline, pipes)
        return self.code

    async def _pipeline(self, pipeline: Pipeline, pipes: Pipes) -> int:
        """Left to right, each one's output kept for the next: endless commands do not pipe."""
        code, source = 0, pipes.read
        if len(pipeline.commands) == 1:
            code = await self._command(pipeline.commands[0], pipes)
        else:
            for index, command in enumerate(pipeline.commands):
                last = index == len(pipeline.commands) - 1
                collected = bytearray()
                out = pipes.out if last else _into(collected)
                broken = pipes.is_broken if last else lambda: True
                code = await self.child().isolated(command, Pipes(source, out, pipes.err, broken))
                source = _from(collected)
        return int(not code) if pipeline.negated else code

    async def isolated(self, command: Command, pipes: Pipes) -> int:
        """One command to its code, for a shell of its own."""
        try:
            return await self._command(command, pipes)
        except ShellExit as done:
            return done.code

    async def _command(self, command: Command, pipes: Pipes) -> int:
        match command:
            case Simple():
                return await self._simple(command, pipes)
            case Group():
                return await self._group(command, pipes)
            case If():
                return await self._if(command, pipes)
            case While():
                return await self._while(command, pipes)
            case For():
                return await self._for(command, pipes)

    async def _simple(self, command: Simple, pipes: Pipes) -> int:
        substituted = self.code
        words = await self._words(command.words)
        saved = dict(self.variables)
        self.code = 0 if not words else substituted
        for name, value in command.assignments:
            self.variables[name] = "".join(await self._fields(value, split=False))
        if not words:
            _, flush = await self._redirect(command.redirects, pipes)
            await flush()
            return self.code
        code = await self._redirected(
            command.redirects, pipes, lambda inner: self.run_words(words, inner)
        )
        if command.assignments:
            self.variables = saved
        return code

    async def _group(self, group: Group, pipes: Pipes) -> int:
        shell = self.child() if group.subshell else self
        try:
            return await self._redirected(
                group.redirects, pipes, lambda inner: shell.script(group.body, inner)
            )
        except ShellExit as done:
            if group.subshell:
                return done.code
            raise

    async def _if(self, command: If, pipes: Pipes) -> int:
        for condition, body in command.branches:
            if condition is None or await self.script(condition, pipes) == 0:
                self.code = 0
                return await self.script(body, pipes)
        return 0

    async def _while(self, loop: While, pipes: Pipes) -> int:
        code = 0
        for _ in range(_MAX_LOOPS):
            if (await self.script(loop.condition, pipes) == 0) == loop.until:
                return code
            code = await self.script(loop.body, pipes)
            await asyncio.sleep(0)
        raise CommandFailed("loop too long for a virtual phone")

    async def _for(self, loop: For, pipes: Pipes) -> int:
        code = 0
        for value in await self._words(loop.words):
            self.variables[loop.name] = value
            code = await self.script(loop.body, pipes)
        return code

    def child(self) -> "Shell":
        """A subshell: sees our variables, changes its own."""
        child = Shell(self.phone, self.commands, args=self.args)
        child.variables, child.cwd, child.code = dict(self.variables), self.cwd, self.code
        return child

    async def _redirected(
        self,
        redirects: tuple[Redirect, ...],
        pipes: Pipes,
        run: Callable[[Pipes], Awaitable[int]],
    ) -> int:
        if not redirects:
            return await run(pipes)
        try:
            inner, flush = await self._redirect(redirects, pipes)
        except OSError as error:
            await pipes.err(f"/system/bin/sh: can't open: {error.strerror}\n".encode())
            return 1
        try:
            return await run(inner)
        finally:
            await flush()

    async def _redirect(
        self, redirects: tuple[Redirect, ...], pipes: Pipes
    ) -> tuple[Pipes, Callable[[], Awaitable[None]]]:
        files = self.phone.files
        inner = Pipes(pipes.read, pipes.out, pipes.err, pipes.is_broken)
        pending: list[tuple[str, bytearray]] = []
        for redirect in redirects:
            if redirect.operator == "2>&1":
                inner.err = inner.out
                continue
            if redirect.operator in (">&2", "1>&2"):
                inner.out = inner.err
                continue
            target = redirect.target or Word(())
            path = "".join(await self._fields(target, split=False))
            if not path.startswith("/"):
                path = f"{self.cwd.rstrip('/')}/{path}"
            if redirect.operator == "<":
                inner.read = _from(b"" if path == "/dev/null" else files.read(path).data)
                continue
            collected = bytearray()
            if path != "/dev/null":
                if ">>" not in redirect.operator or not files.find(path):
                    files.write(path, b"")
                pending.append((path, collected))
            if redirect.operator.startswith("2"):
                inner.err = _into(collected)
            else:
                inner.out = _into(collected)

        async def flush() -> None:
            for path, data in pending:
                if data:
                    await self._append(path, bytes(data), pipes)

        return inner, flush

    async def _append(self, path: str, data: bytes, pipes: Pipes) -> None:
        try:
            self.phone.files.append(path, data)
        except OSError as error:
            await pipes.err(f"/system/bin/sh: write error: {error.strerror}\n".encode())

    async def _words(self, words: tuple[Word, ...]) -> list[str]:
        return [field for word in words for field in await self._fields(word, split=True)]

    async def _fields(self, word: Word, *, split: bool) -> list[str]:
        """A word's fields: unquoted expansions are split at blanks and globbed."""
        fields: list[str] = [""]
        exists, globs = False, False
        for part in word.parts:
            text = await self._expand(part)
            exists = exists or part.quoted or bool(text)
            if part.quoted or not split or isinstance(part, Text):
                globs = globs or (not part.quoted and split and any(c in text for c in "*?["))
                fields[-1] += text
                continue
            pieces = text.split()
            if text[:1].isspace() and fields[-1]:
                fields.append("")
            for index, piece in enumerate(pieces):
                if index:
                    fields.append("")
                fields[-1] += piece
        if not exists and split:
            return []
        if globs and len(fields) == 1:
            pattern = fields[0] if fields[0].startswith("/") else f"{self.cwd}/{fields[0]}"
            return self.phone.files.glob(pattern) or fields
        return fields

    async def _expand(self, part: Part) -> str:
        match part:
            case Text():
                return part.value
            case Variable():
                return await self._variable(part)
            case Substitution(source=source, arithmetic=True):
                return str(self._arithmetic(source))
            case Substitution():
                return await self._capture(part.source)

    async def _capture(self, source: str) -> str:
        collected = bytearray()

        async def errors(_: bytes) -> None:
            return

        child = self.child()
        self.code = await child.run(source, Pipes(_from(b""), _into(collected), errors))
        return collected.decode(errors="surrogateescape").rstrip("\n")

    async def _variable(self, part: Variable) -> str:
        value = self._value(part.name)
        match part.operator:
            case ":-" | "-" | ":=" if not value:
                value = await self._quoted(part.other)
                if part.operator == ":=":
                    self.variables[part.name] = value
            case ":+" | "+":
                value = await self._quoted(part.other) if value else ""
            case "%" | "%%" | "#" | "##":
                value = _trimmed(value, await self._quoted(part.other), part.operator)
        return value

    def _value(self, name: str) -> str:
        if name == "?":
            return str(self.code)
        if name == "$":
            return "4242"
        if name == "#":
            return str(len(self.args))
        if name in ("@", "*"):
            return " ".join(self.args)
        if name.isdigit():
            return (("sh", *self.args)[int(name)]) if int(name) <= len(self.args) else ""
        return self.variables.get(name, "")

    async def _quoted(self, source: str) -> str:
        return "".join([await self._expand(p) for p in parts_in_quotes(source.strip("\"'"))])

    def _arithmetic(self, source: str) -> int:
        try:
            return self._number(ast.parse(source.strip().replace("$", ""), mode="eval").body)
        except (SyntaxError, KeyError, ZeroDivisionError, ValueError) as error:
            raise CommandFailed(f"/system/bin/sh: {source}: bad number") from error

    def _number(self, node: ast.AST) -> int:
        match node:
            case ast.Constant(value=int(value)):
                return value
            case ast.Name(id=name):
                return int(self.variables.get(name) or 0)
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATORS[type(op)](self._number(left), self._number(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._number(operand)
        raise ValueError(ast.dump(node))


def _into(collected: bytearray) -> Callable[[bytes], Awaitable[None]]:
    async def write(data: bytes) -> None:
        collected.extend(data)

    return write


def _from(data: bytes | bytearray) -> Callable[[], Awaitable[bytes]]:
    waiting = [bytes(data)]

    async def read() -> bytes:
        return waiting.pop() if waiting else b""

    return read


def _trimmed(value: str, pattern: str, how: str) -> str:
    ends = range(len(value) + 1)
    suffix = how.startswith("%")
    cuts = [value[i:] if suffix else value[:i] for i in ends]
    matching = [c for c in cuts if fnmatch.fnmatchcase(c, pattern)]
    if not matching:
        return value
    cut = max(matching, key=len) if len(how) == 2 else min(matching, key=len)
    return value[: len(value) - len(cut)] if suffix else value[len(cut) :]


Builtin = Callable[[Shell, list[str], Pipes], Awaitable[int]]


async def _exit(shell: Shell, args: list[str], _: Pipes) -> int:
    raise ShellExit(int(args[0]) & 0xFF if args and args[0].isdigit() else shell.code)


async def _cd(shell: Shell, args: list[str], pipes: Pipes) -> int:
    target = args[0] if args else "/"
    path = target if target.startswith("/") else f"{shell.cwd.rstrip('/')}/{target}"
    found = shell.phone.files.find(path)
    if not found or not found.is_dir:
        await pipes.err(f"/system/bin/sh: cd: {target}: No such file or directory\n".encode())
        return 2
    shell.cwd = path
    return 0


async def _pwd(shell: Shell, _: list[str], pipes: Pipes) -> int:
    await pipes.out(shell.cwd.encode() + b"\n")
    return 0


async def _export(shell: Shell, args: list[str], _: Pipes) -> int:
    for arg in args:
        name, equals, value = arg.partition("=")
        if equals:
            shell.variables[name] = value
    return 0


async def _unset(shell: Shell, args: list[str], _: Pipes) -> int:
    for name in args:
        shell.variables.pop(name, None)
    return 0


async def _exec(shell: Shell, args: list[str], pipes: Pipes) -> int:
    raise ShellExit(await shell.run_words(args, pipes) if args else 0)


async def _eval(shell: Shell, args: list[str], pipes: Pipes) -> int:
    return await shell.run(" ".join(args), pipes)


async def _colon(_shell: Shell, _args: list[str], _pipes: Pipes) -> int:
    return 0


async def _wait(shell: Shell, _args: list[str], _pipes: Pipes) -> int:
    await shell.wait()
    return 0


async def _read(shell: Shell, args: list[str], pipes: Pipes) -> int:
    line = await pipes.read()
    shell.variables[args[-1] if args else "REPLY"] = line.split(b"\n")[0].decode(errors="replace")
    return 0 if line else 1


async def _sh(shell: Shell, args: list[str], pipes: Pipes) -> int:
    if args[:1] == ["-c"]:
        return await shell.child().run(args[1], pipes)
    child = Shell(shell.phone, shell.commands, args=tuple(args[1:]))
    if not args:
        return await child.run((await pipes.read()).decode(errors="replace"), pipes)
    try:
        source = shell.phone.files.read(args[0]).data.decode(errors="replace")
    except OSError as error:
        await pipes.err(f"/system/bin/sh: {args[0]}: {error.strerror}\n".encode())
        return 127
    return await child.run(source, pipes)


async def _wrapped(shell: Shell, args: list[str], pipes: Pipes) -> int:
    return await shell.run_words(args, pipes) if args else 0


async def _timeout(shell: Shell, args: list[str], pipes: Pipes) -> int:
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
}
