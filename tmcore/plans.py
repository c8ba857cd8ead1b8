"""Plans: a spreadsheet of posts that is looked at, made, moved and withdrawn as one."""

from datetime import datetime
from typing import Annotated, Protocol, Self

from pydantic import Field, model_validator

from tmcore.columns import PLANS
from tmcore.faces import Listed
from tmcore.format import counted, safe
from tmcore.model import Created, Model
from tmcore.settings import Folder, Zone


class NewPlan(Model):
    """Posts as a spreadsheet has them: the text of a CSV file, or its rows. Exactly one of them."""

    name: Annotated[str, Field(max_length=100)] = ""
    zone: Zone | None = None  # in which date and time are read; else the setting time_zone
    folder: Folder | None = None  # of files that are named without one, on the server
    csv: str | None = None
    rows: tuple[dict[str, str], ...] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.csv is None) == (self.rows is None):
            raise ValueError("send either csv or rows")
        return self


class Refusal(Model):
    """What is wrong with one cell."""

    row: int  # as the spreadsheet counts; the header is row 1
    column: str
    message: str


class PlanPreview(Model):
    """What a plan would do: nothing is made while any row is refused."""

    name: str
    zone: str
    will_post: int  # a row with a tag posts on each of its phones
    planned_already: int  # rows that an earlier plan has made
    refused_rows: int
    refused: tuple[Refusal, ...] = ()
    first_at: datetime | None = None
    last_at: datetime | None = None
    phones: int = 0
    warnings: tuple[str, ...] = ()


class Plan(Model):
    """A plan that was made, and how far its tasks are; deleted ones are in none of the counts."""

    id: int
    name: str
    zone: str
    created_at: datetime
    withdrawn_at: datetime | None = None
    posts: int
    pending: int = 0
    running: int = 0
    completed: int = 0
    failed: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    def __repr__(self) -> str:
        state = "withdrawn" if self.withdrawn_at else f"{self.pending} pending"
        return safe(f"<Plan {self.id} {self.name}: {counted(self.posts, 'post')}, {state}>")


class PlanLine(Model):
    """One row of a plan and its task; no status where the task was deleted."""

    row: int
    task_id: int
    serial: str | None = None
    username: str | None = None
    media: str | None = None
    caption: str | None = None
    start_at: datetime | None = None
    status_text: str | None = None
    reason: str | None = None


class PlanDetail(Plan):
    """A plan with its rows."""

    rows: tuple[PlanLine, ...] = ()


class PlanMade(Model):
    """The answer to a plan: what it made, and how many rows earlier plans had made already."""

    plan: Plan | None  # none where nothing was left to make
    created_count: int
    planned_already: int
    warnings: tuple[str, ...] = ()


class Shift(Model):
    """How far a plan moves; days keep the hour on the clock."""

    days: Annotated[int, Field(ge=-366, le=366)] = 0
    minutes: Annotated[int, Field(ge=-1440, le=1440)] = 0


class Plans(Listed, tuple[Plan, ...]):
    """A tuple of plans."""

    __slots__ = ()
    noun, columns = "plan", PLANS


class PlansApi(Protocol):
    """The verbs of plans, near and far; reached as `rack.plans`."""

    async def preview(self, new: NewPlan) -> PlanPreview:
        """Say what would be made and what is refused. Raises BadInput about the file itself."""
        ...

    async def add(self, new: NewPlan) -> PlanMade:
        """Make every row that is not planned already, or, where one is refused, none.

        Raises BadInput with each refused row.
        """
        ...

    async def rehearse(self, new: NewPlan) -> Created:
        """Rehearse, now, the first post of each account; what was planned already counts too.

        Nothing of the plan is made. Raises BadInput with each refused row.
        """
        ...

    async def rehearse_saved(self, plan_id: int) -> Created:
        """Rehearse, now, the first post of each account of a plan that was made.

        Raises NotFound; BadInput where none is still ahead.
        """
        ...

    async def every(self) -> Plans:
        """Return the newest plans first."""
        ...

    async def one(self, plan_id: int) -> PlanDetail:
        """Return a plan with its rows. Raises NotFound."""
        ...

    async def move(self, plan_id: int, shift: Shift) -> Plan:
        """Move what is still pending. Raises NotFound; BadInput where a row would be past."""
        ...

    async def withdraw(self, plan_id: int) -> Plan:
        """Stop what is still pending, so that its rows may be planned anew. Raises NotFound."""
        ...
