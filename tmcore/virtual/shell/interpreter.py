"""Runs a parsed script: expansion, pipes, redirection, exit codes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tmcore.virtual.shell.builtins import BUILTINS
from tmcore.virtual.shell.call import Call, CommandFailed, Pipes, ShellExit
from tmcore.virtual.shell.expansion import Expansion
from tmcore.virtual.shell.lexer import ShellSyntaxError, Word
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


class Shell:
    """One shell process on a phone."""

    def __init__(
        self,
        phone: "Phone",
        commands: dict[str, Run],
        *,
        args: tuple[str, ...] = (),
        pid: int | None = None,
    ) -> None:
        self.phone, self.commands, self.args = phone, commands, args
        self.pid = phone.running.new_pid() if pid is None else pid
        self.variables = {
            "HOME": "/",
            "PATH": "/system/bin",
            "USER": "shell",
            "TMPDIR": "/data/local/tmp",
        }
        self.cwd = "/"
        self.code = 0
        self._expansion = Expansion(self)
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
        except CommandFailed as error:
            await pipes.err(error.text.encode() + b"\n")
            self.code = error.code
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
        call = Call(
            name, words[1:], pipes, self.phone, self.cwd,
            environment=self.variables, pid=self.pid,
        )  # fmt: skip
        return await self._call(command, call)

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
        except (ValueError, IndexError) as error:
            call.error(f"{call.name}: bad arguments: {error}")
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
        words = await self._expansion.words(command.words)
        saved = dict(self.variables)
        self.code = 0 if not words else substituted
        for name, value in command.assignments:
            self.variables[name] = await self._expansion.joined(value)
        if not words:
            return await self._redirected(command.redirects, pipes, self._unchanged)
        code = await self._redirected(
            command.redirects, pipes, lambda inner: self.run_words(words, inner)
        )
        if command.assignments:
            self.variables = saved
        return code

    async def _unchanged(self, _: Pipes) -> int:
        return self.code

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
        for value in await self._expansion.words(loop.words):
            self.variables[loop.name] = value
            code = await self.script(loop.body, pipes)
        return code

    def fresh(self, args: tuple[str, ...]) -> "Shell":
        """Another shell, which knows nothing of ours."""
        return Shell(self.phone, self.commands, args=args)

    def child(self) -> "Shell":
        """A subshell: sees our variables and our $$, changes its own."""
        child = Shell(self.phone, self.commands, args=self.args, pid=self.pid)
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
            path = await self._expansion.joined(target)
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

    async def capture(self, source: str) -> str:
        """What a script prints, without its last newlines."""
        collected = bytearray()

        async def errors(_: bytes) -> None:
            return

        child = self.child()
        self.code = await child.run(source, Pipes(_from(b""), _into(collected), errors))
        return collected.decode(errors="surrogateescape").rstrip("\n")


def _into(collected: bytearray) -> Callable[[bytes], Awaitable[None]]:
    async def write(data: bytes) -> None:
        collected.extend(data)

    return write


def _from(data: bytes | bytearray) -> Callable[[], Awaitable[bytes]]:
    waiting = [bytes(data)]

    async def read() -> bytes:
        return waiting.pop() if waiting else b""

    return read
