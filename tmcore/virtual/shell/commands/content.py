"""content: the media store and, for reading only, the settings."""

import re
import sqlite3

from tmcore.virtual.shell.call import Call

_MEDIA = re.compile(
    r"content://media/(?:external|external_primary|internal)/(video|images|audio|file)(?:/media)?(?:/(\d+))?$"
)


def content(call: Call) -> int:
    """Query, call, delete."""
    verb = call.args.pop(0) if call.args else ""
    uri = call.option("--uri") or ""
    call.option("--user")
    if verb == "query":
        return _query(call, uri)
    if verb == "call":
        return _call(call, uri)
    if verb == "delete":
        table, where = _table(call, uri)
        call.phone.media.delete(table, where)
        return 0
    call.error(f"[ERROR] Unsupported operation: {verb}")
    return 1


def _query(call: Call, uri: str) -> int:
    columns = [c for c in (call.option("--projection") or "").split(":") if c]
    sort = call.option("--sort") or ""
    table, where = _table(call, uri)
    if not table:
        call.error(
            "[ERROR] Could not find provider: " + uri.removeprefix("content://").partition("/")[0]
        )
        return 1
    try:
        rows = call.phone.media.query(table, columns, where, sort)
    except sqlite3.Error as error:
        call.error(
            "Error while accessing provider:media",
            f"android.database.sqlite.SQLiteException: {error}",
        )
        return 0
    if not rows:
        call.print("No result found.")
    for number, row in enumerate(rows):
        fields = ", ".join(f"{k}={'NULL' if v is None else v}" for k, v in row.items())
        call.print(f"Row: {number} {fields}")
    return 0


def _call(call: Call, uri: str) -> int:
    method, argument = call.option("--method") or "", call.option("--arg") or ""
    if uri != "content://media" or method not in ("scan_file", "scan_volume"):
        call.print("Result: null")
        return 0
    if method == "scan_volume":
        for path, _ in list(call.phone.files.walk("/storage/emulated/0")):
            call.phone.media.scan(path)
        call.print("Result: Bundle[{}]")
        return 0
    row = call.phone.media.scan(argument) if argument.startswith("/storage/") else None
    call.print(f"Result: Bundle[{{uri={row.uri if row else 'null'}}}]")
    return 0


def _table(call: Call, uri: str) -> tuple[str, str]:
    where = call.option("--where") or ""
    match = _MEDIA.match(uri)
    if match is None:
        return "", where
    if match.group(2):
        where = f"_id={match.group(2)}" + (f" AND ({where})" if where else "")
    return match.group(1), where
