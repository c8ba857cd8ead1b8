"""Log lines: one a record, with what they are about and without what lets somebody in."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from tmcore.context import about
from tmcore.phone.lane import Call, Lane
from tmserve import logs

SECRET = "tm_" + "aB3-_" * 8
SECRETS = [
    f"the token {SECRET} was used",
    f"Authorization: Bearer {SECRET}",
    "Authorization: Basic YW5uOnBhc3M=",
    "Proxy-Authorization: basic YW5uOnBhc3M=",
    "http://ann:YW5uOnBhc3M=@proxy.example:3128 refused",
    "password=YW5uOnBhc3M= user=ann",
    '{"api_key": "YW5uOnBhc3M="}',
    "GET /task?token=YW5uOnBhc3M=&page=1",
]
HOSTILE = "ok\n2026-01-31 INFO task 1 completed\x1b[31m\x9b\u202e\r"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged as JSON, through the logging of the whole process."""
    yield from _written(as_json=True)


@pytest.fixture
def shown() -> Iterator[io.StringIO]:
    """What is logged for a person."""
    yield from _written(as_json=False)


def _written(*, as_json: bool) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.set_up(stream, as_json=as_json)
    yield stream
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json(written: io.StringIO) -> None:
    """When, how bad, who and what: each has its key."""
    logging.getLogger("tmcore.crew").info("task %s began", 7)

    [line] = lines(written)

    assert line.keys() == {"timestamp", "level", "logger", "event"}
    assert (line["level"], line["logger"]) == ("info", "tmcore.crew")
    assert line["event"] == "task 7 began"
    assert str(line["timestamp"]).endswith("Z")


@pytest.mark.parametrize("name", ["tmcore.worker", "adbutils._device_base", "sanic.error"])
def test_whose_task_it_is_about(written: io.StringIO, name: str) -> None:
    """Whoever logs while a task is worked on, its line names the task and the phone."""
    with about(serial="R58M1", task_id=7):
        logging.getLogger(name).warning("hm")
    logging.getLogger(name).warning("hm")

    inside, outside = lines(written)

    assert (inside["serial"], inside["task_id"]) == ("R58M1", 7)
    assert "task_id" not in outside


async def test_in_a_phones_thread(written: io.StringIO) -> None:
    """What adbutils says in a phone's own thread is about the task that asked there."""
    lane = Lane("R58M1")

    def work(_call: Call[None]) -> None:
        logging.getLogger("adbutils").warning("shell_v2 specified but not supported")

    with about(serial="R58M1", task_id=7):
        await lane.run(work, deadline_s=5)
    lane.close()

    [line] = lines(written)
    assert (line["serial"], line["task_id"]) == ("R58M1", 7)


def test_others_are_heard_from_warnings_on(written: io.StringIO) -> None:
    """Libraries that tell their life do not fill the log."""
    logging.getLogger("httpx").info("HTTP Request: GET …")
    logging.getLogger("aiosqlite").debug("executing …")

    assert written.getvalue() == ""


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("as_json", [True, False])
def test_secrets_are_taken_out(text: str, as_json: bool) -> None:
    """A token, a password, a proxy's credentials: in a message, a field or an exception."""
    [stream] = [next(writing := _written(as_json=as_json))]
    logger = logging.getLogger("tmserve")

    logger.warning("%s", text)
    with about(serial=text):
        logger.warning("hm")
    logger.error("failed", exc_info=RuntimeError(text))
    next(writing, None)

    assert "YW5u" not in stream.getvalue()
    assert "aB3-_aB3" not in stream.getvalue()
    assert "***" in stream.getvalue()


def test_one_record_is_one_line(written: io.StringIO) -> None:
    """A caption cannot write a line of its own (S18)."""
    logging.getLogger("tmcore").warning("caption %s", HOSTILE)

    [line] = lines(written)

    assert line["event"] == f"caption {HOSTILE}"
    assert not {c for c in written.getvalue().rstrip("\n") if c < " "}


def test_nothing_moves_a_persons_cursor(shown: io.StringIO) -> None:
    """On a terminal it is one line too, its control characters written out."""
    with about(task_id=7):
        logging.getLogger("tmcore").warning("caption %s", HOSTILE)

    [line] = shown.getvalue().splitlines()

    assert "WARNING caption ok\\n2026-01-31" in line
    assert line.endswith("task_id=7")
    assert line.isprintable()
