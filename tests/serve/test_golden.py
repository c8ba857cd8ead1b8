"""What each route answers, to the byte: documented clients read these names."""

from typing import Any

import httpx
import pytest

from tests.serve.fake import FakeRack
from tmserve.app import Server
from tmserve.client import RemoteRack

BODY = {"serials": ["R58M1"], "script_name": "post", "script_config": {"a": 1}}
TASK: dict[str, Any] = {
    "id": 101,
    "serial": "R58M1",
    "username": None,
    "script_name": "post",
    "script_config": {"a": 1},
    "status": 0,
    "reason": None,
    "remark": "",
    "source": "api",
    "retry_count": 0,
    "start_at": "2026-01-31T14:05:00Z",
    "created_at": "2026-01-31T14:05:00Z",
    "started_at": None,
    "ended_at": None,
    "step": "",
    "progress": 0.0,
    "stop_requested": False,
    "status_text": "pending",
}
STOPPED = TASK | {"status": 3, "status_text": "failed", "reason": "stopped"}
ATTEMPT = {
    "id": 1,
    "started_at": "2026-01-31T14:05:00Z",
    "ended_at": None,
    "outcome": "",
    "reason": None,
    "remark": "",
    "press": None,
    "kind": "post",
    "looks": 0,
    "steps": [],
    "log": [],
    "evidence": ["end.png"],
}
DEVICE: dict[str, Any] = {
    "serial": "R58M1",
    "state": "ready",
    "why": "",
    "address": None,
    "model": None,
    "android": None,
    "virtual": False,
    "battery_percent": None,
    "temperature_c": None,
    "free_bytes": None,
    "task_id": None,
    "queue": 0,
    "paused": None,
    "recovery": [],
    "quarantined": None,
    "quarantined_at": None,
    "label": "",
    "tags": [],
    "accounts": [],
    "eye": None,
    "last_seen_at": "2026-01-31T14:05:00Z",
}
PREPARED = {
    "serial": "R58M1",
    "findings": [{"name": "animations", "found": "done", "text": ""}],
}
ACCOUNT = {
    "id": 1,
    "app": "tiktok",
    "username": "ann",
    "serial": "R58M1",
    "package": None,
    "user": None,
    "enabled": True,
    "held": None,
    "held_why": "",
    "held_since": None,
    "open_at": None,
    "created_at": "2026-01-31T14:05:00Z",
}
SETTINGS = {
    "auto_retry": False,
    "max_retry_count": 3,
    "retry_delay_min_s": 5,
    "retry_delay_max_s": 60,
    "random_order": False,
    "min_battery_percent": 15,
    "max_temperature_c": 45.0,
    "restart_adb": True,
    "reboot_phones": False,
    "plan": "Business",
    "device_limit": 500,
    "verify_unknown": True,
    "late_limit_minutes": 120,
    "catch_up_minutes": 10,
    "time_zone": "UTC",
    "first_eye": True,
    "keep_tasks_days": 0,
    "keep_evidence_days": 30,
    "keep_history_days": 365,
    "digest_at": "",
    "reuse": "never",
    "media_folders": ["/media"],
    "require_token": False,
}
WEBHOOK = {
    "id": 101,
    "url": "https://hooks.example/",
    "events": ["task.complete", "task.fail", "task.miss", "schedule.miss", "schedule.refuse"],
    "created_at": "2026-01-31T14:05:00Z",
    "behind": 0,
    "told_at": None,
    "failures": 0,
    "why": "",
    "off": False,
}
STATS = {
    "total": 1,
    "pending": 1,
    "running": 0,
    "completed": 0,
    "failed": 0,
    "stopped": 0,
    "needs_review": 0,
}
LICENSE = {
    "plan_name": "Business",
    "api_enabled": True,
    "device_limit": 500,
    "message": "API access is on.",
}
CREATED = {
    "task_ids": [102],
    "created_count": 1,
    "tasks": [
        {
            "id": 102,
            "serial": "R58M1",
            "username": None,
            "start_at": "2026-01-31T14:05:00Z",
            "media": "/media/a.mp4",
            "more": [],
        }
    ],
    "zone": "UTC",
    "warnings": [],
}
DEALT: dict[str, Any] = {"caption": "", "media": None, "more": [], "sound": ""}
MATERIAL: dict[str, Any] = {
    "id": 1,
    "path": "/media/a.mp4",
    "kind": "video",
    "sha256": "ab" * 32,
    "size_bytes": 1000,
    "duration_s": None,
    "width": 360,
    "height": 640,
    "tags": ["sea", "sun"],
    "caption": "",
    "username": None,
    "sort": None,
    "added_at": "2026-01-31T14:05:00Z",
    "reserved_by": [],
    "uses": [],
}
PAGE = {"tasks": [TASK], "total": 1, "page": 2, "page_size": 5}
TOKEN = {"name": "desk", "scope": "post", "created_at": "2026-01-31T14:05:00Z"}
GOLDEN = [
    ("POST", "/task", BODY, CREATED),
    ("GET", "/task?page=2&page_size=5&status=&serial=R58M1&nonsense=1", None, PAGE),
    ("GET", "/task/101", None, TASK | DEALT | {"attempts": [ATTEMPT]}),
    ("DELETE", "/task/101", None, {"deleted_count": 1}),
    ("DELETE", "/task/batch", {"task_ids": [101, 7]}, {"deleted_count": 1, "not_found": [7]}),
    ("POST", "/task/101/stop", None, STOPPED),
    ("POST", "/task/101/retry", None, TASK | {"reason": "retry"}),
    ("POST", "/task/101/resolve", {"posted": True}, TASK | {"reason": "resolved_posted"}),
    ("POST", "/task/retry-all", None, {"retried_count": 0, "task_ids": [], "skipped": []}),
    ("GET", "/task/stats", None, STATS),
    ("GET", "/license/check", None, LICENSE),
    ("GET", "/device?state=booting", None, {"devices": [], "total": 0}),
    ("GET", "/device?tag=US", None, {"devices": [], "total": 0}),
    ("GET", "/device/R58M1", None, DEVICE),
    (
        "PATCH",
        "/device/R58M1",
        {"label": "Desk 3", "tags": ["EU"]},
        DEVICE | {"label": "Desk 3", "tags": ["EU"], "last_seen_at": None},
    ),
    ("POST", "/device/R58M1/release", None, DEVICE | {"last_seen_at": None}),
    ("POST", "/device/R58M1/prepare", {"act": True}, PREPARED),
    (
        "POST",
        "/device/R58M1/install",
        {"path": "/media/a.apk"},
        {"serial": "R58M1", "installed": True, "said": "Success: /media/a.apk", "advice": ""},
    ),
    (
        "POST",
        "/device/connect",
        {"address": "192.0.2.10:5555"},
        {
            "address": "192.0.2.10:5555",
            "connected": True,
            "serial": None,
            "said": "connected to 192.0.2.10:5555",
        },
    ),
    (
        "POST",
        "/device/disconnect",
        {"address": "192.0.2.10:5555"},
        {"address": "192.0.2.10:5555"},
    ),
    ("GET", "/account?app=tiktok", None, {"accounts": [], "total": 0}),
    ("POST", "/account", {"app": "tiktok", "username": "ann", "serial": "R58M1"}, ACCOUNT),
    ("GET", "/material?tag=sea", None, {"materials": [], "total": 0}),
    ("POST", "/material", {"path": "/media/a.mp4", "tags": "Sea, sun"}, MATERIAL),
    ("GET", "/token", None, {"tokens": [], "total": 0}),
    ("POST", "/token", {"name": "desk", "scope": "post"}, TOKEN | {"secret": "tm_desk"}),
    ("GET", "/webhook", None, {"webhooks": [], "total": 0}),
    ("POST", "/webhook", {"url": "https://hooks.example/"}, WEBHOOK | {"secret": "whsec_fake"}),
    ("GET", "/settings", None, SETTINGS),
    ("PUT", "/settings", {"auto_retry": True}, SETTINGS | {"auto_retry": True}),
]


@pytest.fixture(autouse=True)
async def one_task(http: httpx.AsyncClient) -> None:
    await http.post("/task", json=BODY)


@pytest.mark.parametrize(("method", "path", "body", "data"), GOLDEN)
async def test_route_answers_in_the_envelope(
    http: httpx.AsyncClient, method: str, path: str, body: Any, data: Any
) -> None:
    """Each route answers 200 with code 0, 'success' and exactly its documented data."""
    response = await http.request(method, path, json=body)

    assert response.json() == {"code": 0, "message": "success", "data": data}
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")


@pytest.mark.parametrize(
    ("method", "path", "body", "changed"),
    [
        ("PATCH", "/account/1", {"enabled": False}, {"enabled": False}),
        ("PATCH", "/account/1", {"package": "com.example.clone"}, {"package": "com.example.clone"}),
        ("POST", "/account/1/release", None, {}),
    ],
)
async def test_account_is_changed(
    http: httpx.AsyncClient, method: str, path: str, body: Any, changed: dict[str, Any]
) -> None:
    """PATCH changes what it holds, and both answer with the account as it is then."""
    await http.post("/account", json={"app": "tiktok", "username": "ann", "serial": "R58M1"})

    response = await http.request(method, path, json=body)

    assert response.json()["data"] == ACCOUNT | changed


async def test_account_is_deleted(http: httpx.AsyncClient) -> None:
    """DELETE /account/{id} says how many went."""
    await http.post("/account", json={"app": "tiktok", "username": "ann", "serial": "R58M1"})

    response = await http.delete("/account/1")

    assert response.json()["data"] == {"deleted_count": 1}


async def test_retry_all_can_leave_out_stopped(http: httpx.AsyncClient) -> None:
    """?stopped=false leaves out what a person stopped, and says so."""
    await http.post("/task/101/stop")

    response = await http.post("/task/retry-all?stopped=false")

    assert response.json()["data"]["skipped"] == [{"task_id": 101, "reason": "stopped"}]


@pytest.mark.parametrize(("name", "kind"), [("end.png", "image/png"), ("end.xml", "text/plain")])
async def test_evidence_is_raw_and_inert(http: httpx.AsyncClient, name: str, kind: str) -> None:
    """A kept file comes as it is; no browser may run what a phone showed."""
    response = await http.get(f"/task/101/evidence/{name}")

    assert response.content == b"kept " + name.encode()
    assert response.headers["content-type"].startswith(kind)
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in response.headers["content-security-policy"]


async def test_live_is_outside_the_envelope(http: httpx.AsyncClient) -> None:
    """GET /health/live says ok to anything that only looks for life."""
    assert (await http.get("/health/live")).text == "ok\n"


async def test_no_noise_in_headers(http: httpx.AsyncClient) -> None:
    """An answer carries no alt-svc and no CORS header."""
    for response in (await http.get("/task"), await http.get("/nothing")):
        names = set(response.headers)
        assert names == {"content-length", "content-type", "connection"}


async def test_starter_closes_the_reference_routes(rack: FakeRack, http: httpx.AsyncClient) -> None:
    """On Starter every Tasks route and the licence check answer 40301; settings stay open."""
    await rack.change_settings({"plan": "Starter"})
    licensed = [g for g in GOLDEN if g[1].startswith(("/task", "/license"))]

    codes = {(await http.request(m, p, json=b)).json()["code"] for m, p, b, _ in licensed}

    assert codes == {40301}
    assert list(rack.rows) == [101]
    assert (await http.put("/settings", json={"plan": "Pro"})).status_code == 200


async def test_starter_comes_before_the_body(rack: FakeRack, http: httpx.AsyncClient) -> None:
    """On Starter even a request that is wrong otherwise answers 40301."""
    await rack.change_settings({"plan": "Starter"})

    for body in (b"x", b"{}", b" " * 1024 * 1024):
        assert (await http.post("/task", content=body)).json()["code"] == 40301


async def test_remote_rack_knows_its_licence_on_starter(rack: FakeRack, server: Server) -> None:
    """RemoteRack tells the plan even where the licence route is closed."""
    await rack.change_settings({"plan": "Starter"})

    async with RemoteRack(server.url) as remote:
        assert not (await remote.license()).api_enabled
