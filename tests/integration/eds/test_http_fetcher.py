"""The fetcher over real HTTP on loopback: what it brings, and what it refuses to bring."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.eds.codes import Code
from gateway.eds.revocation.fetch import FetchFailed, HttpFetcher


async def echo(request: web.Request) -> web.Response:
    return web.Response(body=request.content_type.encode() + b" " + await request.read())


async def slow(request: web.Request) -> web.Response:
    await asyncio.sleep(5)
    return web.Response()


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(1000):
        await response.write(b"x" * 1000)
    return response


async def moved(request: web.Request) -> web.Response:
    raise web.HTTPFound("/echo")


async def broken(request: web.Request) -> web.Response:
    raise web.HTTPBadGateway


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_post("/echo", echo)
    app.router.add_get("/slow", slow)
    app.router.add_get("/endless", endless)
    app.router.add_get("/moved", moved)
    app.router.add_get("/broken", broken)
    async with TestServer(app, host="127.0.0.1") as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    async with aiohttp.ClientSession() as http:
        yield HttpFetcher(http, timeout_seconds=0.5)


async def test_question_arrives_with_its_type(server: TestServer, fetcher: HttpFetcher) -> None:
    answer = await fetcher.post(
        str(server.make_url("/echo")), b"ask", content_type="application/ocsp-request", max_bytes=100
    )
    assert answer == b"application/ocsp-request ask"


@pytest.mark.parametrize("path", ["/slow", "/endless", "/moved", "/broken", "/absent"])
async def test_what_is_slow_large_moved_or_broken_is_not_brought(
    server: TestServer, fetcher: HttpFetcher, path: str
) -> None:
    with pytest.raises(FetchFailed) as failure:
        await fetcher.get(str(server.make_url(path)), max_bytes=10_000)
    assert failure.value.code is Code.REVOCATION_UNAVAILABLE


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://", "nonsense", "file:///etc/passwd"])
async def test_what_is_no_address_is_not_brought(fetcher: HttpFetcher, url: str) -> None:
    with pytest.raises(FetchFailed):
        await fetcher.get(url, max_bytes=10)
