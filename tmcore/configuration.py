"""Settings that stand in a file or in the environment, before anybody has changed one.

What holds, the later before the earlier: the default, `tmrack.toml` beside the database, the
environment, what a person changed while it ran.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from tmcore.apps.layers import read_layer
from tmcore.errors import BadInput, FieldError
from tmcore.settings import Settings
from tmcore.validation import checked

FILE = "tmrack.toml"
PREFIX = "TMRACK_"


def configured(file: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that a file (which may be absent) and the environment name.

    Raises BadInput naming file, line and key, or the variable.
    """
    return _file(file) | _environment(environ)


def _file(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    layer = read_layer(file)

    def where(key: str) -> str:
        return layer.fault((re.split(r"[.\[]", key, maxsplit=1)[0],), "").field

    return _checked(layer.data, where)


def _environment(environ: Mapping[str, str]) -> dict[str, Any]:
    said = {
        name.removeprefix(PREFIX).lower(): _value(text)
        for name, text in environ.items()
        if name.startswith(PREFIX)
    }
    return _checked(said, lambda key: f"{PREFIX}{key.upper()}")


def _checked(said: dict[str, Any], where: Callable[[str], str]) -> dict[str, Any]:
    """Check what is said, each by itself and together; a fault is named by where it stands."""
    try:
        checked(Settings, said)
    except BadInput as error:
        raise BadInput(*(FieldError(where(e.field), e.message) for e in error.errors)) from None
    return said


def _value(text: str) -> Any:
    """A value that is JSON (60, true, ["/srv"]) is that, else it is text."""
    try:
        return orjson.loads(text)
    except ValueError:
        return text
