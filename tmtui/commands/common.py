"""What every command over a server shares: where the server is, and how the answer is shown."""

# ruff: noqa: PLC0415 - what costs time is imported where it is needed: `tm --help` loads none

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from cyclopts import Parameter

from tmcore.errors import BadInput, NotFound
from tmtui.exits import Exit, of
from tmtui.output import say, show, show_json
from tmtui.tables import Grid

if TYPE_CHECKING:
    from pydantic import BaseModel

    from tmserve.client import RemoteRack

DEFAULT_URL = "http://127.0.0.1:50809"
T = TypeVar("T")
AppName = Literal["tiktok", "instagram"]
Id = Annotated[int, Parameter(name="ID")]


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

    def listed(self, name: str, found: Sequence[Any], table: Grid, none: str = "") -> Exit:
        """Show a list; for people `none` says what to do where it is empty."""
        if none and not (found or self.json):
            say(none)
            return Exit.OK
        return self.shown({name: found, "total": len(found)}, table)

    def shown(self, value: "BaseModel | Mapping[str, Any]", table: Grid, *more: Grid) -> Exit:
        """Show one thing: to people as a table, and what more there is."""
        if self.json:
            show_json(value)
            return Exit.OK
        show(table)
        for further in more:
            if further.rows:
                print()
                show(further)
        return Exit.OK

    def said(self, value: "BaseModel | Mapping[str, Any]", line: str) -> Exit:
        """Show what was done, in a line for people."""
        show_json(value) if self.json else print(line)
        return Exit.OK

    async def each(
        self,
        name: str,
        ids: Sequence[int],
        act: Callable[[int], Awaitable[T]],
        drawn: Callable[[Sequence[T]], Grid],
        unsaid: str,
    ) -> Exit:
        """Act on each; one that is refused does not keep the others from it."""
        if not ids:
            say(unsaid)
            return Exit.USAGE
        done: list[T] = []
        ends = [Exit.OK]
        for number in ids:
            try:
                done.append(await act(number))
            except (BadInput, NotFound) as error:
                say(error)
                ends.append(of(error))
        if done or self.json:
            self.listed(name, done, drawn(done))
        return max(ends)


COMMON = Common()


def retagged(tags: Sequence[str], add: Sequence[str], away: Sequence[str]) -> list[str]:
    """Return the tags with some added and, whatever their case, some taken away."""
    gone = {name.strip().casefold() for name in away}
    return [tag for tag in (*tags, *add) if tag.casefold() not in gone]


def data_folder() -> Path:
    """Where everything is when nobody says."""
    from platformdirs import user_data_path

    return user_data_path("tmrack")


def database(said: Path | None) -> Path:
    """Return the database file: the one that was said, or the one that `tm serve` uses."""
    return said or data_folder() / "rack.db"
