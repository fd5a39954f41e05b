"""Bodies of forms: malformed, oversized, packed, slow, endless."""

import asyncio
import zlib

import pytest

from gateway.shep.names import ASYNC_PATH
from tests.acceptance.hostile.visitor import FORM, visitor

SITES = ["portal", "desk"]
BOUNDARY = "multipart/form-data; boundary=B"
ENDLESS = 40 * 1024 * 1024


def part(name, content, *headers, disposition=None):
    first = disposition or f'form-data; name="{name}"'
    lines = [f"Content-Disposition: {first}", *headers]
    return b"--B\r\n" + "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + content + b"\r\n"


END = b"--B--\r\n"
MALFORMED = {
    "empty": b"",
    "garbage": b"garbage",
    "no end": b'--B\r\nContent-Disposition: form-data; name="number"\r\n\r\nabc',
    "no headers": b"--B\r\n\r\nabc\r\n" + END,
    "no name": part("", b"abc", disposition="form-data") + END,
    "nested": b"--B\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n\r\nx\r\n--C--\r\n" + END,
    "long charset": part("_charset_", b"x" * 40) + END,
    "utf-7": part("_charset_", b"utf-7") + part("number", b"+AGE-\xff") + END,
    "no utf-8": part("number", b"\xff\xfe") + END,
    "nul": part("number", b"a\x00b") + END,
    "name is no utf-8": part("\udcff", b"x") + END,
    "negative length": part("number", b"abc", "Content-Length: -5") + END,
    "length is no number": part("number", b"abc", "Content-Length: abc") + END,
    "length too large": part("number", b"abc", "Content-Length: 99999") + END,
    "length past the end": part("number", b"abc", "Content-Length: 3000000000") + END,
    "one huge header": part("number", b"abc", "X: " + "a" * 900_000) + END,
    "many headers": part("number", b"abc", *(f"X-{n}: {'a' * 80}" for n in range(9000))) + END,
    "a line without end": b"a" * 1_000_000,
    "an endless prologue": b"\r\n" * 450_000,
}


@pytest.mark.parametrize("site", SITES)
async def test_a_malformed_form_is_told_so_and_changes_nothing(country, site):
    async with visitor(country, site) as one, country.unchanged(), country.answering():
        answers = {what: await one.post_bytes("/sign-in", BOUNDARY, body) for what, body in MALFORMED.items()}
    assert {what: answer.status for what, answer in answers.items() if answer.status not in {400, 413}} == {}
    assert [what for what, answer in answers.items() if "qz-simulation" not in answer.text] == []


async def test_a_body_of_a_wrong_kind_is_told_so(country):
    kinds = [
        ("multipart/form-data", b"abc"),
        ("multipart/form-data; boundary=", b"abc"),
        ("multipart/form-data; boundary=" + "B" * 300, b"abc"),
        ("multipart/form-data; boundary=\udcff", b"abc"),
        ("multipart/mixed; boundary=B", part("number", b"x") + END),
        (FORM, b"number=%ff%fe"),
        (FORM, b"number=\xff"),
        (FORM, b"number=%00"),
        (FORM, b"&".join(b"a%d=1" % n for n in range(101))),
        (FORM, b"=" * 1_000_000),
        (FORM + "; charset=utf-16", b"number=%ff"),
        ("application/xml", b"<a/>"),
        ("text/plain", b"number=1"),
        ("application/json", b'{"number": "1"}'),
        ("application/json", b"[" * 100_000),
    ]
    async with visitor(country) as one, country.unchanged():
        for content_type, body in kinds:
            answer = await one.post_bytes("/sign-in", content_type, body)
            assert answer.status in {400, 413, 415}, content_type
            assert "qz-simulation" in answer.text or answer.header("Content-Type").startswith("application/json")


async def test_too_many_parts_are_refused_before_they_are_read(country):
    for one_part in (part("a", b"x"), part("a", b"", disposition='form-data; name="a"; filename=""')):
        async with visitor(country) as one, country.answering(within=0.7):
            answer = await one.post_bytes("/sign-in", BOUNDARY, one_part * 11_000 + END)
        assert answer.status == 413


DOORS = [
    ("portal", "/sign-in", FORM),
    ("portal", "/sign-in", BOUNDARY),
    ("desk", "/sign-in", FORM),
    ("portal", "/shep/push", "text/xml"),
    ("desk", "/shep/push", "text/xml"),
    ("shep", ASYNC_PATH, "text/xml"),
    ("shep", "/admin/faults", "application/json"),
    ("world", "/nca/admin/crl", "application/json"),
    ("world", "/nca/ocsp", "application/ocsp-request"),
    ("world", "/gbdfl/shep/ask", "text/xml"),
    ("ncalayer_plain", "/window/answer", "application/json"),
]


@pytest.mark.parametrize(("name", "window"), [("gzip", 31), ("deflate", 15)])
async def test_a_packed_body_is_never_unpacked(country, name, window):
    packed = zlib.compressobj(9, zlib.DEFLATED, window)
    bomb = b"".join(packed.compress(b"a" * 2**20) for _ in range(600)) + packed.flush()
    async with country.answering(within=0.7, memory=60):
        for part_of_country, path, content_type in DOORS:
            headers = [f"Content-Type: {content_type}", f"Content-Encoding: {name}"]
            request = country.request(part_of_country, f"POST {path}", *headers, body=bomb)
            answer = await country.raw(part_of_country, request)
            assert answer.status in {0, 400, 403, 413, 415, 500}, path


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(
    ("content_type", "start"),
    [
        (FORM, b"number="),
        (BOUNDARY, b'--B\r\nContent-Disposition: form-data; name="number"\r\n\r\n'),
        (BOUNDARY, b'--B\r\nContent-Disposition: form-data; name="n"\r\nContent-Length: -5\r\n\r\n'),
        (BOUNDARY, b"prologue "),
        ("text/xml", b"<a>"),
    ],
)
async def test_a_body_without_end_is_not_kept(country, site, content_type, start):
    path = "/shep/push" if content_type == "text/xml" else "/sign-in"
    reader, writer = await asyncio.open_connection("127.0.0.1", country.port(site))
    request = country.request(
        site,
        f"POST {path}",
        f"Origin: {country.at(site)}",
        f"Content-Type: {content_type}",
        "Transfer-Encoding: chunked",
    )
    async with country.answering(memory=90):
        try:
            writer.write(request + b"%x\r\n%b\r\n" % (len(start), start))
            for _ in range(ENDLESS // 65536):
                writer.write(b"10000\r\n" + b"a" * 65536 + b"\r\n")
                await asyncio.wait_for(writer.drain(), 3)
                if reader.at_eof():
                    break
        except (ConnectionError, TimeoutError):
            pass  # the other side has had enough
        answer = await asyncio.wait_for(reader.read(100), 20)
        writer.close()
    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 500")) or answer == b""


async def test_many_slow_senders_hold_nobody_up(country):
    slow = []
    for number in range(150):
        reader, writer = await asyncio.open_connection("127.0.0.1", country.port("portal"))
        lines = country.request("portal", "POST /sign-in", f"Content-Type: {FORM}", "Content-Length: 1000")
        writer.write(lines if number % 2 else lines[:40])
        slow.append((reader, writer))
    async with country.answering(within=0.7):
        await asyncio.sleep(1)
    for _, writer in slow:
        writer.close()
