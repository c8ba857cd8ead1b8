"""Tasks: the reference API."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool

from tmcore.api import RackApi
from tmcore.errors import NotFound, ScriptMissing
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
from tmserve.routes.route import Call, Route
from tmserve.wire import File


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

    stopped: bool = True


class Resolution(Model):
    """What a person saw."""

    posted: StrictBool


async def create(rack: RackApi, call: Call) -> Created:
    body = call.object() if call.body else {}
    if not body.get("script_name"):
        raise ScriptMissing.of("script_name", "is required")
    return await rack.create(checked(NewTask, body))


async def page(rack: RackApi, call: Call) -> TaskPage:
    return await rack.tasks(call.filters(TaskQuery))


async def one(rack: RackApi, call: Call) -> TaskDetail:
    return await rack.task(call.id("task"))


async def delete(rack: RackApi, call: Call) -> dict[str, int]:
    task_id = call.id("task")
    deleted = await rack.delete([task_id])
    if deleted.not_found:
        raise NotFound(f"task {task_id} does not exist")
    return {"deleted_count": deleted.deleted_count}


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
    return File(content, "image/png" if name.endswith(".png") else "text/plain; charset=utf-8")


ROUTES = (
    Route("POST", "/task", create, takes_body=True, licensed=True),
    Route("GET", "/task", page, licensed=True),
    Route("GET", "/task/stats", stats, licensed=True),
    Route("DELETE", "/task/batch", delete_batch, takes_body=True, licensed=True),
    Route("POST", "/task/retry-all", retry_all, licensed=True),
    Route("GET", "/task/<id>", one, licensed=True),
    Route("DELETE", "/task/<id>", delete, licensed=True),
    Route("POST", "/task/<id>/stop", stop, licensed=True),
    Route("POST", "/task/<id>/retry", retry, licensed=True),
    Route("POST", "/task/<id>/resolve", resolve, takes_body=True, licensed=True),
    Route("GET", "/task/<id>/evidence/<name>", evidence, licensed=True),
)
