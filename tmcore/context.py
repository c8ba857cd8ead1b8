"""What a log line is about: the phone, and the task. Follows tasks, and calls in a phone's lane."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

_about: ContextVar[Mapping[str, str | int]] = ContextVar("about", default=MappingProxyType({}))


@contextmanager
def about(**facts: str | int) -> Iterator[None]:
    """Let log lines from here on, until it ends, carry these facts."""
    token = _about.set(MappingProxyType({**_about.get(), **facts}))
    try:
        yield
    finally:
        _about.reset(token)


def current() -> Mapping[str, str | int]:
    """Return what is known here of what a line is about."""
    return _about.get()
