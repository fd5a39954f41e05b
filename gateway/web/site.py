"""A site: an aiohttp application with the guards, languages and error pages that portal and desk share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Middleware

from gateway.texts import Text
from gateway.web.csrf import FormGuard
from gateway.web.failures import failures
from gateway.web.headers import SecurityHeaders, TooLongAddress
from gateway.web.language import LanguageChoice
from gateway.web.logs import request_log
from gateway.web.once import ONCE, MemoryOnce, OnceStore
from gateway.web.pages import PAGES, STATIC, PageContext, Pages
from gateway.web.sessions import Handler, MemorySessions, Sessions, SessionStore
from gateway.web.signing import Ncalayer
from gateway.web.translation import Translations

MAX_JSON_BYTES = 1024 * 1024
FIRST_DOMAIN = "web"


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What distinguishes one site from another."""

    key: str
    """Short name ("portal", "desk"): of the session cookie, since two sites on one host share their cookies."""
    name: Text
    domains: Sequence[str] = ()
    """Domains of translations beside `web`."""
    simulation: bool = True
    secure: bool = False
    """The site is reached by https."""
    origins: frozenset[str] = frozenset()
    """Origins from which forms are taken; empty: the one that the request itself names."""
    ncalayer: Ncalayer = field(default_factory=Ncalayer)
    machine_paths: tuple[str, ...] = ()
    """Paths that programs call (the push endpoint of ЭҮШ): no session, no form guard, no page; one that ends with a
    slash stands for all below it."""


def make_site(
    settings: SiteSettings,
    *,
    sessions: SessionStore | None = None,
    once: OnceStore | None = None,
    context: PageContext | None = None,
) -> web.Application:
    """Return an application to which routes are added; without stores, memory of the process is used."""
    translations = Translations.load((FIRST_DOMAIN, *settings.domains))
    keeper = Sessions(sessions or MemorySessions(), cookie=f"{settings.key}-session", secure=settings.secure)
    guards = [
        LanguageChoice(translations, secure=settings.secure).middleware,
        failures,
        TooLongAddress().middleware,
        keeper.middleware,
        failures,  # again, so that a refusal is answered within its session; the outer one serves when sessions fail
        FormGuard(settings.origins).middleware,
    ]
    for_people = [_unless_for_machines(guard, settings.machine_paths) for guard in guards]
    app = web.Application(middlewares=[request_log, *for_people], client_max_size=MAX_JSON_BYTES)
    app[ONCE] = once or MemoryOnce()
    app[PAGES] = Pages(
        site=settings.key,
        name=settings.name,
        simulation=settings.simulation,
        ncalayer=settings.ncalayer,
        context=context,
    )
    headers = SecurityHeaders(ncalayer_url=settings.ncalayer.url, secure=settings.secure)
    app.on_response_prepare.append(headers.on_prepare)
    app.router.add_get("/static/{name:.+}", static_file, name="static")
    app.router.add_get("/favicon.ico", icon)
    return app


def is_for_machines(request: web.Request, paths: tuple[str, ...]) -> bool:
    """Whether the request goes to a handler that programs call; what has no handler there is answered by a page."""
    if request.match_info.http_exception is not None:
        return False
    return any(request.path == path or (path.endswith("/") and request.path.startswith(path)) for path in paths)


def _unless_for_machines(guard: Middleware, paths: tuple[str, ...]) -> Middleware:
    @web.middleware
    async def only_for_people(request: web.Request, handler: Handler) -> web.StreamResponse:
        if is_for_machines(request, paths):
            return await handler(request)
        return await guard(request, handler)

    return only_for_people


async def icon(_request: web.Request) -> web.StreamResponse:
    """Answer a browser that asks for the icon where pages without our layout have it."""
    return web.FileResponse(STATIC / "icon.svg")


async def static_file(request: web.Request) -> web.StreamResponse:
    """Answer with a file of ours or of the vendors."""
    try:
        path = (STATIC / request.match_info["name"]).resolve()
        found = path.is_relative_to(STATIC) and path.is_file() and not path.name.startswith(".")
    except (OSError, ValueError) as error:  # a name that no file can have: too long, or with NUL
        raise web.HTTPNotFound from error
    if not found:
        raise web.HTTPNotFound
    response = web.FileResponse(path)
    kept = "public, max-age=31536000, immutable" if "v" in request.query else "public, max-age=60"
    response.headers["Cache-Control"] = kept
    return response
