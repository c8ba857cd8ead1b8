"""How a command reads the files that it is given."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from pathlib import Path

from tmcore.errors import BadInput
from tmtui.output import say


def content(file: Path, field: str = "FILE") -> bytes:
    """Read a file. Raises BadInput where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput.of(field, f"{file} cannot be read: {error.strerror}") from None


def spreadsheet(file: Path) -> str:
    """Read a CSV file as text; say so where its encoding had to be guessed. Raises BadInput."""
    from tmcore.rules.spreadsheet import decode

    read = decode(content(file))
    if read.note:
        say(f"note: {read.note}")
    return read.text
