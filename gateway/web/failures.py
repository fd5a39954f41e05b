"""Error pages: every failure becomes a page (or JSON) that says what happened, what was kept and what to do."""

from __future__ import annotations

import structlog
from aiohttp import web

from gateway.store import DatabaseAway
from gateway.web.logs import request_id_of
from gateway.web.pages import render
from gateway.web.refusals import BY_STATUS, BadRequest, PageError, Unavailable
from gateway.web.sessions import Handler
from gateway.web.translation import spoken

_RETRY_AFTER = "30"
"""Seconds after which a browser or a program may ask a site again whose database is away."""
_log = structlog.get_logger("gateway.web")


@web.middleware
async def failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what the handler raised."""
    try:
        return await handler(request)
    except PageError as error:
        return _answer(request, error)
    except web.HTTPException as answer:
        if answer.status < 400:
            return _redirect(answer)
        kind = BY_STATUS.get(answer.status)
        if kind is None:
            kind = BadRequest if answer.status < 500 else PageError
        return _answer(request, kind(), headers={"Allow": answer.headers["Allow"]} if "Allow" in answer.headers else {})
    except DatabaseAway as error:
        _log.warning("database-away", error=str(error))
        return _answer(request, Unavailable(), headers={"Retry-After": _RETRY_AFTER})
    except Exception:  # noqa: BLE001 - the last line of defence: logged, and answered as the page of error 500
        _log.exception("handler-failed")
        return _answer(request, PageError())


def _redirect(answer: web.HTTPException) -> web.Response:
    response = web.Response(status=answer.status, headers={"Location": answer.headers.get("Location", "/")})
    for cookie in answer.cookies.values():
        response.cookies[cookie.key] = cookie.value
        response.cookies[cookie.key].update(cookie)
    return response


def wants_json(request: web.Request) -> bool:
    """Whether the client is a program: it sends JSON, or takes JSON and no HTML."""
    accepted = request.headers.get("Accept", "")
    return request.content_type == "application/json" or (
        "application/json" in accepted and "text/html" not in accepted
    )


def _answer(request: web.Request, error: PageError, headers: dict[str, str] | None = None) -> web.Response:
    _log.info("refused", code=error.code, status=error.status)
    if wants_json(request):
        response = web.json_response(_as_json(request, error), status=error.status)
    else:
        response = render(request, "error.html", status=error.status, error=error)
    response.headers.update(headers or {})
    return response


def _as_json(request: web.Request, error: PageError) -> dict[str, object]:
    return {
        "error": {
            "code": error.code,
            "status": error.status,
            "title": spoken(error.title),
            "what": spoken(error.what),
            "kept": spoken(error.kept),
            "advice": spoken(error.advice),
            "request": request_id_of(request),
        }
    }
