"""The site: its addresses in one table, from which the routes and the OpenAPI description are made alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog
from aiohttp import web

from gateway.web.checks import cms, verdicts, x509, xml
from gateway.web.checks.answers import (
    AliasesAnswer,
    Answer,
    CmsAnswer,
    CmsVerificationAnswer,
    DataAnswer,
    HealthAnswer,
    VerificationAnswer,
    XmlAnswer,
)
from gateway.web.checks.bodies import read_model
from gateway.web.checks.guards import Admission, HostGuard, OriginGuard, in_json, refusals, security_headers
from gateway.web.checks.judging import Checks
from gateway.web.checks.refusals import CheckRefused
from gateway.web.checks.requests import (
    CmsCreateRequest,
    CmsVerifyRequest,
    Pkcs12Request,
    Request,
    WsseSignRequest,
    X509InfoRequest,
    X509VerifyRequest,
    XmlSignRequest,
    XmlVerifyRequest,
)
from gateway.web.logs import request_log
from gateway.web.sessions import Handler

_R = TypeVar("_R", bound=Request)
_A = TypeVar("_A", bound=Answer)
_log = structlog.get_logger("gateway.web.checks")
VERIFY, CODES, OPENAPI, API_DOCS, HEALTH = (
    "/api/v1/verify",
    "/api/v1/codes",
    "/api/v1/openapi.json",
    "/v3/api-docs",
    "/actuator/health",
)


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[_R, _A]):
    """One address of NCANode's contract."""

    path: str
    summary: str
    request: type[_R]
    answer: type[_A]
    act: Callable[[Checks, _R], Awaitable[_A]]
    signing: bool = False


ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (
    Endpoint("/x509/info", "Judge certificates", X509InfoRequest, VerificationAnswer, x509.info),
    Endpoint("/x509/verify", "Check a bare signature", X509VerifyRequest, VerificationAnswer, x509.verify),
    Endpoint("/xml/verify", "Check a signed document", XmlVerifyRequest, VerificationAnswer, xml.verify),
    Endpoint("/xml/sign", "Sign a document", XmlSignRequest, XmlAnswer, xml.sign, signing=True),
    Endpoint("/wsse/verify", "Check a signed SOAP message", XmlVerifyRequest, VerificationAnswer, xml.verify_message),
    Endpoint("/wsse/sign", "Sign a SOAP message", WsseSignRequest, XmlAnswer, xml.sign_message, signing=True),
    Endpoint("/cms/verify", "Check a CMS", CmsVerifyRequest, CmsVerificationAnswer, cms.verify),
    Endpoint("/cms/extract", "Take the content out of a CMS", CmsVerifyRequest, DataAnswer, cms.extract),
    Endpoint("/cms/sign", "Sign data", CmsCreateRequest, CmsAnswer, cms.sign, signing=True),
    Endpoint("/cms/sign/add", "Add signers to a CMS", CmsCreateRequest, CmsAnswer, cms.add, signing=True),
    Endpoint("/pkcs12/info", "Judge the certificates of keys", Pkcs12Request, VerificationAnswer, x509.pkcs12_info),
    Endpoint("/pkcs12/aliases", "Tell the names of keys", Pkcs12Request, AliasesAnswer, x509.pkcs12_aliases),
)


@dataclass(frozen=True, slots=True)
class SiteLimits:
    """How much the site takes."""

    max_body: int = 32 * 1024 * 1024
    concurrency: int = 16


def make_checks_app(
    checks: Checks,
    *,
    signing: bool = False,
    limits: SiteLimits | None = None,
    host: str = "127.0.0.1",
    hosts: Iterable[str] = (),
    origins: Iterable[str] = (),
) -> web.Application:
    """Return the site; `host` is the address that it listens on, `hosts` are further names by which it is called."""
    limits = limits or SiteLimits()
    admission = Admission(limits.concurrency)
    app = web.Application(
        middlewares=[
            request_log,
            refusals,
            HostGuard(host, hosts).middleware,
            OriginGuard(origins).middleware,
            refusals,  # again, so that a named origin may read a refusal
            admission.middleware,
        ],
        client_max_size=limits.max_body,
    )
    app.on_response_prepare.append(security_headers)
    for endpoint in ENDPOINTS:
        served = _signing_off if endpoint.signing and not signing else _handler(endpoint, checks, admission)
        app.router.add_post(endpoint.path, served)
    app.router.add_post(VERIFY, _verdict_handler(checks, admission, limits))
    app.router.add_get(CODES, _codes)
    app.router.add_get(OPENAPI, _openapi)
    app.router.add_get(API_DOCS, _api_docs)
    app.router.add_get(HEALTH, _health)
    return app


def _handler(endpoint: Endpoint[Any, Any], checks: Checks, admission: Admission) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        asked = await read_model(request, endpoint.request)
        async with admission.work():
            answer: Answer = await endpoint.act(checks, asked)
        body = answer.to_json()
        if "verdict" in body:
            _log.info("checked", verdict=body["verdict"], code=body["code"])
        return in_json(body)

    return handle


def _verdict_handler(checks: Checks, admission: Admission, limits: SiteLimits) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        question = await verdicts.read_question(request, max_bytes=limits.max_body)
        async with admission.work():
            body = await verdicts.judge(checks, question)
        _log.info("checked", verdict=body["verdict"], code=body["code"])
        return in_json(body)

    return handle


async def _signing_off(_request: web.Request) -> web.StreamResponse:
    raise CheckRefused("Signing is switched off on this server", status=403, details="setting checks.signing")


async def _codes(_request: web.Request) -> web.StreamResponse:
    return in_json(verdicts.all_codes())


async def _openapi(_request: web.Request) -> web.StreamResponse:
    from gateway.web.checks.openapi import description

    return in_json(description())


async def _api_docs(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound(OPENAPI)


async def _health(_request: web.Request) -> web.StreamResponse:
    return in_json(HealthAnswer(status="UP").to_json())
