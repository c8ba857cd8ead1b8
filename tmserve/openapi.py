"""The contract as OpenAPI 3.1, made from the route table and the models themselves.

Nothing is described twice: what a route takes and answers are its models, what a field means is its
description, what a code means is the docstring of its error.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import metadata
from itertools import groupby
from typing import Any, get_type_hints

import orjson
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from tmcore import errors
from tmcore.errors import TmError
from tmcore.request_key import HEADER, LONGEST
from tmcore.scripts import SCRIPTS
from tmserve.examples import body_sample, sample
from tmserve.routes.route import Route
from tmserve.wire import FILE_TYPE, File

REF, RESPONSE_REF = "#/components/schemas/", "#/components/responses/"
EVERYWHERE = (40101, 40302, 42901, 50001)
ABOUT = """Runs a rack of Android phones that publish your own videos to your own accounts.

Every answer of a path below /api/v1 is `{"code": int, "message": str, "data": …}`. `code` is 0 and
`message` "success", or the code says what is wrong and the HTTP status is `code // 100`. A path
that does not exist answers 40401, another method 40501 with an `Allow` header."""
PLACES = {
    "id": ({"type": "integer", "minimum": 1, "maximum": 2**63 - 1}, "Its number."),
    "serial": ({"type": "string", "minLength": 1}, "The phone's serial."),
    "name": ({"type": "string", "minLength": 1}, "Its name."),
}
LAST_EVENT = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "The last event that was read, as a browser sends it; goes before `after`.",
    "schema": {"type": "integer", "minimum": 0},
    "example": 0,
}

REQUEST_KEY = {
    "name": HEADER,
    "in": "header",
    "description": "Sent again with the same body within a day, the request gets its first answer "
    "and nothing happens twice. With another body, or while it is at work: 40901.",
    "schema": {"type": "string", "pattern": f"^[!-~]{{1,{LONGEST}}}$"},
    "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}


@cache
def as_json() -> bytes:
    """Return the document as it is served."""
    return orjson.dumps(document())


@cache
def document() -> dict[str, Any]:
    """Return the document."""
    from tmserve.routes import FOLLOW, ROUTES  # noqa: PLC0415 - the table holds this page's route

    routes = (*ROUTES, FOLLOW)
    schemas = _Schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        operations = paths.setdefault(path_of(route), {})
        operations[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "tm", "version": metadata.version("tmrack"), "description": ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas.components | {"Failure": FAILURE},
            "responses": {
                _name(codes): _failure(codes) for route in routes for codes in _by_status(route)
            },
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


def path_of(route: Route) -> str:
    """Return the path as OpenAPI writes it; where a route has two, the one without the prefix."""
    from tmserve.routes import targets  # noqa: PLC0415 - the table holds this page's route

    return targets(route)[-1].replace("<", "{").replace(">", "}")


def codes_of(route: Route) -> tuple[int, ...]:
    """Return every code but 0 that a route may answer."""
    codes = {*route.codes} if route.public else {*EVERYWHERE, *route.codes}
    codes |= {40001} if route.query or route.reads_body or "<id>" in route.path else set()
    codes |= {40401} if "<" in route.path else set()
    codes |= {41301, 41501} if route.reads_body else set()
    codes |= {40301} if route.licensed else set()
    return tuple(sorted(codes | {40302, 50001}))


@cache
def meanings() -> dict[int, str]:
    """Return what each code means, in the words of its error."""
    kinds: list[type[TmError]] = [TmError, *_below(TmError)]
    found: dict[int, str] = {}
    for kind in kinds:
        if kind.__module__ == errors.__name__ and kind.__doc__:
            found.setdefault(kind.code, " ".join(kind.__doc__.split()))
    found[50001] = "Internal error; the message names a reference that is also in the log."
    return found


def _below(kind: type[TmError]) -> Iterator[type[TmError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


FAILURE = {
    "type": "object",
    "title": "Failure",
    "required": ["code", "message", "data"],
    "properties": {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "data": {
            "type": ["object", "null"],
            "description": "With 40001 to 40003: every field that is wrong.",
            "required": ["errors"],
            "properties": {
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["field", "message"],
                        "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                    },
                }
            },
        },
    },
}


class _Schemas:
    """The JSON schemas of every model that a route takes or answers."""

    def __init__(self, routes: Sequence[Route]) -> None:
        wanted: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = []
        for route in routes:
            key = f"{route.method} {route.path}"
            for use, kind, mode in _uses(route):
                wanted.append((f"{key} {use}", mode, TypeAdapter(kind)))
        for name, script in SCRIPTS.items():
            wanted.append((f"script {name}", "validation", TypeAdapter(script.Args)))
        found, definitions = TypeAdapter.json_schemas(wanted, ref_template=REF + "{model}")
        self._found = {key: schema for (key, _), schema in found.items()}
        self.components: dict[str, Any] = definitions.get("$defs", {})
        self._name_scripts()

    def _name_scripts(self) -> None:
        """Say what each script needs: what a request holds for it is its script's own model."""
        config = self.components["NewTask"]["properties"]["script_config"]
        configs = {name: self._found[f"script {name}"] for name in SCRIPTS}
        named = ", ".join(f"{name}: {self.whole(one)['title']}" for name, one in configs.items())
        config["description"] += f" By script_name: {named}."
        config["anyOf"] = [*configs.values(), {"type": "null"}]

    def of(self, route: Route, use: str) -> dict[str, Any]:
        return self._found[f"{route.method} {route.path} {use}"]

    def whole(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return a schema itself where it is only named."""
        while "$ref" in schema:
            schema = self.components[schema["$ref"].removeprefix(REF)]
        return schema


def _uses(route: Route) -> Iterator[tuple[str, Any, JsonSchemaMode]]:
    if route.query:
        yield "query", route.query, "validation"
    if route.body:
        yield "body", route.body, "validation"
    answer = get_type_hints(route.handler)["return"]
    if answer not in (File, type(None)):
        yield "answer", answer, "serialization"


def _operation(route: Route, schemas: _Schemas) -> dict[str, Any]:
    module = route.handler.__module__.rpartition(".")[2]
    operation: dict[str, Any] = {
        "operationId": f"{module}_{route.handler.__name__.strip('_')}",
        "tags": [module],
        "summary": route.says,
        "description": _who(route),
        "parameters": [*_places(route), *_queries(route, schemas), *_headers(route)],
        "responses": _responses(route, schemas),
        "security": [{}] if route.public else [{}, {"bearer": []}, {"key": []}],
    }
    if route.reads_body:
        operation["requestBody"] = _body(route, schemas)
    return operation


def _who(route: Route) -> str:
    if route.public:
        return "Needs no token."
    return f"Where a token is required: one of the scope {route.scope or 'admin'}."


def _places(route: Route) -> Iterator[dict[str, Any]]:
    for part in route.path.split("/"):
        if part.startswith("<"):
            name = part.strip("<>")
            schema, says = PLACES[name]
            yield {
                "name": name, "in": "path", "required": True, "description": says,
                "schema": schema, "example": sample(schema, name),
            }  # fmt: skip


def _queries(route: Route, schemas: _Schemas) -> Iterator[dict[str, Any]]:
    if route.query is None:
        return
    for name, schema in schemas.whole(schemas.of(route, "query"))["properties"].items():
        plain = _without_null(schema)
        yield {
            "name": name, "in": "query", "required": False, "allowEmptyValue": True,
            "description": plain.pop("description", ""), "schema": plain,
            "example": sample(schemas.whole(plain), name, schemas.whole),
        }  # fmt: skip


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query cannot say null: what may be null may be left out."""
    plain = {k: v for k, v in schema.items() if k not in ("anyOf", "title") and v is not None}
    if plain.get("type") == "array":  # one text, as everywhere
        said = f"{plain.get('description', '')} Several with commas between them.".strip()
        return {"type": "string", "description": said}
    kinds: list[dict[str, Any]] = [k for k in schema.get("anyOf", ()) if k != {"type": "null"}]
    if len(kinds) == 1:
        return plain | kinds[0]
    return plain | ({"anyOf": kinds} if kinds else {})


def _headers(route: Route) -> list[dict[str, Any]]:
    if route.keyed:
        return [REQUEST_KEY]
    return [LAST_EVENT] if route.sends == "text/event-stream" else []


def _body(route: Route, schemas: _Schemas) -> dict[str, Any]:
    schema = schemas.of(route, "body") if route.body else {"type": "object"}
    example = body_sample(schema, schemas.whole)
    content: dict[str, Any] = {"application/json": {"schema": schema, "example": example}}
    says = f"At most {route.most_bytes} bytes."
    if route.most_upload_bytes:
        content[FILE_TYPE] = {"schema": {"type": "string", "format": "binary"}}
        says += f" Or a file as it is, at most {route.most_upload_bytes} bytes, and then `name`."
    return {"required": True, "description": says, "content": content}


def _responses(route: Route, schemas: _Schemas) -> dict[str, Any]:
    responses: dict[str, Any] = {"200": _success(route, schemas)}
    if route.path == "/health/ready":
        responses["503"] = responses["200"] | {"description": "It cannot work now."}
    for codes in _by_status(route):
        responses[str(codes[0] // 100)] = {"$ref": f"{RESPONSE_REF}{_name(codes)}"}
    return responses


def _by_status(route: Route) -> tuple[tuple[int, ...], ...]:
    groups = groupby(codes_of(route), key=lambda code: code // 100)
    return tuple(tuple(codes) for _, codes in groups)


def _name(codes: Sequence[int]) -> str:
    return "_".join(("Failed", *map(str, codes)))


def _success(route: Route, schemas: _Schemas) -> dict[str, Any]:
    if route.bare or route.sends != "application/json":
        kinds = [kind.strip() for kind in route.sends.split(",")]
        return {"description": "As it is.", "content": {kind: {"schema": {}} for kind in kinds}}
    data = schemas.of(route, "answer")
    envelope = {
        "type": "object",
        "required": ["code", "message", "data"],
        "properties": {"code": {"const": 0}, "message": {"const": "success"}, "data": data},
    }
    shown = {"code": 0, "message": "success", "data": sample(data, "", schemas.whole)}
    return {
        "description": "Done.",
        "content": {"application/json": {"schema": envelope, "example": shown}},
    }


def _failure(codes: Sequence[int]) -> dict[str, Any]:
    said = {code: meanings()[code] for code in codes}
    narrowed = {"properties": {"code": {"enum": list(codes)}}}
    examples = {
        str(code): {
            "summary": text,
            "value": {"code": code, "message": text, "data": _errors(code)},
        }
        for code, text in said.items()
    }
    return {
        "description": " ".join(f"{code}: {text}" for code, text in said.items()),
        "content": {
            "application/json": {
                "schema": {"allOf": [{"$ref": f"{REF}Failure"}, narrowed]},
                "examples": examples,
            }
        },
    }


def _errors(code: int) -> dict[str, Any] | None:
    wrong = {40001: ("page", "0 is too small; at least 1"), 40002: ("script_name", "is required"),
             40003: ("script_name", "'dance' is not offered; offered: post")}  # fmt: skip
    if code not in wrong:
        return None
    field, message = wrong[code]
    return {"errors": [{"field": field, "message": message}]}
