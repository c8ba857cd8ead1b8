"""Schemathesis over every route of a real rack: what the contract says is what happens.

Some of the calls name things that exist, the others whatever the schemas allow, or forbid.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import requests
from hypothesis import strategies as st

from tests.serve.live import FEEDS, Feed, served
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack
from tmserve import openapi
from tmserve.routes import PREFIX

OPERATIONS = [
    f"{method.upper()} {path}"
    for path, methods in openapi.document()["paths"].items()
    for method in methods
    if path != f"{PREFIX}/events"  # has no end: tests/serve/test_events.py
]
# it would connect to whatever host a generator names
ONLY_FED = {"POST /device/connect", "POST /device/disconnect"}
# a phone takes its time to answer
SLOW = {"screen.png", "screen.xml", "act", "prepare", "install"}


@pytest.fixture(scope="module")
def feed(
    adb: PrivateAdb,
    session_phones: VirtualRack,
    video: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Feed]:
    session_phones.reset()
    folder = tmp_path_factory.mktemp("served")
    with served(folder, adb, session_phones.serials) as url:
        yield Feed(url, folder, video, session_phones.serials[0])


@pytest.fixture(scope="module")
def trial() -> Any:
    """Schemathesis, imported where it is used: to collect it costs each process 1.6 s of a core."""
    return import_module("schemathesis")


@pytest.fixture(scope="module")
def schema(trial: Any) -> Any:
    return trial.openapi.from_dict(openapi.document())


@pytest.fixture(scope="module")
def checked(trial: Any) -> dict[str, Any]:
    trial.checks.load_all_checks()
    checks = {check.__name__: check for check in trial.checks.CHECKS.get_all()}
    # what no schema can say (a file that is not there) is a 40001; loopback asks for no token
    del checks["positive_data_acceptance"], checks["ignored_auth"]
    return checks


@pytest.mark.parametrize("named", OPERATIONS)
def test_operation(
    named: str,
    trial: Any,
    schema: Any,
    checked: dict[str, Any],
    feed: Feed,
    record_property: Callable[[str, object], None],
) -> None:
    """Nothing breaks the contract, nothing is a 5xx, and some calls succeed."""
    method, path = named.split()
    operation = schema[path][method]
    label = named.replace(f" {PREFIX}", " ")
    seen: list[int] = []
    modes = st.sampled_from((trial.GenerationMode.POSITIVE, trial.GenerationMode.NEGATIVE))
    cases = modes.flatmap(lambda mode: operation.as_strategy(generation_mode=mode))

    def call(cases_at_most: int, *, fed: bool) -> None:
        @hypothesis.settings(
            max_examples=cases_at_most,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(case=cases)
        def check(case: Any) -> None:
            checks = dict(checked)
            if is_blank(case):  # a blank parameter is an absent one, as the contract says
                del checks["negative_data_rejection"]
            if fed:
                checks.pop("negative_data_rejection", None)
                fill(case, FEEDS[label](feed) if label in FEEDS else {})
            with requests.Session() as session:
                session.trust_env = False
                response = case.call(base_url=feed.url, session=session, timeout=60)
            seen.append(response.status_code)
            case.validate_response(response, checks=list(checks.values()))

        check()

    slow = label.rpartition("/")[2] in SLOW
    # not a drawn `fed`: of three calls none might be fed, and what is drawn changes with what else
    # the process has imported
    call(1 if slow else 3, fed=True)
    call(2 if slow else 4, fed=label in ONLY_FED)

    done = sum(200 <= status < 300 for status in seen)
    record_property("2xx", f"{label}: {done} of {len(seen)}")
    assert done, f"no call of {label} succeeded: {seen}"


def is_blank(case: Any) -> bool:
    return any(value == "" for value in (case.query or {}).values())


def fill(case: Any, parts: dict[str, Any]) -> None:
    """Let a generated case name things that exist."""
    for name, value in parts.items():
        setattr(case, name, value)
    if "body" in parts:
        case.media_type = "application/json"
        case.headers.pop("Content-Type", None)
    else:
        case.query = {}


def test_every_feed_is_used() -> None:
    """A route that went away leaves no feed behind."""
    labels = {named.replace(f" {PREFIX}", " ") for named in OPERATIONS}

    assert FEEDS.keys() <= labels
