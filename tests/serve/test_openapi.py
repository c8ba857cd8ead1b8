"""/openapi.json and /docs: valid, complete, from the models, and of use without the internet."""

import re
from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from tests.serve.fake import FakeRack
from tests.serve.paths import EVERY, named
from tmserve import openapi
from tmserve.app import Server
from tmserve.routes import ROUTES, Route

OPERATIONS = [(named(route), route) for route in EVERY]


def operation(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = openapi.document()["paths"][openapi.path_of(route)][
        route.method.lower()
    ]
    return found


def check(value: Any, schema: dict[str, Any]) -> None:
    """Raise where a value is not what a schema of the document allows."""
    document = {"components": openapi.document()["components"], **schema}
    OAS31Validator(document).validate(value)


async def test_served_and_valid(http: httpx.AsyncClient) -> None:
    """What is served is OpenAPI 3.1."""
    document = (await http.get("/openapi.json")).json()

    validate(document)
    assert document["openapi"] == "3.1.0"
    assert document == openapi.document()


@pytest.mark.parametrize("route", EVERY, ids=named)
def test_every_route_is_told_whole(route: Route) -> None:
    """Each route has its sentence, scope, parameters and codes, with an example for each."""
    told = operation(route)

    assert told["summary"] == route.says
    assert route.public or f"scope {route.scope}" in told["description"]
    for parameter in told["parameters"]:
        assert parameter["description"], parameter["name"]
        check(parameter["example"], parameter["schema"])
    if route.query:
        names = {p["name"] for p in told["parameters"] if p["in"] == "query"}
        assert names == set(route.query.model_fields)
    if route.reads_body:
        assert route.body, "a body has a model"
        content = told["requestBody"]["content"]["application/json"]
        check(content["example"], content["schema"])


@pytest.mark.parametrize("route", EVERY, ids=named)
def test_every_code_is_told(route: Route) -> None:
    """Each code that a route may answer stands below its status, with an example."""
    told = operation(route)["responses"]

    for code in openapi.codes_of(route):
        name = told[str(code // 100)]["$ref"].rpartition("/")[2]
        response = openapi.document()["components"]["responses"][name]
        content = response["content"]["application/json"]
        example = content["examples"][str(code)]["value"]
        assert f"{code}: " in response["description"]
        check(example, content["schema"])
        assert example["code"] == code


@pytest.mark.parametrize(
    "route", [r for r in EVERY if not r.bare and r.sends == "application/json"], ids=named
)
def test_answers_have_models_and_examples(route: Route) -> None:
    """What a route answers is a model, and its example is one."""
    content = operation(route)["responses"]["200"]["content"]["application/json"]

    assert content["schema"]["properties"]["data"].get("$ref"), "the handler returns a model"
    check(content["example"], content["schema"])


def test_names_are_unique() -> None:
    """A generated client has one function for each operation."""
    names = [operation(route)["operationId"] for route in EVERY]

    assert len(set(names)) == len(names)


async def test_every_answer_is_as_told(http: httpx.AsyncClient, rack: FakeRack) -> None:
    """What the routes without an id really answer fits what is told of them."""
    body = {"serials": ["R58M1"], "script_name": "post", "script_config": {}}
    await http.post("/task", json=body)

    for route in ROUTES:
        if route.method == "GET" and "<" not in route.path and not route.bare:
            answer = (await http.get(route.path)).json()
            check(
                answer,
                operation(route)["responses"]["200"]["content"]["application/json"]["schema"],
            )


async def test_docs_load_nothing(server: Server, http: httpx.AsyncClient) -> None:
    """The page is whole in itself: nothing is fetched, nothing runs, every route is on it."""
    response = await http.get("/docs")
    text = response.text

    assert response.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert not re.search(
        r"<script|src=|@import|url\(|https?://(?!127\.0\.0\.1|hooks\.example)", text
    )
    for route in EVERY:
        assert f'id="{operation(route)["operationId"]}"' in text
        assert openapi.path_of(route) in text
