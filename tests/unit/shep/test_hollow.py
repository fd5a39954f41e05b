import base64
import random
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.eds.gost.curves import GOST_2015_512
from gateway.eds.gost.keys import GostPrivateKey
from gateway.eds.keys import signing_key
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from gateway.shep.async_channel import read_message, write_message
from gateway.shep.envelope import open_envelope
from gateway.shep.hollow import hollow, without_long_runs
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.runs import LONG_RUN, NO_RUNS
from gateway.shep.seal import seal, unseal
from tests.unit.eds.test_pkcs12 import certificate
from tests.unit.shep.messages import message
from tests.unit.shep.pki import key_of

FILE = base64.b64encode(random.Random(1).randbytes(2 * LONG_RUN))
OTHER = base64.b64encode(random.Random(2).randbytes(3 * LONG_RUN))


def xml(inside):
    return b"<data><file>" + inside + b"</file></data>"


def gost_key():
    private = GostPrivateKey.generate(GOST_2015_512)
    return signing_key(private, certificate(private, private))


@pytest.mark.parametrize("key", [lambda: key_of("PORTAL"), gost_key], ids=["RSA", "GOST"])
@pytest.mark.parametrize("form", PayloadForm)
async def test_what_goes_past_the_tree_is_sealed_and_read_like_anything_else(form, key):
    sent = message(payload=Payload(form, xml(FILE) if form is PayloadForm.TYPED else b"<a>&amp;</a>" + FILE))
    envelope = await seal(partial(hollow, write_message, sent), key())
    read = read_message((await unseal(open_envelope(envelope), ())).content)
    assert read.payload == sent.payload


@pytest.mark.parametrize("form", PayloadForm)
def test_the_wire_is_the_same_to_the_byte(form):
    sent = message(payload=Payload(form, b"<data a='" + OTHER + b"'>" + FILE + b"<b>&#xE9;</b>" + OTHER + b"</data>"))
    made = hollow(write_message, sent)
    assert len(made.runs) == 3
    assert len(etree.tostring(made.element)) < 2000
    assert made.filled(etree.tostring(made.element)) == etree.tostring(write_message(sent))


async def test_a_business_signature_over_an_attachment_holds():
    data = sign_enveloped(xml(FILE), key_of("GBDFL"))
    envelope = await seal(partial(hollow, write_message, message(payload=Payload(PayloadForm.TYPED, data))), gost_key())
    read = read_message((await unseal(open_envelope(envelope), ())).content)
    (signature,) = verify_enveloped(read.payload.xml)
    assert signature.certificate == key_of("GBDFL").certificate


@pytest.mark.parametrize("dropped", [b"<!-- " + FILE + b" -->", b"<?pi " + FILE + b"?>"])
def test_a_run_in_what_is_dropped_is_dropped_with_it(dropped):
    made = hollow(write_message, message(payload=Payload(PayloadForm.TYPED, b"<data>" + dropped + b"<b/></data>")))
    assert [each.tag for each in made.element.find(".//data").iter()] == ["data", "b"]
    assert len(made.filled(etree.tostring(made.element))) < 2000


def test_a_payload_without_long_runs_is_left_as_it_is():
    for data in (b"<a/>", b"<a>" + b"A" * (LONG_RUN - 1) + b"</a>", b"<a>" + b"<b/>" * LONG_RUN + b"</a>"):
        payload = Payload(PayloadForm.ESCAPED, data)
        assert without_long_runs(payload) == (payload, NO_RUNS)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3 * LONG_RUN), st.sampled_from([b"<", b"&lt;", b" ", b"\r\n", "ә".encode()])),
        max_size=6,
    )
)
def test_wherever_runs_begin_and_end_nothing_is_lost(parts):
    data = b"".join(b"A" * length + mark for length, mark in parts)
    payload, runs = without_long_runs(Payload(PayloadForm.ESCAPED, data))
    whole = payload.xml
    for mark, run in runs.by_mark.items():
        assert whole.count(mark) == 1
        whole = whole.replace(mark, bytes(run))
    assert whole == data
    assert len(runs) >= sum(length >= 2 * LONG_RUN for length, _ in parts)


def test_a_digest_in_pieces_is_the_digest_of_the_whole():
    sent = message(payload=Payload(PayloadForm.CDATA, FILE))
    for key in (key_of("PORTAL"), gost_key()):
        made = hollow(write_message, sent)
        marked = etree.tostring(made.element)
        assert made.digest(marked, key.algorithm.digest) == key.algorithm.digest(made.filled(marked))
