"""`tm demo --tour`: both apps, every kind of post, accounts switched, dialogs met, one block.

Each phone has its stops, one after the other; the phones work side by side. What lies in the way of
a stop is put there as a test would put it. At the end the phones are asked what was posted: the
queue is believed only about the block, of which a phone says nothing but that it posted nothing.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tmcore.accounts import App, NewAccount
from tmcore.api import RackApi
from tmcore.media.sample import make_picture, make_video
from tmcore.model import NewTask, TaskDetail
from tmcore.reasons import Reason
from tmtui import tables
from tmtui.demo import until_ready
from tmtui.exits import Exit
from tmtui.output import say, show


class Phones(Protocol):
    """The virtual rack: what befalls a phone, and what was really posted on it."""

    @property
    def serials(self) -> list[str]: ...
    def set(self, serial: str, **values: Any) -> None: ...
    def fault(
        self, serial: str, name: str, *, when: dict[str, str] | None = None, **args: Any
    ) -> None: ...
    def state(self, serial: str) -> dict[str, Any]: ...
    def posts(self, serial: str) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class Scene:
    """What the tour plays on."""

    rack: RackApi
    phones: Phones
    folder: Path


@dataclass(frozen=True, eq=False)  # known by itself: it stands once in the list below
class Stop:
    """One task: as whom, what, which dialog comes up on which screen, and how it should end."""

    app: App
    account: str
    kind: str
    caption: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    meets: tuple[str, str] | None = None
    ends: Reason = Reason.CONFIRMED

    def __str__(self) -> str:
        return f"{self.app} {self.kind} for @{self.account}"


BUTTON = {"post_way": "addButton"}  # by the app's own button: it passes the most screens
# by phone
ACCOUNTS: tuple[dict[App, list[str]], ...] = (  # the first is open: each first stop switches
    {"tiktok": ["ann", "bob"]},
    {"instagram": ["cleo", "dora"], "tiktok": ["eve"]},
)
STOPS = (
    (
        Stop("tiktok", "bob", "video", "A video #tm", BUTTON, ("contacts", "camera")),
        Stop("tiktok", "ann", "carousel", "Five pictures #tm", meets=("rate_app", "profile")),
    ),
    (
        Stop("instagram", "dora", "reel", "A reel #tm", meets=("notifications", "profile")),
        Stop("instagram", "cleo", "story", config={"placement": "story"}),
        Stop(
            "tiktok", "eve", "video", "Never out", BUTTON, ("captcha", "camera"),
            Reason.SECURITY_CHECK,
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """How a stop ended, and what its phone says of it."""

    stop: Stop
    task: TaskDetail
    posts: tuple[dict[str, Any], ...]  # of this account, on this phone
    files: tuple[str, ...]  # the sha256 of what was to be posted
    met: bool  # whether what was put in its way came up
    held: str | None  # the account, and why

    @property
    def wrong(self) -> str:
        """What is not as it should be; empty where all is."""
        return next(_faults(self), "")


async def play(scene: Scene) -> Exit:
    """Make every stop, and compare with what the phones say."""
    serials = scene.phones.serials[: len(STOPS)]
    await until_ready(scene.rack, serials)
    await _set_up(scene, serials)
    media = await asyncio.to_thread(_media, scene.folder)
    visits = (_visit(scene, *visit, media) for visit in zip(serials, STOPS, strict=True))
    return _report([seen for visited in await asyncio.gather(*visits) for seen in visited])


async def _set_up(scene: Scene, serials: Sequence[str]) -> None:
    """Log the accounts in on the phones, and tell the server which one lives where."""
    for serial, apps in zip(serials, ACCOUNTS, strict=True):
        for app, names in apps.items():
            scene.phones.set(serial, app=app, accounts=names)
            for name in names:
                await scene.rack.add_account(NewAccount(app=app, username=name, serial=serial))


def _media(folder: Path) -> dict[Stop, list[Path]]:
    """Make files of its own for each stop."""
    return {stop: _files(folder, stop) for stops in STOPS for stop in stops}


def _files(folder: Path, stop: Stop) -> list[Path]:
    name = f"{stop.account}-{stop.kind}"
    if stop.kind == "carousel":
        return [make_picture(folder / f"{name}-{n}.png", n) for n in range(5)]
    return [make_video(folder / f"{name}.mp4", seed=sum(map(ord, name)))]


async def _visit(
    scene: Scene, serial: str, stops: Iterable[Stop], media: dict[Stop, list[Path]]
) -> list[Seen]:
    return [await _stop(scene, serial, stop, media[stop]) for stop in stops]


async def _stop(scene: Scene, serial: str, stop: Stop, files: Sequence[Path]) -> Seen:
    if stop.meets:
        kind, screen = stop.meets
        scene.phones.fault(serial, "dialog", kind=kind, app=stop.app, when={"screen": screen})
        say(f"{serial}: {kind} will come up in the way of the {stop}")
    created = await scene.rack.create(_request(stop, files))
    task = await scene.rack.wait(created.task_ids[0])
    say(f"{serial}: {stop}: {task.reason or task.status_text}; {task.remark}")
    accounts = await scene.rack.accounts(app=stop.app, serial=serial)
    return Seen(
        stop,
        task,
        tuple(p for p in scene.phones.posts(serial) if p["account"] == stop.account),
        tuple(hashlib.sha256(file.read_bytes()).hexdigest() for file in files),
        met=not scene.phones.state(serial)["faults"]["waiting"],
        held=next((one.held for one in accounts if one.username == stop.account), None),
    )


def _request(stop: Stop, files: Sequence[Path]) -> NewTask:
    config = {
        "app": stop.app,
        "content_type": int(stop.kind == "carousel"),
        "captions": stop.caption,
        "material_list": [str(file) for file in files],
        **stop.config,
    }
    return NewTask(usernames=(stop.account,), script_name="post", script_config=config)


def _faults(seen: Seen) -> Iterator[str]:
    """Yield what is wrong, by what the phone says first."""
    stop, blocked = seen.stop, seen.stop.ends is not Reason.CONFIRMED
    if len(seen.posts) != (0 if blocked else 1):
        yield f"posted {len(seen.posts)} times"
    for post in seen.posts:
        if post["kind"] != stop.kind:
            yield f"posted as a {post['kind']}"
        if tuple(post["sha256s"]) != seen.files:
            yield "other files, or in another order"
        if post["caption"].strip() != stop.caption:
            yield f"with another caption: {post['caption']}"
    if seen.task.reason is not stop.ends:
        yield f"the task ended as {seen.task.reason or seen.task.status_text}"
    if bool(seen.held) is not blocked:
        yield "the account is held" if seen.held else "the account is not held"
    if not seen.met:
        yield "what was put in its way never came up"


def _report(found: Sequence[Seen]) -> Exit:
    print("What the phones say was posted:")
    show(_table(found))
    for seen in found:
        if seen.held:
            say(f"@{seen.stop.account} is held ({seen.held}) until a person has looked at it")
        if seen.wrong:
            say(f"task {seen.task.id}, {seen.stop}: {seen.wrong}")
    return Exit.FAILED if any(seen.wrong for seen in found) else Exit.OK


def _table(found: Sequence[Seen]) -> tables.Grid:
    return tables.grid(
        "serial|app|account|posted|>files|caption|met|task ended|>looks|",
        (
            (
                seen.task.serial,
                seen.stop.app,
                f"@{seen.stop.account}",
                ", ".join(post["kind"] for post in seen.posts) or "nothing",
                sum(len(post["sha256s"]) for post in seen.posts) or "",
                " | ".join(post["caption"].strip() for post in seen.posts),
                seen.stop.meets[0] if seen.stop.meets else "",
                seen.task.reason or seen.task.status_text,
                seen.task.attempts[-1].looks if seen.task.attempts else "",
                tables.Cell(f"✘ {seen.wrong}", "red")
                if seen.wrong
                else tables.Cell("✔ as it should be", "green"),
            )
            for seen in found
        ),
    )
