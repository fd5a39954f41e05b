"""The signed XML of a result: the same values give the same bytes, and only what was signed is read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.catalogue import Body, Role
from gateway.eds.xmldsig import verify_enveloped
from gateway.results.alphabet import KAZAKH, PRINTABLE, unprintable
from gateway.results.document import (
    Applicant,
    Authority,
    DocumentSigner,
    Ground,
    Kind,
    Office,
    ResultDocument,
    Statement,
)
from gateway.results.errors import DocumentRefused, ResultCode
from gateway.results.markup import build_result, read_element, read_result
from tests.unit.results.issuing import APPLICANT, ISSUED, OFFICE, PORTAL, certificate, refusal, signed

SCHEMA = Path(__file__).resolve().parents[3] / "schemas" / "results" / "result.xsd"

words = st.text(st.sampled_from(f"<>&'\"[]{{}}#*_$@`\\ aZяЁ№«»–1{KAZAKH}"), min_size=1, max_size=30)
statements = st.builds(Statement, kk=words, ru=words)
offices = st.builds(Office, bin=st.just(OFFICE), name=statements)
signers = st.builds(
    DocumentSigner,
    role=st.sampled_from([Role.HEAD, Role.EXECUTOR]),
    office=offices,
    body=st.sampled_from([Body.PROVIDER, Body.RURAL_AKIM, Body.DISTRICT_AKIM]),
)


@st.composite
def documents(draw: st.DrawFn) -> ResultDocument:
    provider = draw(offices)
    kind = draw(st.sampled_from(Kind))
    portal = kind is Kind.REFUSAL and draw(st.booleans())
    named = () if portal else tuple(draw(st.lists(signers, max_size=3)))
    issuer = named[-1].office if named else provider
    moment = draw(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
    return ResultDocument(
        kind=kind,
        authority=Authority.PORTAL if portal else Authority.PROVIDER,
        number=draw(st.from_regex(r"[0-9A-Z][0-9A-Z\-]{0,20}", fullmatch=True)),
        application=draw(st.from_regex(r"[0-9]{14}", fullmatch=True)),
        service="unemployed-certificate",
        service_title=draw(statements),
        provider=provider,
        issuer=Office(PORTAL, draw(statements)) if portal else issuer,
        applicant=Applicant(APPLICANT, draw(words)),
        title=draw(statements),
        body=tuple(draw(st.lists(statements, min_size=1, max_size=4))),
        issued_at=moment,
        verification="https://qyzmet.example.kz:8443/portal",
        simulated=draw(st.booleans()),
        ground=Ground("other", draw(statements)) if kind is Kind.REFUSAL else None,
        valid_until=draw(st.none() | st.dates(date(1990, 1, 1), date(2200, 1, 1))),
        signers=named,
    )


@settings(max_examples=60)
@given(documents())
def test_document_read_back_is_the_one_written(document: ResultDocument) -> None:
    built = build_result(document)
    assert read_element(etree.fromstring(built)) == document
    assert build_result(document) == built
    assert etree.tostring(etree.fromstring(built), method="c14n") == built


def test_document_is_read_from_what_the_signature_covers() -> None:
    signature = verify_enveloped(signed(certificate()))[0]
    assert read_result(signature) == certificate()


def test_letter_without_a_glyph_is_refused_with_the_place_it_stands_in() -> None:
    with pytest.raises(DocumentRefused) as refused:
        build_result(certificate(applicant=Applicant(APPLICANT, "Имя \u202e\U0001f600")))
    assert refused.value.code is ResultCode.LETTERS
    assert refused.value.where == "name"


@pytest.mark.parametrize("hidden", ["\u00ad", "\u200b", "\u200f", "\u202e", "\ufeff", "\x00", "\n", "\u2028"])
def test_invisible_characters_have_no_place_in_a_document(hidden: str) -> None:
    assert unprintable(f"а{hidden}б") == hidden


def test_all_kazakh_letters_are_printable() -> None:
    assert unprintable(KAZAKH) == ""


def test_schema_and_code_name_the_same_letters() -> None:
    pattern = etree.parse(str(SCHEMA)).findall(".//{*}pattern")
    letters = next(str(one.get("value")) for one in pattern if "\u0400" in str(one.get("value")))
    every = [chr(code) for code in range(1, 0x3000)]
    by_schema = re.compile(letters)
    by_code = re.compile(f"[{PRINTABLE}]+")
    assert [one for one in every if by_schema.fullmatch(one)] == [one for one in every if by_code.fullmatch(one)]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"ground": None}, "ground"),
        ({"authority": Authority.PORTAL, "kind": Kind.CERTIFICATE, "ground": None}, "authority"),
        ({"issuer": Office(PORTAL, Statement("а", "б"))}, "issuer"),
        ({"issued_at": ISSUED.replace(tzinfo=None)}, "issuedAt"),
    ],
)
def test_document_that_contradicts_itself_cannot_be_made(change: dict[str, object], where: str) -> None:
    values = {name: getattr(refusal(), name) for name in ResultDocument.__slots__}
    with pytest.raises(DocumentRefused) as refused:
        ResultDocument(**(values | change))
    assert (refused.value.code, refused.value.where) == (ResultCode.CONTRADICTION, where)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<number>20260302000017-1</number>", "<number>x</number>", ResultCode.SCHEMA),
        ("<number>20260302000017-1</number>", "<number>2026<!-- -->17</number>", ResultCode.SCHEMA),
        ('kind="certificate"', 'kind="refusal"', ResultCode.CONTRADICTION),
        ('authority="provider"', 'authority="portal"', ResultCode.CONTRADICTION),
        ("http://127.0.0.1:8080", "javascript:alert(1)", ResultCode.SCHEMA),
        (str(APPLICANT), "850101100122", ResultCode.SCHEMA),
        ("urn:qyzmet:result:1", "urn:qyzmet:result:2", ResultCode.NOT_RESULT),
        ("</result>", "<more/></result>", ResultCode.SCHEMA),
    ],
)
def test_what_is_no_result_is_refused(old: str, new: str, code: ResultCode) -> None:
    text = build_result(certificate()).decode()
    assert old in text
    with pytest.raises(DocumentRefused) as refused:
        read_element(etree.fromstring(text.replace(old, new)))
    assert refused.value.code is code
