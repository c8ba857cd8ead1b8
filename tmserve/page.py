"""GET /docs: the contract as one page of HTML, without a script and without anything to load."""

import json
from collections.abc import Iterator
from functools import cache
from html import escape
from shlex import quote
from typing import Any

from tmserve import openapi

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --key: #0a6e5c; }
@media (prefers-color-scheme: dark) { :root { --key: #5fd3bc; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
nav { columns: 19rem; margin: 1rem 0 2rem; }
nav a { display: block; text-decoration: none; color: inherit; break-inside: avoid; }
nav code { display: flex; overflow-wrap: anywhere; }
h2 { border-bottom: 1px solid var(--line); margin-top: 3rem; text-transform: capitalize; }
article { margin: 2rem 0; }
h3 { font: 600 1rem ui-monospace, monospace; overflow-wrap: anywhere; }
b.verb { color: var(--key); display: inline-block; min-width: 4.5rem; overflow-wrap: normal; }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; }
td, th { border-top: 1px solid var(--line); padding: .25rem .75rem .25rem 0; text-align: left;
  vertical-align: top; }
code, pre { font: .875rem/1.45 ui-monospace, monospace; }
pre { background: var(--soft); padding: .75rem; overflow-x: auto; }
summary { cursor: pointer; }
"""


@cache
def as_html() -> bytes:
    """Return the page."""
    return _page(openapi.document()).encode()


def _page(document: dict[str, Any]) -> str:
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append((verb.upper(), path, operation))
    about = "".join(
        f"<p>{_inline(part)}</p>" for part in document["info"]["description"].split("\n\n")
    )
    links = "".join(
        f'<a href="#{o["operationId"]}"><code><b class="verb">{verb}</b> {escape(path)}</code></a>'
        for group in groups.values()
        for verb, path, o in group
    )
    components = document["components"]
    parts = "".join(
        f"<h2>{escape(tag)}</h2>" + "".join(_operation(*one, components) for one in group)
        for tag, group in groups.items()
    )
    title = f"tm {document['info']['version']}"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}: the API</title><style>{STYLE}</style>"
        f'<h1>{title}</h1>{about}<p>For programs: <a href="/openapi.json">/openapi.json</a>.</p>'
        f"<nav>{links}</nav>{parts}</html>"
    )


def _inline(text: str) -> str:
    """Escape, and set what stands in backticks as code."""
    parts = escape(text, quote=False).split("`")
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(parts))


def _operation(verb: str, path: str, operation: dict[str, Any], components: dict[str, Any]) -> str:
    schemas, responses = components["schemas"], components["responses"]
    return (
        f'<article id="{operation["operationId"]}">'
        f'<h3><b class="verb">{verb}</b> {escape(path)}</h3>'
        f"<p>{_inline(operation['summary'])} <small>{escape(operation['description'])}</small></p>"
        + _parameters(operation["parameters"], schemas)
        + _body(operation.get("requestBody"), schemas)
        + f"<pre>{escape(_curl(verb, path, operation))}</pre>"
        + _answers(operation["responses"], responses)
        + "</article>"
    )


def _parameters(parameters: list[dict[str, Any]], schemas: dict[str, Any]) -> str:
    rows = [
        (p["name"], f"{p['in']}, {_kind(p['schema'], schemas)}", p["description"])
        for p in parameters
    ]
    return _table(("parameter", "is", ""), rows) if rows else ""


def _body(body: dict[str, Any] | None, schemas: dict[str, Any]) -> str:
    if body is None:
        return ""
    schema = _whole(body["content"]["application/json"]["schema"], schemas)
    inner = "".join(
        _fields(_whole(kind, schemas)["title"], _whole(kind, schemas), schemas)
        for field in schema.get("properties", {}).values()
        for kind in field.get("anyOf", ())
        if "$ref" in kind and "properties" in _whole(kind, schemas)
    )
    return _fields("body", schema, schemas) + inner


def _fields(title: str, schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    needed = schema.get("required", ())
    rows = [
        (
            name,
            _kind(field, schemas) + (", required" if name in needed else ""),
            field.get("description", ""),
        )
        for name, field in schema.get("properties", {}).items()
    ]
    return _table((title, "is", ""), rows)


def _table(heads: tuple[str, ...], rows: list[tuple[str, str, str]]) -> str:
    head = "".join(f"<th>{escape(word)}</th>" for word in heads)
    lines = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td><td>{_inline(says)}</td></tr>"
        for name, kind, says in rows
    )
    return f"<table><tr>{head}</tr>{lines}</table>"


def _kind(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """Say in words what a schema allows."""
    return ", ".join(_words(schema, schemas))


def _words(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    schema = {**_whole(schema, schemas), **{k: v for k, v in schema.items() if k != "$ref"}}
    if kinds := schema.get("anyOf") or schema.get("oneOf"):
        yield " or ".join(_kind(kind, schemas) for kind in kinds)
    elif "enum" in schema or "const" in schema:
        yield " · ".join(str(value) for value in schema.get("enum", [schema.get("const")]))
    elif "properties" in schema:
        yield schema["title"]
    elif schema.get("type") == "array":
        yield f"list of {_kind(schema.get('items', {}), schemas)}"
    else:
        yield schema.get("format") or schema.get("type", "anything")
    for word, says in (("minimum", "at least"), ("maximum", "at most"), ("maxLength", "at most")):
        if word in schema:
            yield f"{says} {schema[word]}"
    if schema.get("default") not in (None, "", [], {}):
        yield f"default {json.dumps(schema['default'])}"


def _whole(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].removeprefix(openapi.REF)]
    return schema


def _curl(verb: str, path: str, operation: dict[str, Any]) -> str:
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
    words = ["curl", *(["-X", verb] if verb != "GET" else []), f"http://127.0.0.1:50809{path}"]
    if body := operation.get("requestBody"):
        example = body["content"]["application/json"]["example"]
        words += ["-H", "Content-Type: application/json", "-d", json.dumps(example)]
    return " ".join(map(quote, words))


def _answers(responses: dict[str, Any], named: dict[str, Any]) -> str:
    return "".join(
        _answer(status, named[response["$ref"].removeprefix(openapi.RESPONSE_REF)])
        if "$ref" in response
        else _answer(status, response)
        for status, response in responses.items()
    )


def _answer(status: str, response: dict[str, Any]) -> str:
    shown = [
        json.dumps(value, indent=2, ensure_ascii=False)
        for content in response["content"].values()
        for value in _examples(content)
    ]
    examples = "".join(f"<pre>{escape(text)}</pre>" for text in shown)
    kinds = ", ".join(response["content"])
    said = f"<b>{status}</b> {_inline(response['description'])}"
    return f"<details><summary>{said} <small>{escape(kinds)}</small></summary>{examples}</details>"


def _examples(content: dict[str, Any]) -> Iterator[Any]:
    if "example" in content:
        yield content["example"]
    for example in content.get("examples", {}).values():
        yield example["value"]
