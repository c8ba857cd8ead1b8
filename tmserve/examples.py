"""Examples for the contract, made from its schemas: by a field's name, its default, or its kind."""

from collections.abc import Callable
from typing import Any

Schema = dict[str, Any]
Find = Callable[[Schema], Schema]  # a schema itself, where it is only named

MOMENT = "2026-01-31T14:05:00Z"
# what a field of this name holds, wherever it stands
BY_NAME: dict[str, Any] = {
    "id": 101,
    "task_id": 101,
    "task_ids": [101, 102],
    "serial": "R58M34FGHIJ",
    "serials": ["R58M34FGHIJ"],
    "username": "ann",
    "usernames": ["@ann"],
    "script_name": "post",
    "script_config": {"captions": "Hello #rack", "material_list": ["/srv/media/clip.mp4"]},
    "template": {"serials": ["R58M34FGHIJ"], "script_name": "post", "script_config": {}},
    "media": "/srv/media/clip.mp4",
    "start_time": "18:30",
    "zone": "Europe/Berlin",
    "time_zone": "Europe/Berlin",
    "cron": "30 18 * * 1-5",
    "tag": "berlin",
    "secret": "tm_…",
    "url": "https://hooks.example/rack",
    "events": ["task.complete", "task.fail"],
    "created_count": 2,
    "package": "com.zhiliaoapp.musically",
}
# what a body holds: of fields that exclude each other, not all
BY_TITLE: dict[str, Schema] = {
    "NewTask": {
        "serials": ["R58M34FGHIJ"],
        "script_name": "post",
        "script_config": BY_NAME["script_config"],
        "min_interval": 5,
        "max_interval": 15,
    },
    "Settings": {"auto_retry": True, "max_retry_count": 2},
    "Hand": {"tap": [540, 1200]},
    "NewToken": {"name": "desk", "scope": "post"},
    "AccountChange": {"enabled": False},
    "NewAccounts": {"accounts": [{"app": "tiktok", "username": "ann", "serial": "R58M34FGHIJ"}]},
}
_TYPES = {int: "integer", str: "string", list: "array", dict: "object"}


def body_sample(schema: Schema, find: Find) -> Any:
    """Return a body that the schema allows: a usual one, or what it requires."""
    schema = find(schema)
    fields = schema.get("properties", {})
    needed = schema.get("required") or fields
    usual = BY_TITLE.get(schema.get("title", ""))
    return usual or {name: sample(fields[name], name, find) for name in needed}


def sample(schema: Schema, name: str = "", find: Find = lambda schema: schema) -> Any:
    """Return a value that the schema allows."""
    schema = find(schema)
    if name in BY_NAME and _fits(BY_NAME[name], schema, find):
        return BY_NAME[name]
    for word in ("const", "default"):
        if schema.get(word) is not None:
            return schema[word]
    kinds = schema.get("anyOf") or schema.get("oneOf")
    if kinds:
        return sample(kinds[0], name, find)
    return schema["enum"][0] if "enum" in schema else _made(schema, name, find)


def _made(schema: Schema, name: str, find: Find) -> Any:
    make = _MAKERS.get(schema.get("type", ""))
    return make(schema, name, find) if make else {}


def _object(schema: Schema, _name: str, find: Find) -> Any:
    fields = schema.get("properties", {})
    return {field: sample(fields[field], field, find) for field in fields}


def _array(schema: Schema, name: str, find: Find) -> Any:
    parts = schema.get("prefixItems") or [schema.get("items", {})]
    return [sample(part, name, find) for part in parts]


def _string(schema: Schema, _name: str, _find: Find) -> Any:
    return MOMENT if schema.get("format") == "date-time" else "text"[: schema.get("maxLength", 4)]


_MAKERS: dict[str, Callable[[Schema, str, Find], Any]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": lambda schema, *_: schema.get("minimum", 1),
    "number": lambda schema, *_: schema.get("minimum", 1),
    "boolean": lambda *_: True,
    "null": lambda *_: None,
}


def _fits(value: Any, schema: Schema, find: Find) -> bool:
    kinds = [find(kind) for kind in schema.get("anyOf", [schema])]
    is_chosen = any("enum" in kind or "const" in kind for kind in kinds)
    return not is_chosen and _TYPES[type(value)] in {kind.get("type") for kind in kinds}
