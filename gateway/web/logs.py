"""The log of a site: one line a request, personal numbers masked wherever they stand."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

import structlog
from aiohttp import BadContentDispositionHeader, BadContentDispositionParam, web
from aiohttp.http_exceptions import HttpProcessingError
from structlog.typing import Processor

from gateway.web.failure_words import without_words
from gateway.web.sessions import Handler

_NUMBER = re.compile(r"(?<!\d)(\d{8})(\d{4})(?!\d)")
_SECRET_NAMES = frozenset({"password", "token", "cookie", "csrf", "pem", "xml"})
_LONGEST_VALUE = 2000
_QUOTING_WARNINGS = (BadContentDispositionHeader.__name__, BadContentDispositionParam.__name__)
_log = structlog.get_logger("gateway.web")
_REQUEST_ID = web.RequestKey("request_id", str)


def masked(text: str) -> str:
    """Return `text` with all but the last four digits of every 12-digit number (IIN, BIN) covered."""
    return _NUMBER.sub(r"********\2", text)


def mask_personal_data(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Cover personal numbers in every value, and secrets by their names (a structlog processor)."""
    return {key: "…" if key in _SECRET_NAMES else _masked_value(value) for key, value in event.items()}


def _masked_value(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value[:_LONGEST_VALUE])
    if isinstance(value, dict):
        return {key: _masked_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked_value(one) for one in value]
    return value if isinstance(value, bool | float | None) else _masked_other(value)


def _masked_other(value: object) -> object:
    text = str(value)
    covered = masked(text)
    return value if isinstance(value, int) and covered == text else covered


def configure_logs(stream: TextIO | None = None, *, as_json: bool = True, level: int = logging.INFO) -> None:
    """Set the logs of a process up: UTC times, masked values, JSON lines or lines for a person.

    What libraries say by `logging` or `warnings` goes the same way: left alone, it would stand there unmasked.
    """
    renderer: Callable[..., Any] = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    )
    first: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    exceptions = structlog.processors.ExceptionRenderer(without_words)
    last: list[Processor] = [exceptions, mask_personal_data, renderer]
    _take_in_libraries(stream, first, last)
    structlog.configure(
        processors=[*first, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )


@contextmanager
def logs_to(stream: TextIO) -> Iterator[None]:
    """Set the logs up for a while, and leave the logging as it was found."""
    before = structlog.get_config()
    configure_logs(stream)
    try:
        yield
    finally:
        structlog.configure(**before)
        _let_libraries_go()


class _LibraryHandler(logging.StreamHandler[TextIO]):
    """The handler of this module among those of the root logger."""


def _take_in_libraries(stream: TextIO | None, first: list[Processor], last: list[Processor]) -> None:
    _let_libraries_go()
    ours = _LibraryHandler(stream)
    ours.setLevel(logging.WARNING)
    ours.addFilter(_without_bytes_of_the_wire)
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    ours.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=first, processors=[strip, *last]))
    logging.getLogger().addHandler(ours)
    logging.captureWarnings(capture=True)


def _let_libraries_go() -> None:
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, _LibraryHandler)]:
        root.removeHandler(handler)
    logging.captureWarnings(capture=False)


def _without_bytes_of_the_wire(record: logging.LogRecord) -> bool:
    """Keep of a request that is no HTTP only its kind: the parser's words quote it, cookies and file names and all."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.msg, record.args = "a request that is no HTTP: %s", (type(error).__name__,)
        record.exc_info = record.exc_text = None
    elif record.name == "py.warnings":
        quoted = next((name for name in _QUOTING_WARNINGS if name in record.getMessage()), None)
        if quoted is not None:
            record.msg, record.args = "a part that is no form data: %s", (quoted,)
    return True


def request_id_of(request: web.Request) -> str:
    """Return the code by which the log knows this request."""
    if _REQUEST_ID not in request:
        request[_REQUEST_ID] = secrets.token_hex(4)
    return request[_REQUEST_ID]


@web.middleware
async def request_log(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Write one line a request: the route (not the address, which may name a person), status and time."""
    started = time.perf_counter()
    with structlog.contextvars.bound_contextvars(request=request_id_of(request)):
        status = 500
        try:
            response = await handler(request)
            status = response.status
        except web.HTTPException as answer:
            status = answer.status
            raise
        finally:
            resource = request.match_info.route.resource
            _log.info(
                "request",
                method=request.method,
                route=resource.canonical if resource else "-",
                status=status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )
        response.headers["X-Request-Id"] = request_id_of(request)
        return response
