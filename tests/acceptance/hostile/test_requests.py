"""Requests that no browser sends: the answer is a page, nothing breaks, nothing changes."""

import re

import pytest

SITES = ["portal", "desk"]
TORN = "\udcff"


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/shep/push"])
async def test_a_method_that_a_page_does_not_have_is_said_so_by_a_page(country, site, method, path):
    answer = await country.raw(site, country.request(site, f"{method} {path}"))
    assert answer.status == 405
    assert "POST" in answer.header("Allow")
    assert "qz-simulation" in answer.text
    assert "method-not-allowed" in answer.text


@pytest.mark.parametrize("site", SITES)
async def test_the_push_endpoint_shows_a_browser_its_description_and_nothing_else(country, site):
    answer = await country.raw(site, country.request(site, "GET /shep/push"))
    assert answer.status == 405
    assert "POST" in answer.header("Allow")
    answer = await country.raw(site, country.request(site, "GET /shep/push?wsdl"))
    assert (answer.status, answer.header("Content-Type").split(";")[0]) == (200, "text/xml")
    for path in ("?wsdl=../../secret", "/..%2f..%2fsettings.yaml", "/itypes/nothing.xsd", "/itypes/..%2f..%2fx"):
        answer = await country.raw(site, country.request(site, f"GET /shep/push{path}"))
        assert answer.status in {303, 404}, path  # the desk shows a stranger its sign-in page


@pytest.mark.parametrize("path", ["/shep/pushed", "/shep/push/", "/shep/push/../../sign-out", "/shep/push%2f"])
async def test_the_open_door_for_programs_is_exactly_one(country, path):
    body = b"<Envelope/>"
    answer = await country.raw("portal", country.request("portal", f"POST {path}", "Content-Type: text/xml", body=body))
    assert answer.status in {403, 404, 405}
    assert "qz-simulation" in answer.text


HEADERS = {
    "Referer: http://[": 403,
    "Origin: http://[": 403,
    "Origin: http://evil.test": 403,
    f"Origin: {TORN}": 403,
    f"X-CSRF-Token: {TORN}": 403,
    f"Content-Type: {TORN}": 415,
    "Content-Type: text/plain": 415,
    "Content-Encoding: gzip": 415,
    "Content-Encoding: br": 415,
    f"Content-Encoding: {TORN}": 415,
}


@pytest.mark.parametrize("site", SITES)
async def test_a_header_that_is_no_header_gets_a_page_that_says_what_is_wrong(country, site):
    async with country.unchanged():
        for header, status in HEADERS.items():
            kind = [] if header.startswith("Content-Type") else ["Content-Type: application/x-www-form-urlencoded"]
            answer = await country.raw(site, country.request(site, "POST /sign-in", header, *kind, body=b"a=b"))
            assert answer.status == status, header
            assert "qz-simulation" in answer.text
            assert "Traceback" not in answer.text


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("value", [TORN * 43, '"' + TORN * 43 + '"', "a" * 43, "a" * 4000, "=;=;\\x", "\\054" * 43])
async def test_a_cookie_that_is_no_session_is_nobodys(country, site, value):
    answer = await country.raw(site, country.request(site, "GET /sign-in", f"Cookie: {site}-session={value}"))
    assert answer.status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/services/%00",
        "/services/%ff%fe",
        "/services/..%2f..%2fetc",
        "/verify/%00?d=%00",
        "/verify?number=%00&d=%ff",
        "/cabinet/%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3%D9%A3",
        "/?" + "&".join(f"a{n}=1" for n in range(60)),
        "/" + "a" * 7000,
        "/?lang=" + "x" * 7000,
    ],
)
async def test_an_address_of_nothing_is_a_page_and_no_failure(country, path):
    answer = await country.raw("portal", country.request("portal", f"GET {path}"))
    assert answer.status in {200, 303, 400, 404}
    assert answer.status == 303 or "qz-simulation" in answer.text


async def test_no_link_of_a_page_leads_to_the_host_that_its_address_names(country):
    for line in ("GET //evil.test/x", "GET ///evil.test/services", "GET http://evil.test/nowhere"):
        answer = await country.raw("portal", country.request("portal", line))
        links = re.findall(r'(?:href|action|src)="([^"]*)"', answer.text)
        assert links
        assert [link for link in links if "evil" in link] == []


NO_HTTP = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X%d: a\r\n" % n for n in range(5000)) + b"\r\n",
    b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /shep/push HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n",
    b"\x00" * 10_000,
]


@pytest.mark.parametrize("part", ["portal", "desk", "shep", "world", "ncalayer_plain"])
async def test_what_is_no_http_is_refused_and_nothing_else_suffers(country, part):
    async with country.answering():
        for data in NO_HTTP:
            answer = await country.raw(part, data)
            assert answer.status in {0, 400, 403, 413, 415, 500}, data[:60]
            assert "File " not in answer.text


async def test_a_proxy_a_websocket_or_a_tunnel_is_not_to_be_had(country):
    for line, *headers in (
        ("CONNECT 127.0.0.1:5432",),
        ("GET http://127.0.0.1:1/", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
        ("GET /", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"),
    ):
        answer = await country.raw("portal", country.request("portal", line, *headers))
        assert answer.status in {200, 400, 404, 405}
