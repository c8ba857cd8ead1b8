"""Words to fields: variables, substitutions, arithmetic, splitting at blanks, globbing."""

import ast
import fnmatch
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from tmcore.virtual.shell.call import CommandFailed
from tmcore.virtual.shell.lexer import (
    Part,
    Substitution,
    Text,
    Variable,
    Word,
    parts_in_quotes,
)

if TYPE_CHECKING:
    from tmcore.virtual.phone import Phone

_OPERATORS: dict[type[ast.AST], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.floordiv,
    ast.Mod: operator.mod,
}


class Scope(Protocol):
    """The shell, as an expansion sees it."""

    phone: "Phone"
    variables: dict[str, str]
    args: tuple[str, ...]
    cwd: str
    code: int
    pid: int

    async def capture(self, source: str) -> str:
        """What a script prints."""


class Expansion:
    """Expands words in a shell."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    async def words(self, words: tuple[Word, ...]) -> list[str]:
        """All fields of all words."""
        return [field for word in words for field in await self._fields(word, split=True)]

    async def joined(self, word: Word) -> str:
        """A word as one string, neither split nor globbed: an assignment's, a file's name."""
        return "".join(await self._fields(word, split=False))

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
            pattern = fields[0] if fields[0].startswith("/") else f"{self._scope.cwd}/{fields[0]}"
            return self._scope.phone.files.glob(pattern) or fields
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
                return await self._scope.capture(part.source)

    async def _variable(self, part: Variable) -> str:
        value = self._value(part.name)
        match part.operator:
            case ":-" | "-" | ":=" if not value:
                value = await self._quoted(part.other)
                if part.operator == ":=":
                    self._scope.variables[part.name] = value
            case ":+" | "+":
                value = await self._quoted(part.other) if value else ""
            case "%" | "%%" | "#" | "##":
                value = _trimmed(value, await self._quoted(part.other), part.operator)
        return value

    def _value(self, name: str) -> str:
        if name == "?":
            return str(self._scope.code)
        if name == "$":
            return str(self._scope.pid)
        if name == "#":
            return str(len(self._scope.args))
        if name in ("@", "*"):
            return " ".join(self._scope.args)
        if name.isdigit():
            return (
                (("sh", *self._scope.args)[int(name)]) if int(name) <= len(self._scope.args) else ""
            )
        return self._scope.variables.get(name, "")

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
                return int(self._scope.variables.get(name) or 0)
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATORS[type(op)](self._number(left), self._number(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._number(operand)
        raise ValueError(ast.dump(node))


def _trimmed(value: str, pattern: str, how: str) -> str:
    ends = range(len(value) + 1)
    suffix = how.startswith("%")
    cuts = [value[i:] if suffix else value[:i] for i in ends]
    matching = [c for c in cuts if fnmatch.fnmatchcase(c, pattern)]
    if not matching:
        return value
    cut = max(matching, key=len) if len(how) == 2 else min(matching, key=len)
    return value[: len(value) - len(cut)] if suffix else value[len(cut) :]
