"""One call of one command: its arguments, its pipes and its phone."""

import itertools
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from tmcore.virtual.phone import Phone

Write = Callable[[bytes], Awaitable[None]]
Read = Callable[[], Awaitable[bytes]]


class CommandFailed(Exception):
    """Ends a command with a text on stderr and an exit code."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.text, self.code = text, code


class ShellExit(Exception):
    """`exit` was called."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Pipes:
    """Where a command reads and writes."""

    def __init__(
        self, read: Read, out: Write, err: Write, is_broken: Callable[[], bool] = lambda: False
    ) -> None:
        self.read, self.out, self.err = read, out, err
        self.is_broken = is_broken  # nobody reads any more: only endless commands ask


class Call:
    """What a command is given: `print` and `error` collect, the shell flushes when it ends."""

    def __init__(
        self,
        name: str,
        args: list[str],
        pipes: Pipes,
        phone: "Phone",
        cwd: str,
        *,
        environment: Mapping[str, str] | None = None,
        pid: int = 0,
    ) -> None:
        self.name, self.args, self.phone, self.cwd = name, args, phone, cwd
        self.environment, self.pid = environment or {}, pid
        self._pipes = pipes
        self._said: list[tuple[bool, bytes]] = []  # in the order in which it was said

    def print(self, *lines: str) -> None:
        """Lines on stdout."""
        for line in lines:
            self.write(line.encode(errors="surrogateescape") + b"\n")

    def write(self, data: bytes) -> None:
        """Raw bytes on stdout."""
        self._said.append((False, data))

    def error(self, *lines: str) -> None:
        """Lines on stderr."""
        for line in lines:
            self._said.append((True, line.encode(errors="surrogateescape") + b"\n"))

    def fail(self, text: str, code: int = 1) -> NoReturn:
        """Stop here, as `name: text`."""
        raise CommandFailed(f"{self.name}: {text}", code)

    def option(self, *names: str) -> str | None:
        """Take `-x VALUE` out of the arguments."""
        for index, arg in enumerate(self.args[:-1]):
            if arg in names:
                value = self.args[index + 1]
                del self.args[index : index + 2]
                return value
        return None

    def flag(self, *names: str) -> bool:
        """Take a `-x` out of the arguments."""
        found = [a for a in self.args if a in names]
        self.args = [a for a in self.args if a not in names]
        return bool(found)

    def flags(self, letters: str) -> set[str]:
        """Take leading bundled flags such as -rf; an unknown letter fails."""
        found: set[str] = set()
        while self.args and self.args[0].startswith("-") and len(self.args[0]) > 1:
            word = self.args.pop(0)
            if word == "--":
                break
            if unknown := set(word[1:]) - set(letters):
                self.fail(f"Unknown option '{min(unknown)}' (see \"{self.name} --help\")")
            found |= set(word[1:])
        return found

    def path(self, name: str) -> str:
        """An argument as an absolute path."""
        return name if name.startswith("/") else f"{self.cwd.rstrip('/')}/{name}"

    async def stdin(self, size: int | None = None) -> bytes:
        """All of stdin, or so many bytes: an `exec:` stream has no end that could be waited for."""
        data = bytearray()
        while (size is None or len(data) < size) and (chunk := await self._pipes.read()):
            data += chunk
        return bytes(data)

    async def inputs(self) -> list[tuple[str, bytes]]:
        """The named files' contents, or stdin's; missing ones are reported."""
        if not self.args or self.args == ["-"]:
            return [("-", await self.stdin())]
        found: list[tuple[str, bytes]] = []
        for name in self.args:
            try:
                found.append((name, self.phone.files.read(self.path(name)).data))
            except OSError as error:
                self.error(f"{self.name}: {name}: {error.strerror}")
        return found

    async def flush(self) -> None:
        """Send what was collected."""
        said, self._said = self._said, []
        for is_error, group in itertools.groupby(said, lambda part: part[0]):
            data = b"".join(part for _, part in group)
            await (self._pipes.err(data) if is_error else self._pipes.out(data))

    @property
    def pipes(self) -> Pipes:
        """The pipes, for commands that run others."""
        return self._pipes
