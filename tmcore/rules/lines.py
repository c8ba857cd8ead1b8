"""What a row of a plan asks for, and by what it is known again. Pure: no file is looked at."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath, PureWindowsPath
from zoneinfo import ZoneInfo

import orjson

from tmcore.errors import BadInput, FieldError
from tmcore.model import NewTask
from tmcore.rules.spreadsheet import Row, moment, row_faults

WHO = ("account", "device", "tag")
OURS = {*WHO, "file", "caption", "date", "time", "at"}
LATE = timedelta(minutes=1)  # a start so little past is meant as now
# what a request calls these cells
COLUMN_OF = {
    "usernames": "account", "serials": "device", "start_at": "date",
    "script_config.material_list": "file", "script_config.captions": "caption",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A row that asks for a post. `slot` is who, what and when; `content` all the rest of it.

    A row that names a tag asks for one on each phone that has it.
    """

    number: int
    request: NewTask
    due: datetime
    slot: str
    content: str
    note: str = ""


def line_of(row: Row, folder: str | None, zone: ZoneInfo) -> Line:
    """Read a row. Raises BadInput with everything that is wrong in it, by column."""
    errors = [*row_faults(row), *_faults(row.cells)]
    when = None
    try:
        when = moment(row.cells, zone)
    except BadInput as error:
        errors.extend(error.errors)
    if errors or when is None:
        raise BadInput(*errors)
    cells = row.cells
    file = _path(cells["file"], folder)
    options = {name: cell for name, cell in cells.items() if name not in OURS}
    config: dict[str, object] = {**options, "material_list": [file]}
    if "caption" in cells:
        config["captions"] = cells["caption"]
    account, device = cells.get("account"), cells.get("device") or _tagged(cells.get("tag"))
    request = NewTask(
        usernames=(account,) if account else None,
        serials=(device,) if device else None,
        script_name="post",
        script_config=config,
        start_at=when.at,
    )
    who = [(account or "").removeprefix("@").lower(), device, options.get("app")]
    slot = _digest([*who, file, when.at.timestamp()])
    content = _digest([cells.get("caption"), sorted(options.items())])
    return Line(row.number, request, when.at, slot, content, when.note)


def late_fault(line: Line, now: datetime) -> FieldError | None:
    """Say that a row's time has passed, where it has."""
    if line.due >= now - LATE:
        return None
    return FieldError("date", f"{line.due:%Y-%m-%d %H:%M} UTC has passed")


def column_of(error: FieldError) -> FieldError:
    """Say of a request's field which column it stood in."""
    column = COLUMN_OF.get(error.field, error.field.removeprefix("script_config."))
    return FieldError(column, error.message.removeprefix("line 1, ").removeprefix("line 1 "))


def _faults(cells: Mapping[str, str]) -> Iterator[FieldError]:
    named = [column for column in WHO if column in cells]
    if not named:
        yield FieldError("account", "is empty, and so are device and tag; say who posts")
    elif "tag" in named and len(named) > 1:
        yield FieldError("tag", f"stands beside {named[0]}; name one of them")
    if "file" not in cells:
        yield FieldError("file", "is empty; name a video")
    if any(end in cells.get("caption", "") for end in ("\n", "\r")):
        yield FieldError("caption", "has a line break; a caption is one line")


def _tagged(tag: str | None) -> str | None:
    return f"tag:{tag.removeprefix('tag:')}" if tag else None


def _path(name: str, folder: str | None) -> str:
    bare = not (PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive)
    return str(PurePosixPath(folder, name)) if folder and bare else name


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()
