"""What goes back over Sanic: the envelope of a result, and of everything that can go wrong."""

import logging
import secrets
from collections.abc import Iterator
from typing import Any

from sanic import HTTPResponse, Request
from sanic.exceptions import MethodNotAllowed, PayloadTooLarge, SanicException
from sanic.exceptions import NotFound as NoRoute

from tmcore.errors import (
    BadInput,
    BodyTooLarge,
    NotFound,
    TmError,
    TokenRefused,
    TooManyRequests,
    WrongMethod,
)
from tmcore.validation import shown
from tmserve.routes import methods_at
from tmserve.wire import File, failure, success

logger = logging.getLogger("tmserve")

# a kept file is a phone's words: no browser may guess a type from it or run anything in it
FILE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


class Answer(HTTPResponse):
    """An answer without the empty alt-svc header that Sanic adds to each."""

    @property
    def processed_headers(self) -> Iterator[tuple[bytes, bytes]]:
        self.headers.pop("alt-svc", None)
        return super().processed_headers


def answer(result: Any) -> Answer:
    """Return what a handler returned: a file as it is, anything else in the envelope."""
    if isinstance(result, File):
        headers = {**FILE_HEADERS, **result.headers}
        return Answer(result.content, result.status, headers, result.content_type)
    return Answer(success(result), 200, None, "application/json")


def answer_error(request: Request, error: Exception) -> Answer:
    """Return the envelope of anything that was raised; nothing of our inside gets out."""
    known = _translate(request, error)
    if known.code == TmError.code:
        known = _internal(error)
    headers = _headers(request, known)
    return Answer(failure(known), known.code // 100, headers, "application/json")


def _headers(request: Request, error: TmError) -> dict[str, str] | None:
    match error:
        case WrongMethod():
            return {"Allow": _allowed(request)}
        case TokenRefused():
            return {"WWW-Authenticate": "Bearer"}
        case TooManyRequests():
            return {"Retry-After": "60"}
        case _:
            return None


def _translate(request: Request, error: Exception) -> TmError:
    match error:
        case TmError():
            return error
        case MethodNotAllowed():
            method, allowed = shown(request.method), _allowed(request)
            return WrongMethod(f"{shown(request.path)} does not take {method}; allowed: {allowed}")
        case NoRoute():
            return NotFound(f"There is no path {shown(request.path)}.")
        case PayloadTooLarge():
            return BodyTooLarge("The request is too large (body or headers).")
        case SanicException() if error.status_code < 500:
            return BadInput.of("request", "could not be read as HTTP")
        case _:
            return TmError()


def _allowed(request: Request) -> str:
    # Sanic's own list is empty where the path holds an id
    return ", ".join(methods_at(request.path))


def _internal(error: Exception) -> TmError:
    """Log it all under a reference, and tell only that: a message could hold a path."""
    reference = secrets.token_hex(4)
    logger.error("internal error %s", reference, exc_info=error)
    said = " ".join((type(error).__doc__ or "").split()) if isinstance(error, TmError) else ""
    return TmError(f"{said or 'Internal error.'} The log has the details under {reference}.")
