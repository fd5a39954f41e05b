"""The page: what was signed and nothing else, with every letter, the same bytes each time."""

from __future__ import annotations

import io
import re

import pypdf
import pytest

from gateway.eds.errors import SignatureRefused
from gateway.eds.xmldsig import verify_enveloped
from gateway.results.alphabet import KAZAKH, PRINTABLE
from gateway.results.container import attached_xml, bare
from gateway.results.document import Applicant, Office, ResultDocument, Statement
from gateway.results.page import page_of
from gateway.results.pdf import compile_pdf, render_pdf
from gateway.results.qr import digest_prefix, verification_address
from tests.unit.results.issuing import APPLICANT, OFFICE, certificate, guardianship, head, refusal, signed

HOSTILE = [
    '#panic("x") #read("/etc/passwd") #import "@preview/x:1.0.0"',
    "*bold* _it_ `raw` $x^2$ = heading - item + enum / term: x",
    "\\u{41} \\ ~ -- --- ... @ref <label> // comment /* */",
    '"] ) } #let x = 1; [',
    "&amp; <b>x</b> ]]> <!-- -->",
    "{{ 7*7 }} ${7*7} %s %n",
]


def text_of(pdf: bytes) -> str:
    return bare("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def test_every_letter_that_a_document_may_hold_has_a_glyph() -> None:
    letters = "".join(chr(code) for code in range(0x20, 0x3000) if re.match(f"[{PRINTABLE}]", chr(code)))
    pdf = compile_pdf(signed(certificate(applicant=Applicant(APPLICANT, letters))))
    text = text_of(pdf)
    assert bare(letters) in text
    assert all(letter in text for letter in KAZAKH)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markup_in_a_value_is_printed_as_it_is_written(hostile: str) -> None:
    pdf = compile_pdf(signed(certificate(applicant=Applicant(APPLICANT, hostile))))
    assert bare(hostile) in text_of(pdf)


@pytest.mark.parametrize("document", [certificate(), guardianship(), refusal()], ids=["first", "second", "refusal"])
def test_every_value_of_the_document_is_on_the_page(document: ResultDocument) -> None:
    data = signed(document)
    text = text_of(compile_pdf(data))
    for value in page_of(document, verify_enveloped(data), data).values():
        assert bare(value) in text
    assert head().certificate.serial_hex in text
    for statement in document.body:
        assert bare(statement.kk) in text
        assert bare(statement.ru) in text


def test_same_signed_file_gives_the_same_pdf() -> None:
    data = signed(certificate())
    assert compile_pdf(data) == compile_pdf(data)


async def test_signed_file_is_attached_as_it_is() -> None:
    data = signed(guardianship())
    assert attached_xml(await render_pdf(data)) == data


def test_simulated_document_says_so_and_a_real_one_claims_its_legal_force() -> None:
    simulated, real = (text_of(compile_pdf(signed(certificate(simulated=one)))) for one in (True, False))
    assert "SIMULATION" in simulated
    assert "СИМУЛЯЦИЯ" in simulated
    assert "SIMULATION" not in real
    assert "7-бабының1-тармағынасәйкес" in real
    assert "7-бабының1-тармағынасәйкес" not in simulated


def test_address_of_the_verification_page_names_the_document_and_this_very_file() -> None:
    data = signed(certificate())
    address = verification_address(certificate(), data)
    assert address == f"http://127.0.0.1:8080/verify/20260302000017-1?d={digest_prefix(data)}"
    assert address in text_of(compile_pdf(data))


def test_page_is_not_made_of_a_broken_signature() -> None:
    data = signed(certificate()).replace("Жұмабаева".encode(), "Жұмабаевб".encode())
    with pytest.raises(SignatureRefused):
        compile_pdf(data)


def test_long_names_do_not_make_the_page_impossible() -> None:
    name = Statement("Ұ" * 900, "Длинное наименование " * 40)
    document = certificate(provider=Office(OFFICE, name), applicant=Applicant(APPLICANT, "Ы" * 300))
    assert bare("Ұ" * 900) in text_of(compile_pdf(signed(document)))
