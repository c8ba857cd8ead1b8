"""Which files may be posted: regular files below the allowed folders, and nothing else.

The check and the open are one act. A path is resolved once, then walked from its allowed folder,
each component opened relative to the one before and never through a link: whoever swaps a folder
or the file for a link in between gets a refusal. All later reading goes through the open file.

A path outside is refused by its letters alone, before the disk is asked, so that the answer does
not tell whether the file exists. Hard links cannot be told from files and pass.

Everything here blocks, on a network share for long: call it in a thread.
"""

import hashlib
import os
import re
import reprlib
import shlex
import stat
from collections.abc import Iterable, Sequence
from io import BufferedReader
from itertools import chain
from pathlib import Path

from tmcore.errors import BadInput

FIELD = "script_config.material_list"

_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")
_PASS = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# nonblocking, because opening a FIFO waits for its writer; no terminal becomes ours
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_LIST = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LONGEST = 4096  # Linux takes no longer one
_NUL = "\0"
_PATHS = reprlib.Repr()
_PATHS.maxstring = 200  # a path of 4,000 characters is quoted by its ends


def open_inside(
    path: str, folders: Iterable[str], field: str = FIELD, *, may_be_empty: bool = False
) -> BufferedReader:
    """Open a file of an allowed folder for reading; whatever else it is, BadInput says so."""
    named = _absolute(path, field)
    try:
        root, parts = _place(named, [Path(folder) for folder in folders], field)
        descriptor = _walk(root, parts)
    except OSError as error:
        raise BadInput.of(field, f"{shown(path)} {_why(error)}") from None
    return _regular(descriptor, path, field, may_be_empty=may_be_empty)


def names_inside(path: str, folders: Iterable[str], field: str = FIELD) -> list[str]:
    """List an allowed folder: its names, sorted, without hidden ones. Raises BadInput."""
    named = _absolute(path, field)
    try:
        root, parts = _place(named, [Path(folder) for folder in folders], field)
        descriptor = _walk(root, parts, _LIST)
        try:
            names = os.listdir(descriptor)  # noqa: PTH208 - of the open folder, not of its name
        finally:
            os.close(descriptor)
        return sorted(name for name in names if not name.startswith(".") and _is_text(name))
    except NotADirectoryError:
        raise BadInput.of(field, f"{shown(path)} is not a folder") from None
    except OSError as error:
        raise BadInput.of(field, f"{shown(path)} {_why(error)}") from None


def sha256_of(file: BufferedReader) -> str:
    """Hash a whole file; it is left at its start."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return digest


def shown(path: str) -> str:
    """Quote a path for a message: its control characters escaped, its middle left out if long."""
    return _PATHS.repr(path)


def _absolute(path: str, field: str) -> Path:
    if not path:
        raise BadInput.of(field, "the path is empty; name a file on the server")
    if problem := _unusable(path):
        raise BadInput.of(field, f"{shown(path)} {problem}")
    return Path(os.path.normpath(path))


def _unusable(path: str) -> str | None:
    if len(path) > _LONGEST:
        return f"is too long for a path ({len(path)} characters)"
    if _NUL in path or not _encodes(path):
        return "holds a character that no file name has"
    if os.name != "nt" and _WINDOWS.match(path):
        return "is a Windows path, and the server runs on Linux; copy the file there first"
    if path.startswith("~"):
        return "starts with ~, which is not expanded; use the full path"
    if not Path(path).is_absolute():
        return "is not a full path; it must start with /"
    return None


def _is_text(name: str) -> bool:
    """Whether a name is Unicode; one that is not could be neither stored nor shown."""
    return not any("\ud800" <= sign <= "\udfff" for sign in name)


def _encodes(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return True


def _place(named: Path, roots: Sequence[Path], field: str) -> tuple[Path, tuple[str, ...]]:
    """Find the allowed folder that holds the file, and the way from there, free of links."""
    if not _root_of(named, chain(roots, map(_real, roots))):
        raise BadInput.of(field, _outside(named, named.parent))
    real = _real(named)
    if root := _root_of(real, map(_real, roots)):
        return root, real.relative_to(root).parts
    raise BadInput.of(field, _outside(named, real.parent))


def _root_of(path: Path, roots: Iterable[Path]) -> Path | None:
    return next((root for root in roots if path.is_relative_to(root)), None)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # Path.resolve raises on a loop of links; this does not


def _outside(path: Path, folder: Path) -> str:
    command = f"tm settings --allow-folder {shlex.quote(str(folder))}"
    return f"{shown(str(path))} is outside the allowed folders; allow its folder with: {command}"


def _walk(root: Path, parts: tuple[str, ...], last: int = _READ) -> int:
    folder = os.open(root, _PASS if parts else last)
    for part in parts[:-1]:
        folder = _step(folder, part, _PASS)
    return _step(folder, parts[-1], last) if parts else folder


def _step(folder: int, name: str, flags: int) -> int:
    try:
        return os.open(name, flags, dir_fd=folder)
    finally:
        os.close(folder)


def _why(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "does not exist"
        case PermissionError():
            return "may not be read by the user that the server runs as"
        case _:
            return f"cannot be opened ({error.strerror})"


def _regular(descriptor: int, path: str, field: str, *, may_be_empty: bool) -> BufferedReader:
    status = os.fstat(descriptor)
    if problem := _unfit(status, may_be_empty=may_be_empty):
        os.close(descriptor)
        raise BadInput.of(field, f"{shown(path)} {problem}")
    # opened by name only for its .name, which later messages quote; the descriptor is the file
    return open(path, "rb", opener=lambda _path, _flags: descriptor)


def _unfit(status: os.stat_result, *, may_be_empty: bool) -> str | None:
    if stat.S_ISDIR(status.st_mode):
        return "is a folder; name a file, or take from it with material_source localFolder"
    if not stat.S_ISREG(status.st_mode):
        return "is not a regular file"
    return None if status.st_size or may_be_empty else "is empty (0 bytes)"
