"""What every command over a server shares: where the server is, and how the answer is shown."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from tmserve.client import RemoteRack

DEFAULT_URL = "http://127.0.0.1:50809"


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """Options of every command that asks a server."""

    url: Annotated[
        str, Parameter(env_var="TM_URL", help="Where the server answers.", group="Server")
    ] = DEFAULT_URL
    token: Annotated[
        str | None,
        Parameter(
            env_var="TM_TOKEN",
            help="The token, where one is needed.",
            group="Server",
            show_default=False,
        ),
    ] = field(default=None, repr=False)
    json: Annotated[
        bool,
        Parameter(help="Print one JSON document, as the API has it.", group="Server"),
    ] = False

    @asynccontextmanager
    async def rack(self) -> AsyncIterator["RemoteRack"]:
        """Open a connection to the server's rack."""
        from tmserve.client import RemoteRack  # 0.2 s: only when one is asked

        async with RemoteRack(self.url, self.token) as rack:
            yield rack


COMMON = Common()


def data_folder() -> Path:
    """Where the database is when nobody says."""
    from platformdirs import user_data_path

    return user_data_path("tmrack")
