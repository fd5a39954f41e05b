"""Making pages: Jinja2 over the govuk macros, with what every page of a site knows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Any

from aiohttp import web
from jinja2 import (
    BytecodeCache,
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
)
from jinja2.bccache import Bucket
from markupsafe import Markup

from gateway.texts import Text
from gateway.web import csrf, once
from gateway.web.dates import day, moment
from gateway.web.forms import FormErrors
from gateway.web.language import language_links
from gateway.web.logs import request_id_of
from gateway.web.sessions import session_of
from gateway.web.signing import Ncalayer, as_base64, signer_parameters
from gateway.web.translation import gettext, language, ngettext, spoken

TEMPLATES = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")
PageContext = Callable[[web.Request], Mapping[str, Any]]

_request: ContextVar[web.Request] = ContextVar("qyzmet_request")
_LOCAL = re.compile(r"/(?![/\\])[!-~]*")
"""A path of this site. Browsers drop tabs and line ends inside an address and take a backslash for a slash."""


class _CompiledOnce(BytecodeCache):
    """What is compiled for one site of a process serves its other sites, which share macros and layout."""

    def __init__(self) -> None:
        self._compiled: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._compiled.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._compiled[bucket.key] = (bucket.checksum, bucket.code)


_COMPILED = _CompiledOnce()


class Pages:
    """The templates of one site and the variables that each page has."""

    def __init__(
        self, *, site: str, name: Text, simulation: bool, ncalayer: Ncalayer, context: PageContext | None = None
    ) -> None:
        self._context = context
        self.environment = _environment()
        self.environment.globals.update(
            site=site, site_name=name, simulation=simulation, ncalayer=ncalayer, signer_parameters=signer_parameters
        )

    def render(self, request: web.Request, template: str, status: int = 200, **values: Any) -> web.Response:
        """Return the page; `errors` (FormErrors) in `values` gives the summary and the title's prefix."""
        token = _request.set(request)
        try:
            session = session_of(request)
            values.setdefault("errors", FormErrors())
            context = {
                "flashes": session.take_flashes(),
                "account": session.account,
                "languages": language_links(request),
                "path": request.path,
                "request_id": request_id_of(request),
                **(self._context(request) if self._context else {}),
                **values,
            }
            body = self.environment.get_template(template).render(context)
        finally:
            _request.reset(token)
        return web.Response(text=body, content_type="text/html", charset="utf-8", status=status)


PAGES = web.AppKey("pages", Pages)


def render(request: web.Request, template: str, status: int = 200, **values: Any) -> web.Response:
    """Return a page of the request's site; with form errors the status is 400 unless said otherwise."""
    if status == 200 and values.get("errors"):
        status = 400
    return request.config_dict[PAGES].render(request, template, status, **values)


def is_local(address: str) -> bool:
    """Whether the address can lead nowhere but to a page of this site."""
    return _LOCAL.fullmatch(address) is not None


def redirect(location: str) -> web.Response:
    """Return a 303 to an address of this site; raises `ValueError` for an address that could lead elsewhere."""
    if not is_local(location):
        raise ValueError(f"not an address of this site: {location!r}")
    return web.Response(status=303, headers={"Location": location})


def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(TEMPLATES),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
        autoescape=True,
        undefined=ChainableUndefined,  # the govuk macros read parameters that were not given
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
        bytecode_cache=_COMPILED,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(gettext, ngettext, newstyle=False)  # type: ignore[attr-defined]
    environment.globals.update(
        _=gettext,
        language=language,
        static=static_address,
        csrf_field=csrf_field,
        once_field=once_field,
    )
    environment.filters.update(day=day, moment=moment, spoken=spoken, base64=as_base64)
    return environment


def csrf_field() -> Markup:
    """Return the hidden field with the session's token; every form with method post has it."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(csrf.FIELD, session_of(_request.get()).csrf)


def once_field() -> Markup:
    """Return the hidden field with a new one-time token, for forms whose handler is marked `once`."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(once.FIELD, once.new_token())


@lru_cache(maxsize=256)
def static_address(name: str) -> str:
    """Return the address of a file under `static/`, with its digest, so that a browser may keep it for good."""
    path = STATIC / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else ""
    return f"/static/{name}?v={digest}" if digest else f"/static/{name}"
