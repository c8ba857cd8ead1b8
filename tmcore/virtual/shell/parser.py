"""Tokens to a tree of commands."""

from dataclasses import dataclass

from tmcore.virtual.shell.lexer import Operator, ShellSyntaxError, Text, Token, Word, tokens

REDIRECTS = {"<", ">", ">>", "1>", "2>", "2>>", "2>&1", ">&2", "1>&2"}
_STOPS = {"then", "else", "elif", "fi", "do", "done", "}"}


@dataclass(frozen=True, slots=True)
class Redirect:
    """An operator of REDIRECTS and its file, where it has one."""

    operator: str
    target: Word | None


@dataclass(frozen=True, slots=True)
class Simple:
    """Assignments and a command with its arguments."""

    assignments: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """{ … } or, in a shell of its own, ( … )."""

    body: "Script"
    subshell: bool
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class If:
    """Pairs of condition and body; an else has no condition."""

    branches: "tuple[tuple[Script | None, Script], ...]"


@dataclass(frozen=True, slots=True)
class While:
    """A loop; `until` turns the condition round."""

    condition: "Script"
    body: "Script"
    until: bool


@dataclass(frozen=True, slots=True)
class For:
    """A loop over words."""

    name: str
    words: tuple[Word, ...]
    body: "Script"


Command = Simple | Group | If | While | For


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands joined by |."""

    commands: tuple[Command, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """Pipelines joined by && and ||: the operator stands before each."""

    links: tuple[tuple[str, Pipeline], ...]
    background: bool


Script = tuple[Chain, ...]


def parse(source: str) -> Script:
    """The tree of a script."""
    parser = _Parser(tokens(source))
    script = parser.script()
    parser.expect_end()
    return script


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens, self._at = found, 0

    def script(self) -> Script:
        chains: list[Chain] = []
        self._skip(";", "\n")
        while not self._at_stop():
            chains.append(self._chain())
            self._skip(";", "\n")
        return tuple(chains)

    def expect_end(self) -> None:
        if self._at < len(self._tokens):
            raise ShellSyntaxError(f"unexpected {self._name()!r}")

    def _chain(self) -> Chain:
        links = [("", self._pipeline())]
        while (operator := self._operator()) in ("&&", "||"):
            self._at += 1
            self._skip("\n")
            links.append((operator, self._pipeline()))
        background = operator == "&"
        self._at += background
        return Chain(tuple(links), background)

    def _pipeline(self) -> Pipeline:
        negated = self._keyword() == "!"
        self._at += negated
        commands = [self._command()]
        while self._operator() == "|":
            self._at += 1
            self._skip("\n")
            commands.append(self._command())
        return Pipeline(tuple(commands), negated)

    def _command(self) -> Command:
        keyword = self._keyword()
        if self._operator() == "(":
            self._at += 1
            body = self.script()
            self._take_operator(")")
            return Group(body, subshell=True, redirects=self._redirects())
        if keyword == "{":
            self._at += 1
            body = self.script()
            self._take("}")
            return Group(body, subshell=False, redirects=self._redirects())
        if keyword == "if":
            return self._if()
        if keyword in ("while", "until"):
            self._at += 1
            condition = self.script()
            return While(condition, self._loop_body(), until=keyword == "until")
        if keyword == "for":
            return self._for()
        return self._simple()

    def _if(self) -> If:
        branches: list[tuple[Script | None, Script]] = []
        while self._keyword() in ("if", "elif"):
            self._at += 1
            condition = self.script()
            self._take("then")
            branches.append((condition, self.script()))
        if self._keyword() == "else":
            self._at += 1
            branches.append((None, self.script()))
        self._take("fi")
        return If(tuple(branches))

    def _for(self) -> For:
        self._at += 1
        name = self._name()
        self._at += 1
        self._take("in")
        words: list[Word] = []
        while self._at < len(self._tokens) and isinstance(word := self._tokens[self._at], Word):
            words.append(word)
            self._at += 1
        self._skip(";", "\n")
        return For(name, tuple(words), self._loop_body())

    def _loop_body(self) -> Script:
        self._take("do")
        body = self.script()
        self._take("done")
        return body

    def _simple(self) -> Simple:
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if isinstance(token, Word):
                self._at += 1
                pair = None if words else _assignment(token)
                if pair:
                    assignments.append(pair)
                else:
                    words.append(token)
            elif token.text in REDIRECTS:
                redirects.append(self._redirect())
            else:
                break
        if not (words or assignments or redirects):
            raise ShellSyntaxError(f"unexpected {self._name()!r}")
        return Simple(tuple(assignments), tuple(words), tuple(redirects))

    def _redirects(self) -> tuple[Redirect, ...]:
        found: list[Redirect] = []
        while self._operator() in REDIRECTS:
            found.append(self._redirect())
        return tuple(found)

    def _redirect(self) -> Redirect:
        operator = self._operator()
        self._at += 1
        if "&" in operator:
            return Redirect(operator, None)
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        if not isinstance(token, Word):
            raise ShellSyntaxError(f"no file after {operator}")
        self._at += 1
        return Redirect(operator, token)

    def _at_stop(self) -> bool:
        if self._at >= len(self._tokens):
            return True
        return self._operator() == ")" or self._keyword() in _STOPS

    def _take(self, keyword: str) -> None:
        if self._keyword() != keyword:
            raise ShellSyntaxError(f"{keyword!r} expected, found {self._name()!r}")
        self._at += 1

    def _take_operator(self, operator: str) -> None:
        if self._operator() != operator:
            raise ShellSyntaxError(f"{operator!r} expected, found {self._name()!r}")
        self._at += 1

    def _skip(self, *operators: str) -> None:
        while self._operator() in operators:
            self._at += 1

    def _operator(self) -> str:
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        return token.text if isinstance(token, Operator) else ""

    def _keyword(self) -> str:
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        return token.plain if isinstance(token, Word) else ""

    def _name(self) -> str:
        return (
            self._operator()
            or self._keyword()
            or ("word" if self._at < len(self._tokens) else "end")
        )


def _assignment(word: Word) -> tuple[str, Word] | None:
    """NAME=…: the name is literal, the value may hold anything."""
    head = ""
    for index, part in enumerate(word.parts):
        if not isinstance(part, Text) or part.quoted:
            return None
        name, equals, rest = part.value.partition("=")
        head += name
        if equals:
            value = (Text(rest, quoted=False), *word.parts[index + 1 :])
            return (head, Word(value)) if head.isidentifier() else None
    return None
