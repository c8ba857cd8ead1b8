"""What every command over a server shares: where the server is, and how the answer is shown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
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
    json: Annotated[
        bool,
        Parameter(help="Print one JSON document, as the API has it.", group="Server"),
    ] = False

    @asynccontextmanager
    async def rack(self) -> AsyncIterator["RemoteRack"]:
        """Open a connection to the server's rack."""
        from tmserve.client import RemoteRack  # noqa: PLC0415  # 0.2 s: only when one is asked

        async with RemoteRack(self.url) as rack:
            yield rack


COMMON = Common()
