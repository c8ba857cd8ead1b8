"""`tm demo`: a post from curl to four virtual phones, on parts that cli.py has started.

It believes nobody: what was posted is asked of the phones, not of the queue.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx

from tmcore.accounts import NewAccount
from tmcore.api import RackApi
from tmcore.devices import DeviceState
from tmcore.errors import TmError
from tmcore.format import safe
from tmcore.model import Task
from tmcore.paths import PathOf
from tmtui import tables
from tmtui.curl import Filling, examples
from tmtui.exits import Exit
from tmtui.follow import follow
from tmtui.output import say, show

LAST_WORDS = "These were virtual phones. Nothing reached TikTok."
_CAPTIONS = ("Hello from the first phone #tm", "Hello from the second phone #tm")
_READY_S, _LOOK_S = 10.0, 0.1


class Phones(Protocol):
    """The virtual rack: who is there, and what was really posted."""

    @property
    def serials(self) -> list[str]: ...
    @property
    def accounts(self) -> Mapping[str, str]: ...
    def installed(self, app: str) -> Sequence[tuple[str, str]]: ...
    def posts(self, serial: str) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class Stage:
    """What the demo plays on: a server with its rack, the phones behind it, and a video."""

    url: str
    rack: RackApi
    phones: Phones
    video: Path


@dataclass(frozen=True)
class Finding:
    """What one phone says of the post that it was given."""

    serial: str
    file_is_ours: bool
    caption: str
    times: int

    @property
    def good(self) -> bool:
        return self.file_is_ours and self.times == 1


async def play(stage: Stage) -> Exit:
    """Post to two phones, show it, and compare with what the phones say."""
    ended = await follow(stage.rack, await begin(stage))
    show(tables.tasks(ended))
    print()
    return report(ended, findings(stage, ended))


async def begin(stage: Stage) -> list[int]:
    """Create a task for two of the phones, as curl would; return their ids."""
    serials = stage.phones.serials[: len(_CAPTIONS)]
    await until_ready(stage.rack, stage.phones.serials)
    await _bind_accounts(stage)
    await _confirm_paths(stage)
    say(f"POST {stage.url}/api/v1/task  serials: {', '.join(serials)}")
    created = await _post(stage.url, request(serials, stage.video))
    return list(created["task_ids"])


def findings(stage: Stage, ended: Sequence[Task]) -> list[Finding]:
    """Ask the phones what was posted."""
    return [
        finding(task, caption, stage.phones.posts(task.serial), stage.video)
        for task, caption in zip(ended, _CAPTIONS, strict=True)
    ]


def report(ended: Sequence[Task], found: Sequence[Finding]) -> Exit:
    """Show what the phones say."""
    print("What the phones say was posted:")
    show(_report(found))
    _explain(ended)
    return Exit.OK if all(finding.good for finding in found) else Exit.FAILED


def request(serials: Sequence[str], video: Path) -> dict[str, Any]:
    """Return the reference API's create call."""
    return {
        "serials": list(serials),
        "script_name": "post",
        "script_config": {"captions": "\n".join(_CAPTIONS), "material_list": [str(video)]},
    }


def finding(task: Task, caption: str, posts: Sequence[dict[str, Any]], video: Path) -> Finding:
    """Compare one phone's posts with what it was given; the app may add a space to a hashtag."""
    sha256 = hashlib.sha256(video.read_bytes()).hexdigest()
    same_file = all(post["sha256"] == sha256 for post in posts) and bool(posts)
    captions = {post["caption"].strip() for post in posts}
    said = " | ".join(sorted(captions))
    times = len(posts) if captions <= {caption} else 0
    return Finding(task.serial, same_file, said, times)


def paste(stage: Stage, task_ids: Sequence[int]) -> str:
    """Return the examples, also as a file; they post from the phones that have not posted yet."""
    others = stage.phones.serials[len(_CAPTIONS) :]
    account = stage.phones.accounts[others[-1]]
    filling = Filling(stage.url, others, account, str(stage.video), sorted(task_ids))
    file = stage.video.with_name("curl.sh")
    file.write_text(text := f"# These lines are also in {file}\n\n{examples(filling)}")
    return text


async def until_ready(rack: RackApi, serials: Sequence[str]) -> None:
    """Wait until the server has seen the phones: a task for an unknown serial is refused."""
    async with asyncio.timeout(_READY_S):
        ready = set[str]()
        while not ready.issuperset(serials):
            await asyncio.sleep(_LOOK_S)
            ready = {device.serial for device in await rack.devices(DeviceState.READY)}


async def _bind_accounts(stage: Stage) -> None:
    """Tell the server which account lives where; the post refuses another one that is open."""
    for serial, username in stage.phones.accounts.items():
        await stage.rack.add_account(NewAccount(app="tiktok", username=username, serial=serial))


async def _confirm_paths(stage: Stage) -> None:
    """Confirm the unproven paths for the apps that these phones have, and for no others."""
    for path in await stage.rack.paths.every():
        for package, version in stage.phones.installed(path.app):
            wanted = PathOf(package=package, version=version, path=path.path)
            await stage.rack.paths.confirm(wanted)


async def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """Send what curl would send: no client of ours in between."""
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = (await http.post(f"{url}/api/v1/task", json=body, timeout=30)).json()
    if answer["code"] != 0:
        raise TmError(f"The create call was refused: {answer['message']}")
    data: dict[str, Any] = answer["data"]
    return data


def _report(findings: Sequence[Finding]) -> tables.Grid:
    return tables.grid(
        "serial|file|caption|>times|",
        (
            (
                found.serial,
                "our video (sha256)" if found.file_is_ours else "not our video",
                found.caption,
                found.times,
                tables.Cell("✔ as asked", "green")
                if found.good
                else tables.Cell("✘ not as asked", "red"),
            )
            for found in findings
        ),
    )


def _explain(ended: Sequence[Task]) -> None:
    for task in ended:
        if task.status_text != "completed":
            say(f"task {task.id}: {safe(task.reason)}: {task.remark}")
