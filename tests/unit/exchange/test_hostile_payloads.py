"""What is not the payload that was expected is refused, with the place and what was expected there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from gateway.exchange.application import read_application
from gateway.exchange.errors import ExchangeCode, PayloadRefused
from gateway.exchange.notification import read_notice
from gateway.exchange.response import read_response
from gateway.exchange.submission import read_submission

RESPONSE = """<response xmlns="urn:qyzmet:response:1"><number>20260302000017</number><outcome>issued</outcome>
<at>2026-03-02T05:00:00Z</at><signedDocument>PGEvPg==</signedDocument></response>"""
NOTICE = """<notification xmlns="urn:qyzmet:notification:1"><number>20260302000017</number>
<step flow="portal" kind="process" number="6" outcome="done"/><at>2026-03-02T05:00:00Z</at>
<sequence>0</sequence><facts/></notification>"""
SUBMISSION = """<submission xmlns="urn:qyzmet:submission:1"><number>20260302000017</number><service>s</service>
<office>o</office><signedApplication>PGEvPg==</signedApplication>
<attachments><inline sha256="{digest}">YQ==</inline></attachments></submission>"""
APPLICATION = """<application xmlns="urn:qyzmet:application:1"><number>20260302000017</number><service>s</service>
<office>o</office><applicant><number>{number}</number><name>Ә</name></applicant><createdAt>{at}</createdAt>
<form>{fields}</form><attachments/></application>"""

Reader = Callable[[bytes], object]


@pytest.mark.parametrize("read", [read_response, read_notice, read_submission])
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ExchangeCode.NOT_XML),
        (b"not xml", ExchangeCode.NOT_XML),
        (b"\xff\xfe\x00", ExchangeCode.NOT_XML),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', ExchangeCode.NOT_XML),
        (b"<a/>", ExchangeCode.SCHEMA),
        (b"<a>" * 5000, ExchangeCode.NOT_XML),
        (b"x" * (15 * 1024 * 1024), ExchangeCode.TOO_LARGE),
    ],
    ids=["empty", "text", "binary", "doctype", "another-document", "deep", "huge"],
)
def test_hostile_bytes_are_refused(read: Reader, data: bytes, code: ExchangeCode) -> None:
    with pytest.raises(PayloadRefused) as refused:
        read(data)
    assert refused.value.code is code


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (("20260302000017", "2026030200001"), "number"),
        (("20260302000017", " 20260302000017"), "number"),
        (("issued", "given"), "outcome"),
        (("2026-03-02T05:00:00Z", "2026-03-02T05:00:00"), "at"),
        (("2026-03-02T05:00:00Z", "2026-02-30T05:00:00Z"), "at"),
        (("PGEvPg==", "***"), "signedDocument"),
        (("</response>", "<more/></response>"), "response"),
    ],
)
def test_refusal_names_the_place_and_what_was_expected(change: tuple[str, str], path: str) -> None:
    with pytest.raises(PayloadRefused) as refused:
        read_response(RESPONSE.replace(*change).encode())
    assert refused.value.code is ExchangeCode.SCHEMA
    assert refused.value.problems[0].path.endswith(path)
    assert refused.value.problems[0].expected


def test_comment_cannot_cut_a_value_in_two() -> None:
    cut = NOTICE.replace("20260302000017", "2026030200<!-- -->0017")
    assert read_notice(cut.encode()) == read_notice(NOTICE.encode())


def test_application_element_with_a_comment_inside_is_refused() -> None:
    whole = APPLICATION.format(number="850101100121", at="2026-03-02T05:00:00Z", fields="")
    assert read_application(etree.fromstring(whole)).number == "20260302000017"
    with pytest.raises(PayloadRefused) as refused:
        read_application(etree.fromstring(whole.replace("20260302000017", "2026030200<!-- -->0017")))
    assert refused.value.code is ExchangeCode.MIXED_MARKUP


def test_fact_told_twice_is_refused() -> None:
    facts = '<facts><fact id="a">1</fact><fact id="a">2</fact></facts>'
    with pytest.raises(PayloadRefused):
        read_notice(NOTICE.replace("<facts/>", facts).encode())


def test_attachment_that_is_not_what_its_digest_says_is_refused() -> None:
    with pytest.raises(PayloadRefused) as refused:
        read_submission(SUBMISSION.format(digest="0" * 64).encode())
    assert refused.value.code is ExchangeCode.VALUE


@pytest.mark.parametrize(
    ("number", "at", "fields", "code"),
    [
        ("850101100122", "2026-03-02T05:00:00Z", "", ExchangeCode.VALUE),
        ("85010110012x", "2026-03-02T05:00:00Z", "", ExchangeCode.SCHEMA),
        ("850101100129", "2026-03-02T25:00:00Z", "", ExchangeCode.SCHEMA),
        ("850101100129", "0001-01-01T00:00:00+14:00", "", ExchangeCode.SCHEMA),
        ("850101100129", "2026-03-02T05:00:00Z", "<a/><a/>", ExchangeCode.SCHEMA),
        ("850101100129", "2026-03-02T05:00:00Z", "<a><b/></a>", ExchangeCode.SCHEMA),
        ("850101100129", "2026-03-02T05:00:00Z", '<a b="1"/>', ExchangeCode.SCHEMA),
        ("850101100129", "2026-03-02T05:00:00Z", '<a xmlns="urn:another"/>', ExchangeCode.SCHEMA),
        ("850101100129", "2026-03-02T05:00:00Z", f"<a>{'а' * 10_001}</a>", ExchangeCode.SCHEMA),
    ],
)
def test_wrong_value_in_an_application_is_refused(number: str, at: str, fields: str, code: ExchangeCode) -> None:
    element = etree.fromstring(APPLICATION.format(number=number, at=at, fields=fields))
    with pytest.raises(PayloadRefused) as refused:
        read_application(element)
    assert refused.value.code is code
