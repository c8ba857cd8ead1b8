"""The same mistake reads the same, near and far."""

from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import no_adb
from tmcore.errors import ServerUnreachable, TmError
from tmcore.model import NewTask
from tmcore.rack import Rack
from tmserve.app import Server
from tmserve.client import RemoteRack


async def test_errors_are_the_same_near_and_far(seeded: Path, post: dict[str, Any]) -> None:
    """Class, code, message and listed errors survive the wire."""
    bad = [
        post | {"script_name": None},
        post | {"script_name": "nope"},
        post | {"serials": ("gone",)},
        post | {"serials": (), "start_time": "x", "script_config": {"captoins": 1}},
    ]
    async with (
        Rack(seeded, adb=no_adb()) as near,
        Server(near, port=0) as server,
        RemoteRack(server.url) as far,
    ):
        for fields in bad:
            said = []
            for rack in (near, far):
                with pytest.raises(TmError) as caught:
                    await rack.create(NewTask(**fields))
                error = caught.value
                said.append((type(error), error.code, str(error), getattr(error, "errors", ())))
            assert said[0] == said[1]


async def test_nobody_answers() -> None:
    """Where no server is, each verb says so and how to start one."""
    async with RemoteRack(f"http://127.0.0.1:{no_adb().port}") as rack:
        with pytest.raises(ServerUnreachable, match="tm serve"):
            await rack.stats()
