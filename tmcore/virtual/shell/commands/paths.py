"""Commands on files and folders."""

import fnmatch
import stat
import time

from tmcore.virtual.files import TOTAL_BYTES, Entry, real
from tmcore.virtual.shell.call import Call


def ls(call: Call) -> int:
    """-l, -a, -d, -1, -t, -A."""
    flags = call.flags("la1dtARhni")
    code = 0
    targets = call.args or ["."]
    for target in targets:
        path = call.path(target)
        entry = call.phone.files.find(path)
        if entry is None:
            call.error(f"ls: {target}: No such file or directory")
            code = 1
            continue
        if entry.is_dir and "d" not in flags:
            if len(targets) > 1:
                call.print(f"{target}:")
            _list(call, path, flags)
        else:
            call.print(_line(target, entry, flags))
    return code


def mkdir(call: Call) -> int:
    """Fails when it exists, as locks rely on; -p does not."""
    flags = call.flags("pm")
    for name in _needed(call):
        try:
            make = call.phone.files.mkdirs if "p" in flags else call.phone.files.mkdir
            make(call.path(name))
        except OSError as error:
            call.error(f"mkdir: '{name}': {error.strerror}")
            return 1
    return 0


def rm(call: Call) -> int:
    """-f, -r."""
    flags = call.flags("frRv")
    code = 0
    for name in call.args:
        try:
            _remove(call, call.path(name), recursive=bool(flags & {"r", "R"}))
        except FileNotFoundError as error:
            if "f" not in flags:
                call.error(f"rm: {name}: {error.strerror}")
                code = 1
        except OSError as error:
            call.error(f"rm: {name}: {error.strerror}")
            code = 1
    return code


def rmdir(call: Call) -> int:
    """Empty folders only."""
    for name in _needed(call):
        try:
            call.phone.files.rmdir(call.path(name))
        except OSError as error:
            call.error(f"rmdir: '{name}': {error.strerror}")
            return 1
    return 0


def mv(call: Call) -> int:
    """Renames; onto a folder means into it."""
    call.flags("fn")
    *sources, target = _needed(call, 2)
    for source in sources:
        try:
            call.phone.files.rename(call.path(source), _into(call, source, target))
            call.phone.media.forget(call.path(source))
        except OSError as error:
            call.error(f"mv: '{source}': {error.strerror}")
            return 1
    return 0


def cp(call: Call) -> int:
    """Copies files."""
    call.flags("fp")
    *sources, target = _needed(call, 2)
    for source in sources:
        try:
            data = call.phone.files.read(call.path(source)).data
            call.phone.files.write(_into(call, source, target), data)
        except OSError as error:
            call.error(f"cp: {source}: {error.strerror}")
            return 1
    return 0


def touch(call: Call) -> int:
    """-d @SECONDS or now."""
    given = call.option("-d", "-t")
    call.flags("amc")
    when = float(given.lstrip("@")) if given and given.startswith("@") else time.time()
    for name in _needed(call):
        try:
            call.phone.files.touch(call.path(name), when)
        except OSError as error:
            call.error(f"touch: '{name}': {error.strerror}")
            return 1
    return 0


def chmod(call: Call) -> int:
    """Modes mean nothing on a virtual phone; the file must exist."""
    for name in call.args[1:]:
        call.phone.files.entry(call.path(name))
    return 0


def sync(_: Call) -> int:
    """Memory is always in step."""
    return 0


def df(call: Call) -> None:
    """In KiB, or -h."""
    flags = call.flags("kh")
    free = call.phone.files.free
    used = TOTAL_BYTES - free
    percent = round(100 * used / TOTAL_BYTES)

    def size(amount: int) -> str:
        return f"{amount / (1 << 30):.1f}G" if "h" in flags else str(amount // 1024)

    unit = "     Size" if "h" in flags else "1K-blocks"
    call.print(
        f"Filesystem      {unit}     Used Available Use% Mounted on",
        f"/dev/fuse       {size(TOTAL_BYTES):>9} {size(used):>8} {size(free):>9} {percent:>3}%"
        " /storage/emulated",
    )


def du(call: Call) -> None:
    """-s, -k, -h: KiB of each argument."""
    call.flags("skhc")
    for name in call.args or ["."]:
        call.phone.files.entry(call.path(name))
        total = sum(e.size for _, e in call.phone.files.walk(call.path(name)))
        call.print(f"{-(-total // 1024)}\t{name}")


def stat_(call: Call) -> int:
    """-c with %s %n %Y %F %a, or the long form."""
    form = call.option("-c")
    for name in _needed(call):
        entry = call.phone.files.find(call.path(name))
        if entry is None:
            call.error(f"stat: '{name}': No such file or directory")
            return 1
        fields = _fields(name, entry)
        if form is None:
            call.print(
                f"  File: {name}",
                f"  Size: {entry.size}\t Blocks: 8\t IO Blocks: 512\t {fields['%F']}",
            )
            continue
        for word, value in fields.items():
            form = form.replace(word, value)
        call.print(form)
    return 0


def find(call: Call) -> None:
    """PATH with -name, -type, -maxdepth."""
    name, kind = call.option("-name"), call.option("-type")
    depth = call.option("-maxdepth")
    root = call.args[0] if call.args else "."
    path = real(call.path(root))
    call.phone.files.entry(path)
    for inner, entry in call.phone.files.walk(path):
        shown = root.rstrip("/") + inner[len(path) :]
        if name and not fnmatch.fnmatchcase(inner.rpartition("/")[2], name):
            continue
        if kind and (kind == "d") != entry.is_dir:
            continue
        if depth and inner[len(path) :].count("/") > int(depth):
            continue
        call.print(shown)


def _list(call: Call, path: str, flags: set[str]) -> None:
    names = call.phone.files.names(path)
    if not flags & {"a", "A"}:
        names = [n for n in names if not n.startswith(".")]
    entries = [(n, call.phone.files.entry(f"{path}/{n}")) for n in names]
    if "t" in flags:
        entries.sort(key=lambda pair: pair[1].mtime, reverse=True)
    if "l" in flags:
        call.print(f"total {sum(-(-e.size // 1024) for _, e in entries)}")
    call.print(*(_line(n, e, flags) for n, e in entries))


def _line(name: str, entry: Entry, flags: set[str]) -> str:
    if "l" not in flags:
        return name
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.mtime))
    return f"{stat.filemode(entry.mode)} 1 shell shell {entry.size:>8} {when} {name}"


def _remove(call: Call, path: str, *, recursive: bool) -> None:
    files = call.phone.files
    entry = files.entry(path)
    if entry.is_dir and recursive:
        files.remove_tree(path)
    else:
        files.remove(path)
    call.phone.media.forget(path)


def _into(call: Call, source: str, target: str) -> str:
    path = call.path(target)
    found = call.phone.files.find(path)
    return f"{path}/{source.rpartition('/')[2]}" if found and found.is_dir else path


def _needed(call: Call, count: int = 1) -> list[str]:
    if len(call.args) < count:
        call.fail(f"Needs {count} argument{'s' if count > 1 else ''}")
    return call.args


def _fields(name: str, entry: Entry) -> dict[str, str]:
    return {
        "%s": str(entry.size),
        "%n": name,
        "%Y": str(int(entry.mtime)),
        "%F": "directory" if entry.is_dir else "regular file",
        "%a": f"{stat.S_IMODE(entry.mode):o}",
        "%y": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.mtime)),
    }
