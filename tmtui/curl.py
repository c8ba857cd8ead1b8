"""The reference API's curl examples, filled in, ready to paste."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Any


@dataclass(frozen=True)
class Filling:
    """What the examples name."""

    url: str
    serials: Sequence[str]
    username: str
    video: str
    task_ids: Sequence[int]


def examples(fill: Filling) -> str:
    """Return a commented line for each route of the reference API."""
    first, last = fill.task_ids[0], fill.task_ids[-1]
    tonight = last + 2 * len(fill.serials) + 1  # the last that the first three examples create
    post = {
        "serials": list(fill.serials),
        "script_name": "post",
        "script_config": {"captions": "Hello from curl", "material_list": [fill.video]},
    }
    account = {key: value for key, value in post.items() if key != "serials"}
    account["usernames"] = [f"@{fill.username}"]
    later = post | {"start_time": "23:30", "min_interval": 5, "max_interval": 15}
    said = (
        ("Create a task for each phone", _curl(fill, "/task", "POST", post)),
        ("Post on an account, wherever it lives", _curl(fill, "/task", "POST", account)),
        ("On each phone, tonight, 5 to 15 minutes apart", _curl(fill, "/task", "POST", later)),
        ("List tasks", _curl(fill, "/task")),
        ("Only those that failed, 10 a page", _curl(fill, "/task?status=3&page=1&page_size=10")),
        ("One task, with its attempts", _curl(fill, f"/task/{first}")),
        ("Count them", _curl(fill, "/task/stats")),
        (
            "Stop a pending or running task: the last of tonight's",
            _curl(fill, f"/task/{tonight}/stop", "POST"),
        ),
        (
            "Retry a failed task: the same one, for it was stopped",
            _curl(fill, f"/task/{tonight}/retry", "POST"),
        ),
        ("Retry every failed task", _curl(fill, "/task/retry-all", "POST")),
        ("Delete a task", _curl(fill, f"/task/{first}", "DELETE")),
        ("Delete several", _curl(fill, "/task/batch", "DELETE", {"task_ids": [last, tonight]})),
        ("What the licence allows", _curl(fill, "/license/check")),
        ("The phones", _curl(fill, "/device")),
    )
    return "\n".join(f"# {title}\n{line}\n" for title, line in said)


def _curl(fill: Filling, path: str, method: str = "GET", body: dict[str, Any] | None = None) -> str:
    words = ["curl", "-s"]
    words += ["-X", method] if method != "GET" else []
    words += [fill.url + "/api/v1" + path]
    words += ["-H", "Content-Type: application/json", "-d", json.dumps(body)] if body else []
    return " ".join(map(quote, words))
