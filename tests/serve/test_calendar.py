"""What the routes of schedules and plans answer, to the byte, and what they take."""

import json
from typing import Any

import httpx
import pytest

from tmserve.routes.plans import MOST_BYTES

TEMPLATE = {"serials": ["R58M1"], "script_name": "post", "script_config": {"a": 1}}
NEW = {"name": "n", "cron": "0 9 * * *", "template": TEMPLATE}
SCHEDULE: dict[str, Any] = {
    "id": 1,
    "name": "n",
    "cron": "0 9 * * *",
    "zone": "UTC",
    "overlap": "skip",
    "catch_up_minutes": 10,
    "template": TEMPLATE,
    "paused": False,
    "created_at": "2026-01-31T14:05:00Z",
    "words": "At 09:00",
    "next_times": ["2026-01-31T14:05:00Z"],
    "last_run": None,
}
PLAN = {
    "id": 1,
    "name": "week",
    "zone": "UTC",
    "created_at": "2026-01-31T14:05:00Z",
    "withdrawn_at": None,
    "posts": 1,
    "pending": 0,
    "running": 0,
    "completed": 0,
    "failed": 0,
    "first_at": None,
    "last_at": None,
}
ROW = {"account": "ann", "file": "/media/a.mp4", "at": "2026-02-01 09:00"}
PREVIEW = {
    "name": "week",
    "zone": "UTC",
    "will_post": 1,
    "planned_already": 0,
    "refused_rows": 0,
    "refused": [],
    "first_at": None,
    "last_at": None,
    "phones": 0,
    "warnings": [],
}
CREATED = {"task_ids": [], "created_count": 0, "tasks": [], "zone": "UTC", "warnings": []}
GOLDEN = [
    ("GET", "/schedule", None, {"schedules": [SCHEDULE], "total": 1}),
    ("POST", "/schedule", NEW, SCHEDULE | {"id": 2}),
    (
        "POST",
        "/schedule/preview",
        NEW,
        {
            "cron": "0 9 * * *",
            "zone": "UTC",
            "words": "",
            "next_times": ["2026-01-31T14:05:00Z"],
            "tasks": 1,
            "warnings": [],
        },
    ),
    ("GET", "/schedule/1", None, SCHEDULE | {"runs": []}),
    ("PUT", "/schedule/1", NEW | {"name": "m"}, SCHEDULE | {"name": "m"}),
    ("DELETE", "/schedule/1", None, {"deleted_count": 1}),
    ("POST", "/schedule/1/pause", None, SCHEDULE | {"paused": True, "next_times": []}),
    ("POST", "/schedule/1/resume", None, SCHEDULE),
    ("GET", "/plan", None, {"plans": [PLAN], "total": 1}),
    (
        "POST",
        "/plan",
        {"name": "week", "rows": [ROW]},
        {"plan": PLAN | {"id": 2}, "created_count": 1, "planned_already": 0, "warnings": []},
    ),
    ("POST", "/plan/preview", {"name": "week", "rows": [ROW]}, PREVIEW),
    ("POST", "/plan/rehearse", {"name": "week", "rows": [ROW]}, CREATED),
    ("POST", "/plan/1/rehearse", None, CREATED),
    ("GET", "/plan/1", None, PLAN | {"rows": []}),
    ("POST", "/plan/1/move", {"days": 1}, PLAN),
    ("POST", "/plan/1/withdraw", None, PLAN | {"withdrawn_at": "2026-01-31T14:05:00Z"}),
]


@pytest.fixture(autouse=True)
async def one_of_each(http: httpx.AsyncClient) -> None:
    await http.post("/schedule", json=NEW)
    await http.post("/plan", json={"name": "week", "rows": [ROW]})


@pytest.mark.parametrize(("method", "path", "body", "data"), GOLDEN)
async def test_route_answers_in_the_envelope(
    http: httpx.AsyncClient, method: str, path: str, body: Any, data: Any
) -> None:
    """Each route answers 200 with code 0, 'success' and exactly its documented data."""
    response = await http.request(method, path, json=body)

    assert response.json() == {"code": 0, "message": "success", "data": data}
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("/schedule", NEW | {"crom": "x"}, "did you mean cron"),
        ("/schedule", NEW | {"zone": "Mars/Base"}, "Mars/Base"),
        ("/schedule", NEW | {"overlap": "wait"}, "overlap"),
        ("/schedule", NEW | {"catch_up_minutes": 1441}, "at most 1440"),
        ("/schedule", {"name": "n", "cron": "0 9 * * *"}, "template"),
        ("/plan", {}, "either csv or rows"),
        ("/plan", {"csv": "a", "rows": []}, "either csv or rows"),
        ("/plan", {"csv": "a", "folder": "here"}, "absolute"),
        ("/plan/1/move", {"days": 367}, "at most 366"),
        ("/plan/1/move", {"weeks": 1}, "unknown"),
    ],
)
async def test_what_is_refused_is_named(
    http: httpx.AsyncClient, path: str, body: dict[str, Any], named: str
) -> None:
    """40001 with the field and what is allowed."""
    answer = (await http.post(path, json=body)).json()

    assert answer["code"] == 40001
    assert named in answer["message"]


@pytest.mark.parametrize(("path", "most"), [("/plan", MOST_BYTES), ("/plan/preview", MOST_BYTES)])
async def test_a_spreadsheet_may_be_large(http: httpx.AsyncClient, path: str, most: int) -> None:
    """Up to the limit of its route, which is above that of all others; one byte more is 41301."""
    frame = len(json.dumps({"csv": ""}))
    codes = []
    for size in (most - 1, most, most + 1):
        body = json.dumps({"csv": "x" * (size - frame)}).encode()
        assert len(body) == size
        response = await http.post(path, content=body, headers={"Content-Type": "application/json"})
        codes.append(response.json()["code"])

    assert codes == [0, 0, 41301]
