"""The verbs of plans: a spreadsheet is read, looked at, made, moved and withdrawn as one."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson

from tmcore.engine.creation import FURTHEST
from tmcore.engine.prepared import Prepare, Prepared, Save
from tmcore.errors import BadInput, FieldError, NotFound
from tmcore.model import Created, NewTask
from tmcore.plans import NewPlan, Plan, PlanDetail, PlanMade, PlanPreview, Plans, Refusal, Shift
from tmcore.rules.lines import Line, column_of, late_fault, line_of
from tmcore.rules.spreadsheet import MOST_ERRORS, Row, listed, read, shifted
from tmcore.scripts import SCRIPTS
from tmcore.settings import Settings
from tmcore.store.changes import Draft
from tmcore.store.plans import Ahead, Entry, Move, PlanShelf, Taken

AT_ONCE = 16  # rows whose files are looked at at the same time
MOST_WARNINGS = 100
SAID = {"material_list", "captions"}  # by file and caption


@dataclass
class Sheet:
    """What a spreadsheet came to: rows to make, rows made before, and what is refused."""

    zone: str
    lines: list[Line] = field(default_factory=list)
    prepared: dict[int, Prepared] = field(default_factory=dict)  # by row
    known: int = 0
    refused: list[Refusal] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)  # each once, in order

    def refuse(self, row: int, errors: Iterable[FieldError]) -> None:
        self.refused += (
            Refusal(row=row, column=error.field, message=error.message) for error in errors
        )

    @property
    def refused_rows(self) -> int:
        return len({refusal.row for refusal in self.refused})

    @property
    def told(self) -> tuple[str, ...]:
        """The warnings, as many as somebody reads."""
        told = tuple(self.warnings)
        left = len(told) - MOST_WARNINGS
        return (*told[:MOST_WARNINGS], f"… and {left} more") if left > 0 else told


@dataclass(frozen=True)
class Planner:
    """Satisfies PlansApi; `woken` lets the scheduler look at what has changed."""

    shelf: PlanShelf
    prepare: Prepare
    settings: Callable[[], Settings]
    clock: Callable[[], datetime]
    woken: Callable[[], None]
    save: Save

    async def preview(self, new: NewPlan) -> PlanPreview:
        sheet = await self._read(new)
        due = [line.due for line in sheet.lines if line.number in sheet.prepared]
        drafts = [draft for one in sheet.prepared.values() for draft in one.drafts]
        return PlanPreview(
            name=_name(new),
            zone=sheet.zone,
            will_post=len(drafts),
            planned_already=sheet.known,
            refused_rows=sheet.refused_rows,
            refused=tuple(sheet.refused[:MOST_ERRORS]),
            first_at=min(due, default=None),
            last_at=max(due, default=None),
            phones=len({draft.serial for draft in drafts}),
            warnings=sheet.told,
        )

    async def add(self, new: NewPlan) -> PlanMade:
        sheet = await self._read(new)
        if sheet.refused:
            raise BadInput(*_errors(sheet))
        entries = [
            Entry(line.number, line.slot, line.content, sheet.prepared[line.number].drafts)
            for line in sheet.lines
        ]
        plan_id, count, lines = await self.shelf.add(_name(new), sheet.zone, entries)
        self.woken()
        return PlanMade(
            plan=await self.shelf.one(plan_id) if plan_id else None,
            created_count=count,
            planned_already=sheet.known + len(entries) - lines,
            warnings=sheet.told,
        )

    async def rehearse(self, new: NewPlan) -> Created:
        sheet = Sheet(new.zone or self.settings().time_zone)
        lines = await asyncio.to_thread(_lines, new, ZoneInfo(sheet.zone), sheet)
        lines.sort(key=lambda line: (line.due, line.number))
        return await self._rehearse(
            sheet, [replace(line, request=_rehearsal(line.request)) for line in lines]
        )

    async def rehearse_saved(self, plan_id: int) -> Created:
        plan = await self.shelf.one(plan_id)
        ahead = await self.shelf.ahead(plan_id)
        if not ahead:
            raise BadInput.of("plan", f"none of the posts of plan {plan_id} is still ahead")
        lines = [Line(one.line, _rehearsal(_request(one)), one.start_at, "", "") for one in ahead]
        return await self._rehearse(Sheet(plan.zone), lines)

    async def _rehearse(self, sheet: Sheet, lines: Sequence[Line]) -> Created:
        """Create one rehearsal for each account, or phone without one, that the lines are for."""
        await self._check_all(lines, sheet)
        if sheet.refused:
            raise BadInput(*_errors(sheet))
        first: dict[tuple[str | None, str], Draft] = {}
        for line in lines:
            for draft in sheet.prepared[line.number].drafts:
                first.setdefault((draft.app, draft.username or draft.serial), draft)
        prepared = Prepared(list(first.values()), sheet.zone, sheet.told)
        created = prepared.created(await self.save(prepared.drafts))
        self.woken()
        return created

    async def every(self) -> Plans:
        return Plans(await self.shelf.every())

    async def one(self, plan_id: int) -> PlanDetail:
        plan = await self.shelf.one(plan_id)
        return PlanDetail(**dict(plan), rows=await self.shelf.lines(plan_id))

    async def move(self, plan_id: int, shift: Shift) -> Plan:
        plan = await self.shelf.one(plan_id)
        moves, errors = await self._moves(plan, shift)
        if errors:
            raise BadInput(*errors[:MOST_ERRORS])
        await self.shelf.move(plan_id, moves)
        self.woken()
        return await self.shelf.one(plan_id)

    async def withdraw(self, plan_id: int) -> Plan:
        await self.shelf.withdraw(plan_id)
        self.woken()
        return await self.shelf.one(plan_id)

    async def _moves(self, plan: Plan, shift: Shift) -> tuple[list[Move], list[FieldError]]:
        zone, now = ZoneInfo(plan.zone), self.clock()
        moves, errors = [], []
        for line in await self.shelf.lines(plan.id):
            if line.status_text != "pending" or line.start_at is None:
                continue
            due = shifted(line.start_at, zone, shift.days, shift.minutes)
            if not now <= due <= now + FURTHEST:
                where = "be past" if due < now else "be more than a year ahead"
                errors.append(FieldError(f"row {line.row}", f"would {where}: {due:%Y-%m-%d %H:%M}"))
            moves.append(Move(line.task_id, line.start_at, due))
        return moves, errors

    async def _read(self, new: NewPlan) -> Sheet:
        zone = new.zone or self.settings().time_zone
        sheet = Sheet(zone)
        # 5,000 rows cost half a second, in which no task would start
        lines = await asyncio.to_thread(_lines, new, ZoneInfo(zone), sheet)
        taken = await self.shelf.taken([line.slot for line in lines])
        sheet.lines = [line for line in lines if self._is_new(line, taken, sheet)]
        await self._check_all(sheet.lines, sheet)
        return sheet

    async def _check_all(self, lines: Sequence[Line], sheet: Sheet) -> None:
        for start in range(0, len(lines), AT_ONCE):
            some = lines[start : start + AT_ONCE]
            await asyncio.gather(*(self._check(line, sheet) for line in some))
        sheet.refused.sort(key=lambda refusal: refusal.row)

    def _is_new(self, line: Line, taken: dict[str, Taken], sheet: Sheet) -> bool:
        before = taken.get(line.slot)
        if before is None:
            if late := late_fault(line, self.clock()):
                sheet.refuse(line.number, [late])
            return late is None
        if before.content == line.content:
            sheet.known += 1
        else:
            where = f"plan {before.plan_id}, row {before.line}"
            what = f"is in {where} with another caption or options; withdraw that plan first"
            sheet.refuse(line.number, [FieldError("", what)])
        return False

    async def _check(self, line: Line, sheet: Sheet) -> None:
        try:
            prepared = await self.prepare(line.request)
        except BadInput as error:
            sheet.refuse(line.number, map(column_of, error.errors))
        except NotFound as error:
            who = "account" if line.request.usernames else "device"
            sheet.refuse(line.number, [FieldError(who, str(error))])
        else:
            sheet.prepared[line.number] = prepared
            sheet.warnings |= dict.fromkeys(prepared.warnings)


def _rehearsal(request: NewTask) -> NewTask:
    """Return the request for a rehearsal of it, now."""
    config = {**(request.script_config or {}), "rehearse": True}
    return request.model_copy(update={"script_config": config, "start_at": None})


def _request(one: Ahead) -> NewTask:
    """Return the request for one task of a plan; spintax is drawn anew."""
    return NewTask(
        usernames=(one.username,) if one.username else None,
        serials=None if one.username else (one.serial,),
        script_name="post",
        script_config=orjson.loads(one.script_config) | {"app": one.app},
    )


def _name(new: NewPlan) -> str:
    return new.name or "plan"


def _options() -> tuple[str, ...]:
    """Further columns: whatever a post's script_config takes, and no column says already."""
    return tuple(name for name in SCRIPTS["post"].Args.model_fields if name not in SAID)


def _rows(new: NewPlan) -> list[Row]:
    options = _options()
    rows = listed(new.rows or (), options) if new.csv is None else read(new.csv, options)
    if not rows:
        raise BadInput.of("csv", "has no rows")
    return rows


def _lines(new: NewPlan, zone: ZoneInfo, sheet: Sheet) -> list[Line]:
    """Read the rows; one that says what another does is refused, since it would post twice."""
    lines: dict[str, Line] = {}
    for row in _rows(new):
        try:
            line = line_of(row, new.folder, zone)
        except BadInput as error:
            sheet.refuse(row.number, error.errors)
            continue
        if before := lines.get(line.slot):
            same = f"is row {before.number} again: the same file, at the same time"
            sheet.refuse(row.number, [FieldError("", same)])
            continue
        lines[line.slot] = line
        if line.note:
            sheet.warnings[f"row {row.number}: {line.note}"] = None
    return list(lines.values())


def _errors(sheet: Sheet) -> list[FieldError]:
    """Name every refused cell, as many as somebody reads."""
    told = [
        FieldError(", ".join(filter(None, (f"row {r.row}", r.column))), r.message)
        for r in sheet.refused[:MOST_ERRORS]
    ]
    left = len(sheet.refused) - len(told)
    return [*told, FieldError("csv", f"and {left} more")] if left else told
