"""Tasks: the reference API."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool

from tmcore.api import RackApi
from tmcore.errors import NotFound, ScriptMissing
from tmcore.keys import Scope
from tmcore.model import (
    Created,
    Deleted,
    Model,
    NewTask,
    Retried,
    Stats,
    Task,
    TaskDetail,
    TaskPage,
    TaskQuery,
)
from tmcore.validation import checked
from tmserve.routes.route import Call, Gone, Route, Served
from tmserve.wire import TEXT, File


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):  # or `true` would be task 1
        raise ValueError(f"{str(value).lower()} is not a task id")  # noqa: TRY004  # pydantic's way
    return value


TaskId = Annotated[int, BeforeValidator(_no_bool), Field(ge=1)]


class Batch(Model):
    """What DELETE /task/batch holds."""

    task_ids: tuple[TaskId, ...]


class RetryAll(Model):
    """What POST /task/retry-all can be asked; stopped=false leaves out what a person stopped."""

    stopped: bool = Field(True, description="Also what a person stopped.")


class Resolution(Model):
    """What a person saw."""

    posted: StrictBool


async def create(rack: Served, call: Call) -> Created:
    body = call.object() if call.body else {}
    if not body.get("script_name"):
        raise ScriptMissing.of("script_name", "is required")
    return await rack.create(checked(NewTask, body), key=call.key, owner=call.owner)


async def page(rack: RackApi, call: Call) -> TaskPage:
    return await rack.tasks(call.filters(TaskQuery))


async def one(rack: RackApi, call: Call) -> TaskDetail:
    return await rack.task(call.id("task"))


async def delete(rack: RackApi, call: Call) -> Gone:
    task_id = call.id("task")
    deleted = await rack.delete([task_id])
    if deleted.not_found:
        raise NotFound(f"task {task_id} does not exist")
    return Gone()


async def delete_batch(rack: RackApi, call: Call) -> Deleted:
    return await rack.delete(call.json(Batch).task_ids)


async def stop(rack: RackApi, call: Call) -> Task:
    return await rack.stop(call.id("task"))


async def retry(rack: RackApi, call: Call) -> Task:
    return await rack.retry(call.id("task"))


async def retry_all(rack: RackApi, call: Call) -> Retried:
    return await rack.retry_all(stopped=call.filters(RetryAll).stopped)


async def resolve(rack: RackApi, call: Call) -> Task:
    task_id = call.id("task")
    return await rack.resolve(task_id, posted=call.json(Resolution).posted)


async def stats(rack: RackApi, _call: Call) -> Stats:
    return await rack.stats()


async def evidence(rack: RackApi, call: Call) -> File:
    name = call.path["name"]
    content = await rack.evidence(call.id("task"), name)
    # a phone's XML is shown as text: as a document it could run a script as one of our own pages
    return File(content, "image/png" if name.endswith(".png") else TEXT)


ROUTES = (
    Route(
        "POST", "/task", create,
        "Create one task for each device, account, or device and account; all or nothing.",
        scope=Scope.POST, body=NewTask, licensed=True, keyed=True,
        codes=(40002, 40003, 40401, 40901),
    ),
    Route(
        "GET", "/task", page, "List tasks, newest first; filters combine.",
        scope=Scope.READ, query=TaskQuery, licensed=True,
    ),
    Route(
        "GET", "/task/stats", stats, "Count the tasks; the counts always add up.",
        scope=Scope.READ, licensed=True,
    ),
    Route(
        "DELETE", "/task/batch", delete_batch, "Delete tasks, stopping those that run.",
        scope=Scope.POST, body=Batch, licensed=True,
    ),
    Route(
        "POST", "/task/retry-all", retry_all,
        "Queue every failed task again but those whose outcome is unknown.",
        scope=Scope.POST, query=RetryAll, licensed=True,
    ),
    Route(
        "GET", "/task/<id>", one, "Show a task with its attempts.",
        scope=Scope.READ, licensed=True,
    ),
    Route(
        "DELETE", "/task/<id>", delete, "Delete a task; one that runs is stopped first.",
        scope=Scope.POST, licensed=True,
    ),
    Route(
        "POST", "/task/<id>/stop", stop,
        "Stop a task: a pending one is cancelled, a running one ends.",
        scope=Scope.POST, licensed=True,
    ),
    Route(
        "POST", "/task/<id>/retry", retry, "Queue a failed task again.",
        scope=Scope.POST, licensed=True,
    ),
    Route(
        "POST", "/task/<id>/resolve", resolve, "Settle a task whose outcome is unknown.",
        scope=Scope.POST, body=Resolution, licensed=True,
    ),
    Route(
        "GET", "/task/<id>/evidence/<name>", evidence,
        "Return a screenshot, the text of a screen, or a log that an attempt kept.",
        scope=Scope.READ, licensed=True, sends="image/png, text/plain",
    ),
)  # fmt: skip
