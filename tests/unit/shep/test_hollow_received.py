"""What is read past the tree is what the whole tree would have given, and nothing else is ever taken for text."""

import base64
import random
import secrets
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.eds.canonical import Canonicalisation, Method
from gateway.eds.errors import EdsError
from gateway.eds.keys import SoftwareKey
from gateway.eds.wsse import sign_body, verify_body
from gateway.eds.xml import parse
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from gateway.shep.async_channel import read_message, write_message
from gateway.shep.elements import Malformed
from gateway.shep.envelope import open_envelope
from gateway.shep.hollow import hollow
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.names import SOAP
from gateway.shep.payload import document_of, read_payload
from gateway.shep.runs import LONG_RUN, cut_runs
from gateway.shep.seal import SealBroken, seal, unseal
from tests.conformance.eds.attacks import soap
from tests.conformance.eds.attacks.attack import honest
from tests.unit.shep.messages import message
from tests.unit.shep.pki import key_of
from tests.unit.shep.test_hollow import gost_key

RUN = base64.b64encode(random.Random(1).randbytes(3 * LONG_RUN))
LINES = base64.encodebytes(random.Random(2).randbytes(3 * LONG_RUN))
FORM = Canonicalisation(Method.EXCLUSIVE)


def envelope(inner, *, header=b"", before=b""):
    parts = (b'<s:Envelope xmlns:s="', SOAP.encode(), b'"><s:Header>', header, b"</s:Header><s:Body>", inner)
    return before + b"".join(parts) + b"</s:Body></s:Envelope>"


def seen(data, *, past_tree):
    """What is covered and what is read of an envelope, or why it is refused; and whether marks were used."""
    try:
        opened = open_envelope(data, past_tree=past_tree)
    except Malformed as error:
        return str(error), False
    try:
        covered = opened.runs.filled(FORM.subtree(opened.body))
    except EdsError as error:
        return error.code, bool(opened.runs)
    payloads = [opened.runs.filled(document_of(each)) for each in opened.body.iter("data")]
    payloads += [opened.runs.filled((each.text or "").encode()) for each in opened.body.iter("data")]
    return (covered, payloads), bool(opened.runs)


def assert_same(data, *, marked=None):
    whole, _ = seen(data, past_tree=False)
    found, used = seen(data, past_tree=True)
    assert found == whole
    assert marked in {None, used}


@pytest.mark.parametrize("run", [RUN, LINES, b"=" * 3 * LONG_RUN], ids=["one line", "lines", "padding"])
@pytest.mark.parametrize(
    "around",
    [
        b"<data>%s</data>",
        b"<data><file a='b'>%s</file> tail</data>",
        b"<data><a/>%s<a/></data>",
        b"<data>&lt;file&gt;%s&lt;/file&gt;</data>",
        b"<data><![CDATA[<file>%s</file>]]></data>",
        b"<data>]]%s&gt;</data>",
        b"<data>\xd3\x99%s\xd3\x99</data>",
        b"<data>a<!-- b -->%s<?c d?></data>",
        b"<data><data>%s</data></data>",
        b"<data>%s</data><data>x</data>",
        b"<x:data xmlns:x='urn:x'><data>%s</data></x:data>",
    ],
)
def test_a_run_that_is_text_goes_past_the_tree(around, run):
    assert_same(envelope(around % run), marked=True)


@pytest.mark.parametrize(
    "inner",
    [
        b"<a>%s</a>",
        b"<data/>%s",
        b"<data a='%s'/>",
        b"<data><!-- %s --></data>",
        b"<data><?a %s?></data>",
        b"<data>&#x%s;</data>" % (b"0" * 3 * LONG_RUN + b"41%.0s"),
        b"<data>&#%s;</data>" % (b"0" * 3 * LONG_RUN + b"65%.0s"),
        b"<data>&%s;</data>",
        b"<data><%.0s" + b"a" * 3 * LONG_RUN + b"/></data>",
        b"<data><a %.0s" + b"a" * 3 * LONG_RUN + b"=''/></data>",
        b"<data xmlns:a='%s'/>",
        b"<data><![%.0s" + b"A" * 3 * LONG_RUN + b"[x]]></data>",
        b"<data xmlns='urn:x'>%s</data>",
        b"<x:data xmlns:x='urn:x'>%s</x:data>",
        b"<data>%s</dat>",
        b"<data>%s",
        b"<data>%s\0</data>",
        b"<data>\n%.0s" + b"\n" * 3 * LONG_RUN + b"</data>",
        b"<data><a b='%s'/></data><data>%%s</data>",
    ],
)
def test_a_run_that_is_anything_else_is_read_with_the_whole_tree(inner):
    assert_same(envelope(inner % RUN), marked=False)


@pytest.mark.parametrize(
    ("before", "marked"),
    [
        (b'<?xml version="1.0" encoding="UTF-8"?>', True),
        (b"\xef\xbb\xbf", True),
        (b'<?xml version="1.0" encoding="windows-1251"?>', False),
        (b'<?xml version="1.0" encoding="utf-7"?>', False),
        (b'<?xml version="1.0"' + b" " * 300 + b'encoding="utf-7"?>', False),
        (b"<!DOCTYPE s>", False),
        (b"<!DOCTYPE s [<!ENTITY a 'b'>]>", False),
        (b"<!--" + RUN + b"-->", False),
        (b"<?a " + RUN + b"?>", False),
        (RUN, False),
    ],
)
def test_what_stands_before_the_envelope_is_judged_as_always(before, marked):
    assert_same(envelope(b"<data>" + RUN + b"</data>", before=before), marked=marked)


@pytest.mark.parametrize("place", [b"<a>%s</a>", b"<a b='%s'/>", b"<%.0s" + b"a" * 3 * LONG_RUN + b"/>"])
def test_a_run_in_the_header_keeps_the_whole_tree(place):
    assert_same(envelope(b"<data>" + RUN + b"</data>", header=place % RUN), marked=False)


PIECES = (
    b"<data>",
    b"</data>",
    b"<a b='",
    b"'>",
    b"</a>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<?p ",
    b"?>",
    b"&lt;",
    b"&#x",
    b"&",
    b";",
    b"<",
    b">",
    b" ",
    b"\r\n",
    b"x",
    "ә".encode(),
    RUN,
    RUN,
    LINES,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.booleans())
def test_however_documents_are_put_together_both_ways_read_the_same(pieces, within):
    inner = b"".join(pieces)
    assert_same(envelope(b"<data>" + RUN * 2 + inner + b"</data>" if within else inner))


ELEMENTS = st.recursive(
    st.sampled_from([RUN, LINES, b"x", b"&amp;", b"<!-- c -->", b"<![CDATA[<]]>", b"<e/>", b"<?p i?>"]),
    lambda inside: st.tuples(
        st.sampled_from([b"data", b"a", b"n:data"]), st.booleans(), st.lists(inside, max_size=4)
    ).map(
        lambda it: (
            b"<%s%s>%s</%s>" % (it[0], b" b='" + RUN[: 2 * LONG_RUN] + b"'" if it[1] else b"", b"".join(it[2]), it[0])
        )
    ),
    max_leaves=10,
)


@settings(max_examples=40, deadline=None)
@given(ELEMENTS)
def test_wherever_runs_stand_in_a_good_document_both_ways_read_the_same(inner):
    assert_same(envelope(b"<w xmlns:n='urn:n'>" + inner + b"<data>" + RUN * 3 + b"</data></w>"))


def test_a_mark_that_stands_in_the_message_is_not_used(monkeypatch):
    names = iter(["a" * 32, "b" * 32])
    monkeypatch.setattr(secrets, "token_hex", lambda _: next(names))
    data = b"<data>" + b"a" * 32 + b"0000 " + RUN + b"</data>"
    cut, runs = cut_runs(data)
    assert list(runs.by_mark) == [b"b" * 32 + b"0000"]
    assert runs.filled(cut) == data


WITH_FILE = soap.MESSAGE.replace(b"</iin>", b"</iin><data><file>" + RUN + b"</file></data>")


def judged(data, *, past_tree):
    """The code of the refusal, or what is signed and by whom."""
    try:
        opened = open_envelope(data, past_tree=past_tree)
        found = verify_body(opened.envelope, [honest().certificate], digest=opened.runs.digest)
    except EdsError as error:
        return error.code, error.facts
    except Malformed as error:
        return str(error)
    return found.certificate, opened.runs.filled(found.covered)


@pytest.mark.parametrize("attack", soap.SOAP_ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_on_a_message_with_a_file_is_refused_the_same_in_both_ways(attack):
    data = attack.make(soap.signed(WITH_FILE))
    refused = judged(data, past_tree=True)
    assert refused == judged(data, past_tree=False)
    assert not isinstance(refused[0], type(honest().certificate))


@pytest.mark.parametrize("key", [lambda: key_of("PORTAL"), gost_key], ids=["RSA", "GOST"])
@pytest.mark.parametrize("form", PayloadForm)
@pytest.mark.parametrize("run", [RUN, LINES])
async def test_a_file_is_sealed_and_read_past_the_tree_on_both_ends(form, key, run):
    xml = b"<data><file>" + run + b"</file></data>" if form is PayloadForm.TYPED else b"<a>&amp;</a>\n" + run
    sent = message(payload=Payload(form, xml))
    data = await seal(partial(hollow, write_message, sent), key())
    opened = open_envelope(data, past_tree=True)
    assert opened.runs
    assert len(etree.tostring(opened.envelope)) < LONG_RUN
    unsealed = await unseal(opened, ())
    assert read_message(unsealed.content, unsealed.runs).payload == sent.payload


@pytest.mark.parametrize("place", [0, LONG_RUN, len(RUN) - 1])
async def test_a_file_that_was_changed_in_one_character_breaks_the_seal(place):
    data = await seal(
        partial(hollow, write_message, message(payload=Payload(PayloadForm.CDATA, RUN))), key_of("PORTAL")
    )
    start = data.index(RUN[:100]) + place
    changed = data[:start] + (b"A" if data[start : start + 1] != b"A" else b"B") + data[start + 1 :]
    opened = open_envelope(changed, past_tree=True)
    assert opened.runs
    with pytest.raises(SealBroken, match="digest-mismatch"):
        await unseal(opened, ())


async def test_a_business_signature_over_a_file_holds_when_it_is_read_past_the_tree():
    xml = sign_enveloped(b"<data><file>" + RUN + b"</file></data>", key_of("GBDFL"))
    sent = message(payload=Payload(PayloadForm.TYPED, xml))
    opened = open_envelope(await seal(partial(hollow, write_message, sent), key_of("PORTAL")), past_tree=True)
    unsealed = await unseal(opened, ())
    (signature,) = verify_enveloped(read_message(unsealed.content, unsealed.runs).payload.xml)
    assert signature.certificate == key_of("GBDFL").certificate


def test_a_file_that_a_peer_signed_with_the_whole_tree_is_read_past_it():
    key: SoftwareKey = key_of("PORTAL")
    data = sign_body(parse(envelope(b"<w><data><file>" + RUN + b"</file></data></w>")), key)
    opened = open_envelope(data, past_tree=True)
    assert opened.runs
    assert verify_body(opened.envelope, digest=opened.runs.digest).certificate == key.certificate
    assert RUN in read_payload(opened.content, required=True, runs=opened.runs).xml
