"""Schemathesis over every route of a real rack: what the contract says is what happens.

Half of the calls name things that exist, the others whatever the schemas allow, or forbid.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.serve.live import FEEDS, Feed, served
from tmcore.virtual.adb_server import PrivateAdb
from tmcore.virtual.client import VirtualRack
from tmserve import openapi
from tmserve.routes import PREFIX

schema = schemathesis.openapi.from_dict(openapi.document())
every: Iterator[Any] = iter(schema.get_all_operations())
OPERATIONS = [
    operation
    for operation in (found.ok() for found in every)
    if operation.label != f"GET {PREFIX}/events"  # has no end: tests/serve/test_events.py
]
# it would connect to whatever host a generator names
ONLY_FED = {"POST /device/connect", "POST /device/disconnect"}
# a phone takes its time to answer
SLOW = {"screen.png", "screen.xml", "act", "prepare", "install"}
CASES, SLOW_CASES = 8, 3

load_all_checks()
CHECKED = {check.__name__: check for check in CHECKS.get_all()}
# what no schema can say (a file that is not there) is a 40001; loopback asks for no token
del CHECKED["positive_data_acceptance"], CHECKED["ignored_auth"]


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


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_operation(
    operation: Any, feed: Feed, record_property: Callable[[str, object], None]
) -> None:
    """Nothing breaks the contract, nothing is a 5xx, and some calls succeed."""
    label = operation.label.replace(f" {PREFIX}", " ")
    seen: list[int] = []
    modes = st.sampled_from((GenerationMode.POSITIVE, GenerationMode.NEGATIVE))
    cases = modes.flatmap(lambda mode: operation.as_strategy(generation_mode=mode))
    few = label in ONLY_FED or label.rpartition("/")[2] in SLOW

    @hypothesis.settings(
        max_examples=SLOW_CASES if few else CASES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=cases, fed=st.sampled_from((True, False)))
    def check(case: Any, fed: bool) -> None:
        checks = dict(CHECKED)
        if is_blank(case):  # a blank parameter is an absent one, as the contract says
            del checks["negative_data_rejection"]
        if fed or label in ONLY_FED:
            checks.pop("negative_data_rejection", None)
            fill(case, FEEDS[label](feed) if label in FEEDS else {})
        with requests.Session() as session:
            session.trust_env = False
            response = case.call(base_url=feed.url, session=session, timeout=60)
        seen.append(response.status_code)
        case.validate_response(response, checks=list(checks.values()))

    check()

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
    labels = {operation.label.replace(f" {PREFIX}", " ") for operation in OPERATIONS}

    assert FEEDS.keys() <= labels
