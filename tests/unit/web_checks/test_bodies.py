"""Bodies made to break the reader: refused with a structured answer, and none of them costs more than its size."""

import base64
import contextlib
import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.eds.cms.signing import sign_cms
from gateway.eds.der import SEQUENCE, Der, encode, encode_integer
from gateway.eds.wsse import sign_body
from gateway.eds.xml import parse
from gateway.eds.xmldsig import sign_enveloped
from gateway.web.checks.app import ENDPOINTS
from gateway.web.checks.bodies import decode_base64, json_object
from gateway.web.checks.refusals import CheckRefused
from gateway.web.checks.xml import xml_bytes
from tests.unit.web_checks.conftest import PASSWORD, pkcs12_of


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b"\xff\xfe{",
        b'{"a": "\xff"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":[' + b"[]," * 30_000 + b"[]]}",
        b'{"a":' + b"9" * 10_000 + b"}",
        b'{"a": "x}',
        b'{"a": 1} {"b": 2}',
        "{'a': 1}".encode("utf-16"),
    ],
)
def test_what_is_no_plain_json_object_is_refused(body):
    with pytest.raises(CheckRefused) as refused:
        json_object(body)
    assert refused.value.status == 400
    assert refused.value.to_json()["message"]


def test_strings_hide_what_looks_like_structure():
    text = '{"[' * 50_000 + '\\"'
    assert json_object(json.dumps({"xml": text}).encode()) == {"xml": text}


@pytest.mark.parametrize("filler", [b'\\"', b'"', b"\\", b"[", b'"\\'])
def test_an_unclosed_string_costs_no_more_than_its_length(filler):
    def seconds(size):
        body = b'{"a": "' + filler * (size // len(filler))
        started = time.process_time()
        with pytest.raises(CheckRefused):
            json_object(body)
        return time.process_time() - started

    small = max(seconds(100_000), 0.002)
    assert seconds(1_600_000) < 100 * small


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet='{}[]",:\\ntrue0-Infiy', max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused(body):
    try:
        found = json_object(body)
    except CheckRefused:
        return
    assert found == json.loads(body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.path)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_values_of_any_kind_make_a_request_or_a_validation_error(endpoint, data):
    names = [field.alias or name for name, field in endpoint.request.model_fields.items()]
    body = data.draw(st.dictionaries(st.sampled_from(names), _JSON, max_size=6))
    with contextlib.suppress(ValidationError):
        endpoint.request.model_validate(body)


@pytest.mark.parametrize("text", ["%", "A", "A===", "é", "AAAA\x00", "\ud800"])
def test_what_is_no_base64_is_refused_by_its_name(text):
    with pytest.raises(CheckRefused, match="data: not valid Base64"):
        decode_base64(text, "data", limit=100)


def test_base64_is_bounded_before_it_is_decoded():
    assert decode_base64("QUJD\nREVG", "data", limit=6) == b"ABCDEF"
    with pytest.raises(CheckRefused) as refused:
        decode_base64("A" * 10_000, "data", limit=100)
    assert refused.value.status == 413


def test_text_that_has_no_utf8_form_is_no_document():
    with pytest.raises(CheckRefused, match="Cannot read XML"):
        xml_bytes("<a>\ud800</a>")


async def test_a_key_file_that_asks_for_endless_derivations_is_refused_before_any_is_made(ask, key):
    data = base64.b64decode(pkcs12_of(key))
    # The count of the MAC stands last in the file.
    outer = Der.read(data).children()
    mac = outer[2].children()
    greedy = encode(SEQUENCE, *(one.raw for one in mac[:2]), encode_integer(2_000_000_000))
    made = encode(SEQUENCE, outer[0].raw, outer[1].raw, greedy)
    with pytest.raises(CheckRefused, match="Invalid format"):
        await ask("/pkcs12/info", keys=[{"key": base64.b64encode(made).decode(), "password": PASSWORD}])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255), field=st.sampled_from(["cms", "xml", "wsse"]))
async def test_a_signed_file_with_one_byte_changed_is_answered_and_never_breaks_the_site(
    ask, made_files, where, byte, field
):
    data = bytearray(made_files[field])
    data[int(where * len(data))] = byte
    path, fields = {
        "cms": ("/cms/verify", {"cms": base64.b64encode(data).decode()}),
        "xml": ("/xml/verify", {"xml": data.decode("latin-1")}),
        "wsse": ("/wsse/verify", {"xml": data.decode("latin-1")}),
    }[field]
    with contextlib.suppress(CheckRefused):
        answer = await ask(path, **fields)
        assert answer["valid"] is (answer["verdict"] == "valid")


@pytest.fixture
def made_files(key, clock):
    envelope = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><m/></s:Body></s:Envelope>'
    return {
        "cms": sign_cms(b"x", key, at=clock.now()),
        "xml": sign_enveloped(b"<a><b>1</b></a>", key),
        "wsse": sign_body(parse(envelope), key),
    }
