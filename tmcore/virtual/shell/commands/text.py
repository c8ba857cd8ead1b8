"""Commands on text and bytes."""

import base64
import hashlib
import re
from collections.abc import Callable

from tmcore.virtual.shell.call import Call

_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", "r": "\r", "0": "\0", '"': '"'}


def true(_: Call) -> int:
    """Success."""
    return 0


def false(_: Call) -> int:
    """Failure."""
    return 1


def echo(call: Call) -> None:
    """Mksh's echo: escapes are understood, -n leaves the newline out."""
    bare = call.args[:1] == ["-n"]
    text = " ".join(
        call.args[1:] if bare else [a for i, a in enumerate(call.args) if i or a != "-e"]
    )
    call.write((_unescaped(text) + ("" if bare else "\n")).encode(errors="surrogateescape"))


def printf(call: Call) -> None:
    """%s, %d, %x, %% and escapes; the format is used again for more arguments."""
    if not call.args:
        call.fail("Needs 1 argument")
    form, values = call.args[0], call.args[1:]
    while True:
        call.write(_formatted(form, values).encode(errors="surrogateescape"))
        if not values or "%" not in form.replace("%%", ""):
            return


async def cat(call: Call) -> int:
    """Files or stdin."""
    wanted = len(call.args) or 1
    found = await call.inputs()
    for _, data in found:
        call.write(data)
    return int(len(found) < wanted)


async def wc(call: Call) -> None:
    """-c, -l, -w, or all three."""
    flags = call.flags("clw") or set("lwc")
    for name, data in await call.inputs():
        counts = {"l": data.count(b"\n"), "w": len(data.split()), "c": len(data)}
        numbers = " ".join(str(counts[f]) for f in "lwc" if f in flags)
        call.print(numbers if name == "-" else f"{numbers} {name}")


async def head(call: Call) -> None:
    """First lines, or bytes with -c."""
    await _end(call, lambda items, n: items[:n])


async def tail(call: Call) -> None:
    """Last lines, or bytes with -c."""
    await _end(call, lambda items, n: items[-n:] if n else items[:0])


async def grep(call: Call) -> int:
    """-E -F -i -v -c -q -o, on files or stdin."""
    pattern = call.option("-e")
    flags = call.flags("EFivcqon")
    if pattern is None:
        if not call.args:
            call.fail("no pattern")
        pattern = call.args.pop(0)
    expression = re.compile(_basic(pattern, flags), re.IGNORECASE if "i" in flags else 0)
    lines = [
        ln for _, data in await call.inputs() for ln in data.decode(errors="replace").splitlines()
    ]
    found = [ln for ln in lines if bool(expression.search(ln)) != ("v" in flags)]
    if "q" in flags:
        return int(not found)
    if "c" in flags:
        call.print(str(len(found)))
    elif "o" in flags:
        call.print(*(m.group() for ln in found for m in expression.finditer(ln)))
    else:
        call.print(*found)
    return int(not found)


async def sort(call: Call) -> None:
    """-r, -n, -u."""
    flags = call.flags("rnu")
    lines = [
        ln for _, data in await call.inputs() for ln in data.decode(errors="replace").splitlines()
    ]
    unique = list(dict.fromkeys(lines)) if "u" in flags else lines
    call.print(*sorted(unique, key=_number if "n" in flags else str, reverse="r" in flags))


async def cut(call: Call) -> None:
    """-d and -f with one field or a list."""
    delimiter = call.option("-d") or "\t"
    fields = [int(f) for f in (call.option("-f") or "1").split(",")]
    for _, data in await call.inputs():
        for line in data.decode(errors="replace").splitlines():
            parts = line.split(delimiter)
            call.print(delimiter.join(parts[f - 1] for f in fields if f <= len(parts)))


async def tr(call: Call) -> None:
    """-d SET, or one set for another of the same length."""
    text = (await call.stdin()).decode(errors="surrogateescape")
    if call.args[:1] == ["-d"]:
        dropped = _unescaped(call.args[1])
        call.write("".join(c for c in text if c not in dropped).encode(errors="surrogateescape"))
        return
    source, target = (_unescaped(a) for a in call.args[:2])
    table = str.maketrans(source, target.ljust(len(source), target[-1:]))
    call.write(text.translate(table).encode(errors="surrogateescape"))


async def base64_(call: Call) -> None:
    """-d decodes."""
    decode = "d" in call.flags("dw0")
    for _, data in await call.inputs():
        call.write(base64.b64decode(data) if decode else base64.b64encode(data) + b"\n")


async def md5sum(call: Call) -> int:
    """MD5, as toybox prints it."""
    return await _sums(call, lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest())


async def sha1sum(call: Call) -> int:
    """SHA-1."""
    return await _sums(call, lambda data: hashlib.sha1(data, usedforsecurity=False).hexdigest())


async def sha256sum(call: Call) -> int:
    """SHA-256."""
    return await _sums(call, lambda data: hashlib.sha256(data).hexdigest())


def seq(call: Call) -> None:
    """Numbers."""
    first, last = (
        (1, int(call.args[0])) if len(call.args) == 1 else (int(call.args[0]), int(call.args[-1]))
    )
    call.print(*(str(n) for n in range(first, last + 1)))


def basename(call: Call) -> None:
    """The last part of a path."""
    name = call.args[0].rstrip("/").rpartition("/")[2]
    call.print(name.removesuffix(call.args[1]) if len(call.args) > 1 else name)


def dirname(call: Call) -> None:
    """All but the last part of a path."""
    call.print(call.args[0].rstrip("/").rpartition("/")[0] or ".")


async def _sums(call: Call, digest: Callable[[bytes], str]) -> int:
    bare = call.flag("-b")
    wanted = len(call.args) or 1
    found = await call.inputs()
    for name, data in found:
        call.print(digest(data) if bare else f"{digest(data)}  {name}")
    return int(len(found) < wanted)


async def _end(call: Call, take: Callable[[list[bytes], int], list[bytes]]) -> None:
    count = call.option("-c")
    lines = call.option("-n") or "10"
    if call.args and re.fullmatch(r"-\d+", call.args[0]):
        lines = call.args.pop(0)[1:]
    for _, data in await call.inputs():
        if count is None:
            call.write(b"".join(take(data.splitlines(keepends=True), int(lines))))
        else:
            call.write(b"".join(take([bytes([b]) for b in data], int(count))))


def _formatted(form: str, values: list[str]) -> str:
    def value(match: re.Match[str]) -> str:
        spec = match.group()
        if spec == "%%":
            return "%"
        given = values.pop(0) if values else ""
        if spec[-1] in "sb":
            return f"{spec[:-1]}s" % (_unescaped(given) if spec[-1] == "b" else given)
        return spec % int(given or 0)

    return re.sub(r"%%|%[-0-9.]*[sbdixu]", value, _unescaped(form))


def _unescaped(text: str) -> str:
    return re.sub(r"\\([nt\\r0\"])", lambda m: _ESCAPES[m.group(1)], text)


def _basic(pattern: str, flags: set[str]) -> str:
    """Toybox's grep: without -E the operators are written with a backslash."""
    if "F" in flags:
        return re.escape(pattern)
    if "E" in flags:
        return pattern
    return re.sub(
        r"\\?[|+?(){}]",
        lambda m: m.group()[1:] if len(m.group()) > 1 else "\\" + m.group(),
        pattern,
    )


def _number(line: str) -> float:
    match = re.match(r"\s*-?\d+(\.\d+)?", line)
    return float(match.group()) if match else 0.0
