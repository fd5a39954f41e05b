"""Lays our answers beside those that the client's authors recorded with the real NCALayer."""

import json
import re
from pathlib import Path

import pytest

from gateway.clock import ManualClock
from simulators.ncalayer import cades
from simulators.ncalayer.connection import Connection
from simulators.ncalayer.dialog import Automatic
from simulators.ncalayer.keyring import open_pkcs12
from simulators.ncalayer.program import Caller, Program
from tests.unit.ncalayer.keys import NOW, PASSWORD, person_keys, ring

RECORDED = Path(__file__).resolve().parents[3] / "node_modules/ncalayer-js-client/test/test-data.json"
OTHER_PROGRAM = "kz.digiflow.mobile.extensions"


def recordings():
    if not RECORDED.exists():
        return []
    return [one for one in json.loads(RECORDED.read_text("utf-8")) if OTHER_PROGRAM not in one["request"]]


class AnyTime:
    """A token of the right type; what it stamps is tested with openssl."""

    async def token(self, signature, digest):
        key = open_pkcs12(person_keys()["umit-sign"].content, PASSWORD)
        return cades.sign(cades.Content.of(signature, key.algorithm, attached=True), key, NOW).message()


def shape(value):
    """What must agree: members and types; texts of signatures and certificates are each program's own."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return type(value).__name__


def test_there_are_recordings_to_compare_with():
    if not RECORDED.exists():
        pytest.skip("ncalayer-js-client is not installed: `python -m gateway.web.vendor`")
    assert len(recordings()) > 40


@pytest.mark.parametrize("recorded", recordings(), ids=lambda one: json.loads(one["task"])["exec"])
async def test_our_answer_is_of_the_recorded_form(recorded):
    expected = json.loads(recorded["response"])
    cancelled = expected in ({"body": {}, "status": True}, {"code": "500", "message": "action.canceled"})
    hardware = frozenset() if expected == {"responseObject": [], "code": "200"} else frozenset({"AKKaztokenStore"})
    chooser = Automatic(ring(), lambda _question: None if cancelled else ("umit-sign", PASSWORD))
    program = Program(chooser, ManualClock(NOW), AnyTime(), hardware | {"PKCS12"})
    ours = json.loads(await Connection(program, Caller(None), version="1.2").answer(recorded["request"]))

    message = expected.pop("message", None)
    if message and "SAXParseException" in message:
        assert ours.pop("message").startswith("org.xml.sax.SAXParseException; lineNumber: 1; columnNumber: ")
    elif message:
        assert ours.pop("message") == message
    result = expected.get("responseObject")
    if isinstance(result, dict):
        # What the recording keeps of a certificate is one member.
        assert result.keys() <= ours["responseObject"].keys()
        return
    assert shape(ours) == shape(expected)
    assert {name: ours.get(name) for name in ("code", "status", "details")} == {
        name: expected.get(name) for name in ("code", "status", "details")
    }


def digests(text):
    return re.findall(r"<ds:DigestValue>([^<]+)<", text)


def outline(text):
    return re.findall(r"<(/?ds:[A-Za-z0-9]+)|Algorithm=\\?\"([^\"\\]+)", text)


@pytest.mark.parametrize(
    "recorded",
    [one for one in recordings() if "<ds:" in one["response"]],
    ids=lambda one: json.loads(one["task"])["exec"],
)
async def test_our_signed_xml_has_the_recorded_digest_and_outline(recorded):
    chooser = Automatic(ring(), lambda _question: ("umit-sign", PASSWORD))
    program = Program(chooser, ManualClock(NOW), AnyTime(), frozenset({"AKKaztokenStore"}))
    ours = await Connection(program, Caller(None), version="1.2").answer(recorded["request"])
    assert digests(ours) == digests(recorded["response"])
    assert outline(ours) == outline(recorded["response"].replace("\\/", "/"))
