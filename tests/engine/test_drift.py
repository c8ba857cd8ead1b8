"""What an app update does to a profile is counted by the tasks that still work."""

from tmcore import NewTask, Rack, TaskStatus
from tmcore.virtual.client import VirtualRack


async def test_an_update_is_told_by_what_found_its_targets(rack: Rack, phones: VirtualRack) -> None:
    """A first choice that matches no more is named, with the version that no profile is for."""
    serial = phones.serials[0]
    phones.fault(serial, "app_update", app="instagram", version="999.1", seed=2)

    only = {"app": "instagram"}
    new = NewTask(serials=(serial,), script_name="match_accounts", script_config=only)
    created = await rack.create(new)
    task = await rack.wait(created.task_ids[0])

    assert task.status is TaskStatus.COMPLETED, task.remark
    found = await rack.upkeep.drift()
    assert [(met.version, met.known) for met in found.met] == [("999.1", False)]
    assert {(d.target, d.candidate, d.of) for d in found.drifts} == {
        ("username", 2, 3),
        ("account_menu", 2, 3),
    }
    assert any("has no profile of its own" in line.text for line in task.attempts[0].log)
