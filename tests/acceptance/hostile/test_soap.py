"""The doors of ЭҮШ, of its participants and of the registries: every hostile envelope gets a signed fault."""

import asyncio

import pytest
from lxml import etree

from gateway.eds.keys import load_pkcs12
from gateway.eds.wsse import verify_body
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from simulators.keys import system_password
from tests.acceptance.hostile.envelopes import HOSTILE, PLAIN, SOAP, signed
from tests.acceptance.hostile.signing import key_of

pytestmark = pytest.mark.full  # the fast sample has `tests/integration/shep/test_bad_input.py`

DOORS = {
    "portal push": ("portal", "/shep/push"),
    "desk push": ("desk", "/shep/push"),
    "central async": ("shep", ASYNC_PATH),
    "central sync": ("shep", SYNC_PATH),
    "regional async": ("rshep", ASYNC_PATH),
    "regional sync": ("rshep", SYNC_PATH),
    "persons": ("world", "/gbdfl/shep/ask"),
    "organisations": ("world", "/gbdul/shep/ask"),
    "temporary store": ("world", "/tempstorage/shep/ask"),
}


async def pushed(country, door, body, *headers):
    part, path = DOORS[door]
    kind = () if any(one.startswith("Content-Type") for one in headers) else ("Content-Type: text/xml; charset=utf-8",)
    return await country.raw(part, country.request(part, f"POST {path}", *kind, *headers, body=body))


def fault_of(country, door, answer):
    """The fault's code, once its form and its signature have been checked."""
    assert answer.status == 500, (door, answer.text[:300])
    assert answer.header("Content-Type").startswith("text/xml")
    root = etree.fromstring(answer.body)
    fault = root.find(f".//{{{SOAP}}}Fault")
    assert fault is not None
    text = etree.tostring(root, encoding="unicode")
    assert "root:x" not in text
    assert "Traceback" not in text
    if DOORS[door][0] in {"portal", "desk", "world"}:
        verify_body(root)
    return fault.findtext("faultcode")


@pytest.mark.parametrize("door", DOORS)
async def test_a_hostile_envelope_is_answered_by_a_fault_and_changes_nothing(country, door):
    async with country.unchanged(), country.answering(within=4, memory=260):
        codes = {what: fault_of(country, door, await pushed(country, door, body)) for what, body in HOSTILE.items()}
    assert {what: code for what, code in codes.items() if code not in {"SCE001", "SCE006", "SCE007"}} == {}


@pytest.mark.parametrize("door", ["portal push", "desk push", "central async", "persons"])
async def test_who_is_no_party_is_not_listened_to_however_well_it_signs(country, scene, door):
    folder = country.installation.folder
    strangers = {name: key_of(folder, name) for name in ("applicant-other-sign", "karaganda-head-sign")}
    for system in ("channels", "desk", "gbdfl"):
        file = folder / "keys" / f"{system}.p12"
        password = system_password(country.installation, system)
        strangers[system] = await asyncio.to_thread(load_pkcs12, file.read_bytes(), password)
    async with country.unchanged():
        for name, key in strangers.items():
            body = await asyncio.to_thread(signed, PLAIN, key)
            code = fault_of(country, door, await pushed(country, door, body))
            assert code in {"SCE001", "SCE006"}, name
            split = body.replace(b"<request/>", b"<request><!-- --></request>")
            assert fault_of(country, door, await pushed(country, door, split)) in {"SCE001", "SCE006"}
            moved = body.replace(b"<request/>", b"<request>x</request>")
            assert fault_of(country, door, await pushed(country, door, moved)) == "SCE006"


KINDS = [
    "Content-Type: application/json",
    "Content-Type: multipart/related; boundary=x",
    "Content-Type: text/html",
    "Content-Type: \udcff",
    "Content-Encoding: gzip",
    "Content-Encoding: deflate, gzip",
    "Content-Encoding: \udcff",
    "Content-Encoding: identity\r\nContent-Encoding: gzip",
    "Content-Type: text/xml; charset=utf-7",
    'SOAPAction: "urn:other"',
    "SOAPAction: \udcff",
]


@pytest.mark.parametrize("door", ["portal push", "central async", "persons"])
async def test_a_body_of_another_kind_is_not_read(country, door):
    async with country.unchanged():
        for header in KINDS:
            assert fault_of(country, door, await pushed(country, door, b"<a/>", header)) == "SCE001", header


async def test_many_large_bodies_at_once_are_borne(country):
    body = HOSTILE["a long attribute"]
    async with country.answering(within=4, memory=330):
        answers = await asyncio.gather(*(pushed(country, "portal push", body) for _ in range(8)))
    assert {fault_of(country, "portal push", answer) for answer in answers} <= {"SCE001", "SCE007"}


async def test_the_registries_and_gateways_show_their_description_and_nothing_else(country):
    for part, path in (("shep", ASYNC_PATH), ("shep", SYNC_PATH)):
        for query in ("?wsdl", "?wsdl=../../secret", "?xsd=../../../etc/passwd", "?xsd=/etc/passwd", "?xsd=%00"):
            answer = await country.raw(part, country.request(part, f"GET {path}{query}"))
            assert answer.status in {200, 400, 404, 405}, query
            assert "root:" not in answer.text
