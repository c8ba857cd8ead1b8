"""What RackApi promises of unproven paths, on both racks."""

import pytest

from tmcore.api import RackApi
from tmcore.errors import BadInput, NotFound
from tmcore.paths import AppPath, PathOf

LABEL = PathOf(package="com.zhiliaoapp.musically", version="43.1.4", path=AppPath.AI_LABEL)


async def test_every_unproven_path_is_listed(rack: RackApi) -> None:
    """Of both apps, with the key that takes it and what nobody has seen; none is confirmed."""
    found = await rack.paths.every()

    assert {(state.app, state.path) for state in found} >= {
        ("tiktok", AppPath.PRODUCT_LINK), ("instagram", AppPath.AI_LABEL),
    }  # fmt: skip
    assert all(state.unseen and state.key for state in found)
    assert not any(state.confirmed_at or state.task_id for state in found)


async def test_confirmed_for_one_version_and_withdrawn(rack: RackApi) -> None:
    """It is so for that version of that package only; twice is once."""
    confirmed = await rack.paths.confirm(LABEL)
    again = await rack.paths.confirm(LABEL)
    listed = [state for state in await rack.paths.every() if state.confirmed_at]
    withdrawn = await rack.paths.withdraw(LABEL)

    assert confirmed.confirmed_at
    assert again == confirmed
    assert listed == [confirmed]
    assert withdrawn.confirmed_at is None
    with pytest.raises(NotFound):
        await rack.paths.withdraw(LABEL)


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"package": "com.example.other"}, "package"), ({"path": AppPath.PRODUCT_LINK}, "path")],
)
async def test_what_is_not_there_cannot_be_confirmed(
    rack: RackApi, changed: dict[str, str], field: str
) -> None:
    """Another app, or a path that this app does not have: named, with what there is."""
    wrong = LABEL.model_copy(update={"package": "com.instagram.android"} | changed)

    with pytest.raises(BadInput) as refused:
        await rack.paths.confirm(wrong)

    assert refused.value.errors[0].field == field
