"""The keys of a post's script_config as options: a new key of its model is a new option here."""

from collections.abc import Iterator, Mapping
from dataclasses import field, fields, make_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from tmcore.scripts.post.args import PostArgs

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

NAMES = {"captions": "--caption", "material_path": "--folder", "materials_tags": "--material-tag"}
TYPES = {"material_path": Path}
BY_FILE = "material_list"  # said without an option


def _option(key: str, info: "FieldInfo") -> tuple[str, Any, Any]:
    name = NAMES.get(key, f"--{key.replace('_', '-')}")
    kind: Any = TYPES.get(key, info.annotation)
    parameter = Parameter(name=name, help=info.description or "", group="The post")
    return key, Annotated[kind | None, parameter], field(default=None)


def _options(keys: Mapping[str, "FieldInfo"]) -> type[Any]:
    made = (_option(key, info) for key, info in keys.items() if key != BY_FILE)
    options = make_dataclass("PostOptions", made, frozen=True, kw_only=True)
    options.__module__ = __name__  # in `types`, where it is said to be, it would be one value
    return Parameter(name="*")(options)


if TYPE_CHECKING:
    PostOptions = object
else:
    PostOptions = _options(PostArgs.model_fields)
NOTHING = PostOptions()


def said(options: "PostOptions") -> Iterator[tuple[str, Any]]:
    """Yield each key that was named, as JSON has it; a folder as the server's computer has it."""
    for each in fields(options):  # type: ignore[arg-type]  # a dataclass, made above
        value = getattr(options, each.name)
        if value is not None:
            is_path = isinstance(value, Path)
            yield each.name, str(value.expanduser().absolute()) if is_path else value
