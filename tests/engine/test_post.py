"""A post on phones: what the phone says was posted is the truth, not our log."""

import hashlib
from itertools import pairwise
from pathlib import Path

import pytest

from tests.engine.conftest import a_post, post
from tmcore import NewAccount, NotFound, Rack, Reason, TaskStatus
from tmcore.media.sample import make_video
from tmcore.model import PressOutcome
from tmcore.virtual.client import VirtualRack


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def test_a_post_reaches_the_phone_once(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """Completed means: this very file, this caption, once, on the phone's own record."""
    serial = phones.serials[0]

    task = await post(rack, video, serial, captions="It's 100% real; $(reboot) {now|now}")

    [made] = phones.posts(serial)
    assert (task.status, task.reason) == (TaskStatus.COMPLETED, Reason.CONFIRMED)
    assert made["sha256"] == sha256(video)
    assert made["caption"].strip() == "It's 100% real; $(reboot) now"
    assert task.username == made["account"]
    assert (task.caption, task.media) == ("It's 100% real; $(reboot) now", str(video))
    assert task.progress == 1


async def test_every_step_is_recorded_with_its_time(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """The attempt tells what it did, in order, and what it looked at; few looks suffice."""
    task = await post(rack, video, phones.serials[0])

    [attempt] = task.attempts
    names = [step.name for step in attempt.steps]
    assert names == [
        "own", "check", "push", "scan", "open", "account", "create", "pick", "edit", "caption",
        "press", "watch",
    ]  # fmt: skip
    assert all(step.outcome == "done" and step.ended_at for step in attempt.steps)
    assert attempt.press is PressOutcome.CONFIRMED
    assert 0 < attempt.looks <= 14


@pytest.mark.parametrize(
    ("way", "said"), [("share", "route: shared"), ("addButton", "gallery_thumb")]
)
async def test_the_route_that_was_taken_is_recorded(
    rack: Rack, phones: VirtualRack, video: Path, way: str, said: str
) -> None:
    """A shared file opens the editor at once; the button leads over camera and gallery."""
    serial = phones.serials[0]

    task = await post(rack, video, serial, post_way=way)

    assert task.status is TaskStatus.COMPLETED, task.remark
    assert phones.truth(serial)["presses"] == 1
    assert any(said in line.text for line in task.attempts[0].log)


async def test_nothing_is_left_on_the_phone(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """The pushed file is taken away once the post is proved."""
    serial = phones.serials[0]

    await post(rack, video, serial)

    assert not [file for file in phones.truth(serial)["files"] if "/Rack/" in file["path"]]


async def test_two_phones_post_two_files_at_once(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """The files of a request are dealt to its tasks in order."""
    other = make_video(video.parent / "other.mp4", seed=7)
    first, second = phones.serials[:2]

    files = [str(video), str(other)]
    created = await rack.create(a_post(video, first, second, material_list=files))
    for task_id in created.task_ids:
        await rack.wait(task_id)

    assert [p["sha256"] for p in phones.posts(first)] == [sha256(video)]
    assert [p["sha256"] for p in phones.posts(second)] == [sha256(other)]


async def test_tasks_of_one_device_run_one_after_another(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """Three tasks, one phone: never two attempts at once, in the order of creation."""
    serial = phones.serials[0]

    ids = [
        (await rack.create(a_post(video, serial, allow_repeat=True))).task_ids[0] for _ in range(3)
    ]
    tasks = [await rack.wait(task_id) for task_id in ids]

    spans = [(task.attempts[0].started_at, task.attempts[0].ended_at) for task in tasks]
    assert all(a[1] and a[1] <= b[0] for a, b in pairwise(spans))
    assert len(phones.posts(serial)) == 3


async def test_the_wrong_account_is_never_posted_on(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """The app is open as somebody else: failed by name, and not one press."""
    serial = phones.serials[0]
    await rack.add_account(NewAccount(app="tiktok", username="@Somebody.Else", serial=serial))

    task = await post(rack, video, serial)

    assert task.reason is Reason.WRONG_ACCOUNT
    assert "somebody.else" in task.remark
    assert phones.truth(serial)["presses"] == 0


async def test_a_bound_account_is_posted_on(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """A task for an account goes to the phone it is bound to."""
    serial = phones.serials[1]
    account = phones.state(serial)["account"]
    await rack.add_account(NewAccount(app="tiktok", username=account, serial=serial))

    new = a_post(video).model_copy(update={"serials": None, "usernames": (f"@{account.upper()}",)})
    created = await rack.create(new)
    task = await rack.wait(created.task_ids[0])

    assert (task.serial, task.username, task.status) == (serial, account, TaskStatus.COMPLETED)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_ids_drawn_anew_and_an_unknown_sheet_do_not_stop_a_post(
    rack: Rack, phones: VirtualRack, video: Path, seed: int
) -> None:
    """An app update renames every id and puts a sheet in between: posted, or ended by name."""
    serial = phones.serials[0]
    phones.set(serial, ids_seed=seed, extra_sheet={"before": "editor"})

    task = await post(rack, video, serial)

    posts = phones.posts(serial)
    assert (task.reason, len(posts)) in [(Reason.CONFIRMED, 1), (Reason.UNKNOWN_SCREEN, 0)]


async def test_a_swallowed_press_is_unknown_and_never_completed(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """The phone takes the tap and posts nothing: a person decides."""
    serial = phones.serials[0]
    phones.fault(serial, "swallow_press")

    task = await post(rack, video, serial, upload_wait_time=2)

    assert (task.status, task.reason) == (TaskStatus.FAILED, Reason.OUTCOME_UNKNOWN)
    assert (await rack.stats()).needs_review == 1
    assert phones.posts(serial) == []


async def test_an_unseen_badge_is_unknown_though_the_post_is_out(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """A dump that cannot show the badge proves nothing, in either direction."""
    serial = phones.serials[0]
    phones.fault(serial, "badge_hidden")

    task = await post(rack, video, serial, upload_wait_time=2)

    assert task.reason is Reason.OUTCOME_UNKNOWN
    assert phones.wait(serial, posts=1)
    assert len(phones.posts(serial)) == 1


async def test_a_slow_upload_is_waited_for(rack: Rack, phones: VirtualRack, video: Path) -> None:
    """While progress is visible the wait goes on beyond upload_wait_time."""
    serial = phones.serials[0]
    phones.fault(serial, "upload_slow", seconds=4)

    task = await post(rack, video, serial, upload_wait_time=2)

    assert task.status is TaskStatus.COMPLETED


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("captcha", Reason.SECURITY_CHECK),
        ("login", Reason.LOGIN_REQUIRED),
        ("suspended", Reason.ACCOUNT_SUSPENDED),
    ],
)
async def test_a_block_ends_the_task_and_is_not_touched(
    rack: Rack, phones: VirtualRack, video: Path, kind: str, reason: Reason
) -> None:
    """A captcha, a login wall, a ban: the reason, the evidence, and no tap after it was seen."""
    serial = phones.serials[0]
    phones.fault(serial, "dialog", kind=kind, when={"screen": "camera"})

    task = await post(rack, video, serial)

    assert task.reason is reason
    assert {name.partition("-")[2] for name in task.attempts[0].evidence} >= {
        "screen.png", "screen.xml", "foreground.txt",
    }  # fmt: skip
    assert phones.posts(serial) == []


async def test_a_harmless_dialog_is_refused_and_the_post_goes_on(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """Known harmless dialogs are answered by data."""
    serial = phones.serials[0]
    phones.fault(serial, "dialog", kind="contacts", when={"screen": "camera"})

    task = await post(rack, video, serial)

    assert task.status is TaskStatus.COMPLETED
    assert any("contacts" in line.text for line in task.attempts[0].log)


async def test_evidence_can_be_read_and_only_that(
    rack: Rack, phones: VirtualRack, video: Path
) -> None:
    """A kept screenshot is a PNG; a name that leads elsewhere finds nothing."""
    serial = phones.serials[0]
    phones.fault(serial, "dialog", kind="captcha")
    task = await post(rack, video, serial)
    [name] = [name for name in task.attempts[0].evidence if name.endswith("screen.png")]

    png = await rack.evidence(task.id, name)

    assert png.startswith(b"\x89PNG")
    for wrong in ("../rack.db", "/etc/passwd", "1-nothing.png", f"../{task.id}/{name}"):
        with pytest.raises(NotFound):
            await rack.evidence(task.id, wrong)
