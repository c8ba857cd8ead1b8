"""Shell text to tokens: words made of parts, and operators."""

import re
from dataclasses import dataclass

OPERATORS = (
    "2>&1", "1>&2", "2>>", "2>", "1>", "&&", "||", ";;", ">>", ">&2", ">", "<", "|", "&", ";",
    "(", ")", "\n",
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z_]\w*|\d+|[?#@*$]")
_ENDS = set(" \t\n;&|<>()")


class ShellSyntaxError(Exception):
    """The shell cannot read this."""


@dataclass(frozen=True, slots=True)
class Text:
    """Literal characters; quoted ones are neither split nor globbed."""

    value: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Variable:
    """$NAME, or ${NAME:-other} with its operator."""

    name: str
    quoted: bool
    operator: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Substitution:
    """$(script), or $((arithmetic))."""

    source: str
    quoted: bool
    arithmetic: bool = False


Part = Text | Variable | Substitution


@dataclass(frozen=True, slots=True)
class Word:
    """Parts that belong together."""

    parts: tuple[Part, ...]

    @property
    def plain(self) -> str:
        """The word's text when nothing in it is quoted or expanded: a keyword, or an assignment."""
        if all(isinstance(p, Text) and not p.quoted for p in self.parts):
            return "".join(p.value for p in self.parts if isinstance(p, Text))
        return ""


@dataclass(frozen=True, slots=True)
class Operator:
    """One of OPERATORS."""

    text: str


Token = Word | Operator


def tokens(source: str) -> list[Token]:
    """All tokens of a script."""
    return _Lexer(source).run()


def parts_in_quotes(source: str) -> tuple[Part, ...]:
    """The parts of a text as if it stood in double quotes."""
    return tuple(_Lexer(source).double_quoted(closing=""))


class _Lexer:
    def __init__(self, source: str) -> None:
        self._source, self._at = source, 0

    def run(self) -> list[Token]:
        found: list[Token] = []
        while self._skip_blank():
            operator = next((o for o in OPERATORS if self._source.startswith(o, self._at)), None)
            if operator:
                self._at += len(operator)
                found.append(Operator(operator))
            else:
                found.append(self._word())
        return found

    def double_quoted(self, closing: str = '"') -> list[Part]:
        parts: list[Part] = []
        text = ""
        while True:
            char = self._next(closing)
            if char == closing:
                break
            if char == "\\" and self._peek() in '$`"\\\n':
                escaped = self._next("")
                text += "" if escaped == "\n" else escaped
            elif char in "$`" and (part := self._expansion(char, quoted=True)):
                parts += [Text(text, quoted=True), part]
                text = ""
            else:
                text += char
        return [*parts, Text(text, quoted=True)]

    def _skip_blank(self) -> bool:
        while self._at < len(self._source):
            char = self._source[self._at]
            if self._source.startswith("\\\n", self._at):
                self._at += 2
            elif char in " \t\r":
                self._at += 1
            elif char == "#":
                end = self._source.find("\n", self._at)
                self._at = len(self._source) if end < 0 else end
            else:
                return True
        return False

    def _word(self) -> Word:
        parts: list[Part] = []
        while (char := self._peek()) and char not in _ENDS:
            self._at += 1
            parts += self._part(char)
        return Word(tuple(parts))

    def _part(self, char: str) -> list[Part]:
        if char == "'":
            end = self._source.find("'", self._at)
            if end < 0:
                raise ShellSyntaxError("no closing quote")
            text, self._at = self._source[self._at : end], end + 1
            return [Text(text, quoted=True)]
        if char == '"':
            return self.double_quoted()
        if char == "\\":
            return [Text(self._next(""), quoted=True)]
        if char in "$`" and (part := self._expansion(char, quoted=False)):
            return [part]
        return [Text(char, quoted=False)]

    def _expansion(self, char: str, *, quoted: bool) -> Part | None:
        if char == "`":
            return Substitution(self._until("`"), quoted)
        following = self._peek()
        if self._source.startswith("((", self._at):
            self._at += 2
            inner = self._balanced("(", ")", depth=2)
            return Substitution(inner[:-1], quoted, arithmetic=True)
        if following == "(":
            self._at += 1
            return Substitution(self._balanced("(", ")"), quoted)
        if following == "{":
            self._at += 1
            return _braced(self._balanced("{", "}"), quoted=quoted)
        if following and following in "?$#!@*0123456789":
            self._at += 1
            return Variable(following, quoted)
        end = self._at
        while end < len(self._source) and (self._source[end].isalnum() or self._source[end] == "_"):
            end += 1
        if end == self._at:
            return None
        name, self._at = self._source[self._at : end], end
        return Variable(name, quoted)

    def _balanced(self, opening: str, closing: str, depth: int = 1) -> str:
        start, quote = self._at, ""
        while True:
            char = self._next(closing)
            if char == "\\" and quote != "'":
                self._next(closing)
            elif quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            elif char == opening:
                depth += 1
            elif char == closing:
                depth -= 1
                if depth == 0:
                    return self._source[start : self._at - 1]

    def _until(self, closing: str) -> str:
        end = self._source.find(closing, self._at)
        if end < 0:
            raise ShellSyntaxError(f"no closing {closing}")
        text, self._at = self._source[self._at : end], end + 1
        return text

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _next(self, closing: str) -> str:
        char = self._peek()
        self._at += 1
        if not char and closing:
            raise ShellSyntaxError(f"no closing {closing}")
        return char


def _braced(inner: str, *, quoted: bool) -> Part:
    match = _NAME.match(inner)
    name = match.group() if match else ""
    rest = inner[len(name) :]
    for operator in (":-", ":=", ":+", "-", "+", "%%", "%", "##", "#"):
        if rest.startswith(operator):
            return Variable(name, quoted, operator, rest[len(operator) :])
    if rest or not name:
        raise ShellSyntaxError(f"${{{inner}}}: bad substitution")
    return Variable(name, quoted)
