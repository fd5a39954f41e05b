"""The JSON doors of the simulators and the binary ones of НУЦ: a structured error, nothing changed."""

import json
import re

import pytest

from simulators.keys import system_password
from simulators.population.cast import SYSTEMS

JSON = "Content-Type: application/json"
FORM = "application/x-www-form-urlencoded"
FOREIGN = ["evil.test", "evil.test:80", "127.0.0.1.evil.test", "[::2]", "localhost.", "0x7f.1", "\udcff"]
DOORS = {
    "clock": ("PUT", "world", "/time/clock"),
    "certificates": ("POST", "world", "/nca/admin/certificates"),
    "people": ("POST", "world", "/nca/admin/people"),
    "lists": ("POST", "world", "/nca/admin/crl"),
    "faults of the НУЦ": ("PUT", "world", "/nca/admin/faults"),
    "faults of persons": ("PUT", "world", "/gbdfl/admin/faults"),
    "faults of organisations": ("PUT", "world", "/gbdul/admin/faults"),
    "faults of the store": ("PUT", "world", "/tempstorage/admin/faults"),
    "systems": ("POST", "shep", "/admin/systems"),
    "faults of the centre": ("POST", "shep", "/admin/faults"),
    "faults of the region": ("POST", "rshep", "/admin/faults"),
    "answers of the window": ("POST", "ncalayer_plain", "/window/answer"),
}
BODIES = {
    "nothing": b"",
    "truncated": b'{"a":',
    "an array": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "two values": b"{} {}",
    "deep": b"[" * 3900,
    "deep objects": b'{"a":' * 700 + b"1" + b"}" * 700,
    "very deep": b"[" * 300_000,
    "a huge number": b'{"rate":' + b"9" * 3900 + b"}",
    "infinity": b'{"rate": 1e999, "seconds": 1e999, "delay_seconds": 1e999}',
    "not a number": b'{"rate": NaN, "seconds": NaN, "delay_seconds": NaN}',
    "minus infinity": b'{"rate": -Infinity}',
    "twice": b'{"rate": 1, "rate": 2}',
    "twice inside": b'{"fault": "none", "fault": "down"}',
    "no utf-8": b'{"a": "\xff"}',
    "utf-16": '{"rate": 2}'.encode("utf-16"),
    "half a pair": b'{"id": "\\ud800"}',
    "nul": b'{"id": "a\\u0000b"}',
    "unknown member": b'{"__proto__": {"a": 1}, "constructor": 1}',
    "wrong types": b'{"rate": "2", "fault": 1, "id": [], "place": {}, "system": 5, "ocsp": true}',
    "a megabyte": b'{"a": "' + b"x" * 1_000_000 + b'"}',
    "seventeen megabytes": b" " * 17_000_000,
}


@pytest.fixture
async def window_token(country):
    answer = await country.raw("ncalayer_plain", country.request("ncalayer_plain", "GET /window/requests"))
    return json.loads(answer.body)["token"]


async def state(country):
    """What the admin doors could have changed."""
    told = {}
    for part, path in (
        ("world", "/nca/admin/faults"),
        ("world", "/gbdfl/admin/faults"),
        ("world", "/gbdul/admin/faults"),
        ("world", "/tempstorage/admin/faults"),
        ("shep", "/admin/faults"),
        ("shep", "/admin/registry"),
        ("rshep", "/admin/faults"),
    ):
        told[path, part] = (await country.raw(part, country.request(part, f"GET {path}"))).body
    clock = json.loads((await country.raw("world", country.request("world", "GET /time/clock"))).body)
    return told, clock["rate"], clock["version"]


def error_of(answer, what):
    assert 400 <= answer.status < 500, (what, answer.status, answer.text[:200])
    assert answer.header("Content-Type").startswith("application/json"), what
    error = json.loads(answer.body)["error"]
    assert "Traceback" not in answer.text
    assert "/work" not in answer.text
    return error


@pytest.mark.parametrize("door", DOORS)
async def test_json_that_is_none_or_too_much_is_refused_in_json(country, window_token, door):
    method, part, path = DOORS[door]
    before = await state(country)
    async with country.unchanged(), country.answering(within=1):
        for what, body in BODIES.items():
            headers = [JSON, f"X-Window-Token: {window_token}"]
            answer = await country.raw(part, country.request(part, f"{method} {path}", *headers, body=body or b" "))
            error_of(answer, what)
    assert await state(country) == before


@pytest.mark.parametrize("door", DOORS)
async def test_what_a_foreign_page_could_send_unasked_is_refused(country, window_token, door):
    method, part, path = DOORS[door]
    before = await state(country)
    body = b'{"rate": 2, "fault": "down", "ocsp": "down", "place": "push", "kind": "down"}'
    async with country.unchanged():
        for kind in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "",
            "\udcff",
        ):
            headers = [f"Content-Type: {kind}", f"X-Window-Token: {window_token}", "Origin: http://evil.test"]
            error_of(await country.raw(part, country.request(part, f"{method} {path}", *headers, body=body)), kind)
    assert await state(country) == before


@pytest.mark.parametrize("part", ["world", "shep", "rshep", "ncalayer_plain"])
@pytest.mark.parametrize(
    "host", ["evil.test", "evil.test:80", "127.0.0.1.evil.test", "[::2]", "localhost.", "0x7f.1", "\udcff"]
)
async def test_a_foreign_name_that_was_rebound_to_this_machine_is_refused(country, part, host):
    path = {"world": "/time/clock", "ncalayer_plain": "/window/requests"}.get(part, "/admin/registry")
    request = country.request(part, f"GET {path}").replace(
        f"Host: 127.0.0.1:{country.port(part)}".encode(), f"Host: {host}".encode("utf-8", "surrogateescape")
    )
    answer = await country.raw(part, request)
    assert answer.status in {400, 421}
    assert b"token" not in answer.body


NOTHING = [
    ("world", "GET /time/clock?after=%00"),
    ("world", "GET /time/clock?after=" + "9" * 400),
    ("world", "GET /nca/admin/people/%00/sign"),
    ("world", "GET /nca/admin/people/x/%00"),
    ("world", "GET /nca/admin/certificates/%00"),
    ("world", "GET /nca/admin/certificates?iin=%00"),
    ("world", "GET /nca/admin/certificates?limit=-1"),
    ("world", "GET /nca/admin/certificates?limit=1e9"),
    ("world", "GET /nca/people/..%2f..%2fkeys%2fdesk.p12"),
    ("world", "GET /nca/people/../keys/desk.p12"),
    ("world", "GET /nca/people/system-desk.p12"),
    ("world", "GET /nca/people/system-desk.sign.p12"),
    ("world", "GET /nca/crl/..%2f..%2fsecret.crl"),
    ("world", "GET /nca/cert/%2e%2e%2fsecret.cer"),
    ("world", "GET /gbdfl/admin/people/%00"),
    ("world", "DELETE /tempstorage/admin/files/%00"),
    ("world", "DELETE /tempstorage/admin/files/x"),
    ("world", "GET /nowhere"),
    ("world", "DELETE /time/clock"),
    ("shep", "GET /admin/messages?state=%00"),
    ("shep", "GET /admin/journal?message_id=%00"),
    ("shep", "GET /admin/journal?limit=x"),
    ("shep", "GET /admin/journal?limit=%D9%A3x"),
    ("shep", "GET /admin/nowhere"),
    ("rshep", "PUT /admin/journal"),
    ("ncalayer_plain", "GET /window/..%2fwindow.py"),
    ("ncalayer_plain", "GET /nowhere"),
    ("ncalayer_plain", "POST /window"),
]


async def test_an_address_of_nothing_is_refused_in_json(country):
    async with country.unchanged():
        for part, line in NOTHING:
            error_of(await country.raw(part, country.request(part, line)), line)


async def test_the_clock_does_not_leave_the_years_that_everybody_can_count(country):
    before = await state(country)
    for asked in (
        {"simulated": "9999-12-31T23:59:59+00:00"},
        {"simulated": "9999-12-31T23:59:59-14:00"},
        {"simulated": "0001-01-01T00:00:00+14:00"},
        {"simulated": "2026-11-21T10:00:00"},
        {"simulated": "1e9"},
        {"offset_seconds": 1e308},
        {"offset_seconds": -1e308},
        {"rate": -1},
        {"rate": 1e9},
        {},
    ):
        body = json.dumps(asked).encode()
        error_of(await country.raw("world", country.request("world", "PUT /time/clock", JSON, body=body)), asked)
    assert await state(country) == before


DER = {
    "nothing": b" ",
    "long length": b"\x30\x84\xff\xff\xff\xff",
    "indefinite": b"\x30\x80" * 1000,
    "deep": b"".join(b"\x30\x82" + (4 * n).to_bytes(2, "big") for n in range(900, 0, -1)),
    "truncated": b"\x30\x82\xff\xff" + b"A" * 100,
    "text": b"A" * 3000,
    "too large": b"\x30" * 3_000_000,
}


@pytest.mark.parametrize(
    ("path", "kind"), [("/nca/ocsp", "application/ocsp-request"), ("/nca/tsp", "application/timestamp-query")]
)
async def test_a_request_in_spoilt_der_is_refused_in_the_protocols_own_way(country, path, kind):
    async with country.unchanged(), country.answering():
        for what, body in DER.items():
            answer = await country.raw(
                "world", country.request("world", f"POST {path}", f"Content-Type: {kind}", body=body)
            )
            assert answer.status in {200, 400, 413}, what
            if answer.status == 200:
                assert answer.header("Content-Type") in {"application/ocsp-response", "application/timestamp-reply"}
                assert len(answer.body) < 200
    wrong = await country.raw("world", country.request("world", f"POST {path}", "Content-Type: text/plain", body=b"x"))
    assert wrong.status == 415


async def test_no_key_of_a_system_is_given_away(country, scene):
    people = await country.raw("world", country.request("world", "GET /nca/people"))
    assert not re.search("system-|QYZMET_|SHEP", people.text)
    for part, path in (("shep", "/admin/registry"), ("rshep", "/admin/registry"), ("shep", "/admin/journal")):
        answer = await country.raw(part, country.request(part, f"GET {path}"))
        assert answer.status == 200
        assert [name for name in SYSTEMS if system_password(country.installation, name) in answer.text] == []
        at_the_gateway = {name: system_password(country.installation, f"{name} at the gateway") for name in SYSTEMS}
        assert [name for name, password in at_the_gateway.items() if password in answer.text] == []
