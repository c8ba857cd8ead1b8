"""Log lines: one a record, JSON where no person reads along; secrets taken out.

Everything that is logged in this process passes here, adbutils' and Sanic's lines too.
"""

import logging
import re
import sys
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from tmcore.context import current
from tmcore.keys import PREFIX

_SECRETS = (
    (re.compile(rf"\b{PREFIX}[A-Za-z0-9_-]{{8,}}"), f"{PREFIX}***"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+"), r"\1 ***"),
    (
        re.compile(
            r"(?i)((?:password|passwd|secret|token|api[_-]?key)\"?\s*[=:]\s*\"?)[^\s\"&,;]+"
        ),
        r"\1***",
    ),
    (re.compile(r"(://)[^/@\s]+@"), r"\1***@"),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
OURS = ("tmcore", "tmserve")


def set_up(stream: TextIO = sys.stderr, *, as_json: bool | None = None) -> None:
    """Send what is logged to the stream from now on: ours from INFO, others' from WARNING."""
    as_json = not stream.isatty() if as_json is None else as_json
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(as_json=as_json))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)


def formatter(*, as_json: bool) -> logging.Formatter:
    """Return what makes a line of a record, ours or anybody's."""
    render: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        render += [structlog.processors.format_exc_info, redact, _as_json]
    else:
        render += [structlog.processors.format_exc_info, redact, _as_text]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tell_about,
        ],
        processors=render,
    )


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take out of every text what lets somebody in."""
    return {key: _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    for pattern, instead in _SECRETS:
        value = pattern.sub(instead, value)
    return value


def _tell_about(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event.update(current())
    return event


def _as_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    head = {
        key: event.pop(key) for key in ("timestamp", "level", "logger", "event") if key in event
    }
    return orjson.dumps({**head, **event}, default=repr).decode()


def _as_text(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """One line for a person, and a traceback below it; nothing in it moves the cursor."""
    said = [event.pop("timestamp"), event.pop("level").upper(), str(event.pop("event"))]
    trace = event.pop("exception", "")
    event.pop("logger", None)
    said += [f"{key}={value}" for key, value in event.items()]
    lines = [" ".join(said), *trace.splitlines()]
    return "\n".join(_CONTROL.sub(_escaped, line) for line in lines)


def _escaped(found: re.Match[str]) -> str:
    return repr(found[0])[1:-1]
