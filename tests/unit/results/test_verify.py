"""A file is valid only when everything about it is: bytes, signer, evidence, and what its page shows."""

from __future__ import annotations

import functools
import io
import zlib
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf.annotations import Rectangle
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from gateway.clock import ManualClock
from gateway.eds.codes import Code, Status
from gateway.eds.evidence import add_ocsp
from gateway.eds.keys import SigningKey
from gateway.eds.offline import RevocationRule
from gateway.eds.roles import Role
from gateway.eds.trust import Anchors
from gateway.eds.verdict import Verdict
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from gateway.results.comparison import PageMatch
from gateway.results.document import Applicant, Office, Statement
from gateway.results.errors import ResultCode
from gateway.results.page import page_of
from gateway.results.pdf import _compile, compile_pdf
from gateway.results.report import VerificationReport
from gateway.results.templates import refusal_notice
from gateway.results.verification import verify_file
from gateway.results.words import WORDS
from gateway.texts import Language
from tests.unit.results.issuing import (
    APPLICANT,
    HEAD_IIN,
    ISSUED,
    OFFICE,
    OTHER_OFFICE,
    PORTAL,
    Authority,
    authority,
    certificate,
    guardianship,
    head,
    particulars,
    portal_system,
    refusal,
    signed,
)

NOW = ISSUED + timedelta(days=200)


def kept(data: bytes, key: SigningKey | None = None) -> bytes:
    """The signed file with the OCSP answer of its moment inside."""
    return add_ocsp(data, [authority().ocsp((key or head()).certificate)])


async def check(data: bytes, **options: object) -> VerificationReport:
    values: dict[str, object] = {"anchors": Anchors.of(authority().anchors), "clock": ManualClock(NOW)}
    return await verify_file(data, **(values | options))  # type: ignore[arg-type]


async def test_signed_result_with_its_evidence_is_valid_long_after() -> None:
    report = await check(kept(signed(certificate())))
    assert (report.verdict, report.code, report.exit_status) == (Status.VALID, "ok", 0)
    assert report.judged_at == ISSUED
    assert report.facts == {"revocation": "checked", "time": "claimed"}
    assert [signer.certificate for signer in report.signers] == [head().certificate]


async def test_pdf_of_a_signed_result_is_valid() -> None:
    report = await check(compile_pdf(kept(signed(guardianship()))))
    assert (report.verdict, report.page) == (Status.VALID, PageMatch.IDENTICAL)
    assert report.document == guardianship()


async def test_result_changed_after_signing_is_invalid() -> None:
    report = await check(kept(signed(certificate())).replace("Әсел".encode(), "Әсем".encode()))
    assert (report.verdict, report.code) == (Status.INVALID, Code.DIGEST_MISMATCH)


@pytest.mark.parametrize(
    ("rule", "verdict", "code"),
    [
        (RevocationRule.REQUIRED, Status.UNDETERMINED, Code.REVOCATION_UNAVAILABLE),
        (RevocationRule.IF_AVAILABLE, Status.VALID, Code.OK),
        (RevocationRule.NONE, Status.VALID, Code.OK),
    ],
)
async def test_without_evidence_the_rule_decides(rule: RevocationRule, verdict: Status, code: Code) -> None:
    report = await check(signed(certificate()), revocation=rule)
    assert (report.verdict, report.code) == (verdict, code)
    assert report.facts["revocation"] != "checked"


async def test_evidence_given_beside_the_file_is_enough() -> None:
    data = signed(certificate())
    for given_evidence in ({"ocsps": [authority().ocsp(head().certificate)]}, {"crls": [authority().crl()]}):
        report = await check(data, **given_evidence)
        assert (report.verdict, report.facts["revocation"]) == (Status.VALID, "checked")


async def test_kept_good_answer_does_not_hide_a_given_list_with_the_revoked_key() -> None:
    later = authority().crl(head().certificate, at=ISSUED + timedelta(hours=3))
    report = await check(kept(signed(certificate())), crls=[later])
    assert (report.verdict, report.code) == (Status.INVALID, Code.CERTIFICATE_REVOKED)


@pytest.mark.parametrize("rule", [RevocationRule.REQUIRED, RevocationRule.IF_AVAILABLE])
async def test_certificate_revoked_before_it_signed_is_invalid(rule: RevocationRule) -> None:
    answer = authority().ocsp(head().certificate, revoked_at=ISSUED - timedelta(days=1))
    report = await check(add_ocsp(signed(certificate()), [answer]), revocation=rule)
    assert (report.verdict, report.code) == (Status.INVALID, Code.CERTIFICATE_REVOKED)


async def test_evidence_of_another_day_does_not_speak_of_the_signing() -> None:
    answer = authority().ocsp(head().certificate, at=ISSUED - timedelta(days=3))
    report = await check(add_ocsp(signed(certificate()), [answer]))
    assert (report.verdict, report.code) == (Status.UNDETERMINED, Code.REVOCATION_STALE)


async def test_evidence_by_another_authority_is_not_believed() -> None:
    report = await check(add_ocsp(signed(certificate()), [Authority("OTHER").ocsp(head().certificate)]))
    assert report.verdict is Status.UNDETERMINED


@pytest.mark.parametrize("garbage", [b"", b"\x30", b"\x00" * 500])
async def test_evidence_that_is_no_evidence_leaves_the_verdict_open(garbage: bytes) -> None:
    report = await check(signed(certificate()), ocsps=[garbage], crls=[garbage])
    assert report.verdict is Status.UNDETERMINED


def key_of(name: str) -> SigningKey:
    roles = (Role.LEGAL_ENTITY, Role.HEAD)
    keys = {
        "other-office": lambda: authority().key("X", iin=HEAD_IIN, office=OTHER_OFFICE, roles=roles),
        "employee": lambda: authority().key("X", iin=HEAD_IIN, office=OFFICE, roles=(Role.EMPLOYEE,)),
        "citizen": lambda: authority().key("X", iin=APPLICANT, roles=(Role.INDIVIDUAL,)),
        "authentication": lambda: authority().key("X", iin=HEAD_IIN, office=OFFICE, roles=roles, signs=False),
        "system": portal_system,
        "foreign": lambda: Authority("TEST").key("X", iin=HEAD_IIN, office=OFFICE, roles=roles),
        "expired": lambda: authority().key(
            "X", iin=HEAD_IIN, office=OFFICE, roles=roles, not_after=ISSUED - timedelta(days=1)
        ),
    }
    return keys[name]()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("other-office", Code.SIGNER_NOT_BIN),
        ("employee", Code.ROLE_NOT_FIT),
        ("citizen", Code.SIGNER_NOT_BIN),
        ("authentication", Code.KEY_NOT_FOR_SIGNING),
        ("system", Code.SIGNER_NOT_BIN),
        ("foreign", Code.ISSUER_UNKNOWN),
        ("expired", Code.CERTIFICATE_EXPIRED),
    ],
)
async def test_result_signed_by_whom_may_not_sign_it_is_invalid(name: str, code: Code) -> None:
    report = await check(signed(certificate(), key_of(name)), revocation=RevocationRule.NONE)
    assert (report.verdict, report.code) == (Status.INVALID, code)


async def test_notice_of_process_4_is_valid_when_the_portals_system_sealed_it() -> None:
    portal = Office(PORTAL, Statement("«Qyzmet» порталы", "Портал «Qyzmet»"))
    notice = refusal_notice(particulars(), Code.CERTIFICATE_EXPIRED, portal=portal)
    sealed = await check(kept(signed(notice, portal_system()), portal_system()))
    assert sealed.verdict is Status.VALID
    by_head = await check(signed(notice), revocation=RevocationRule.NONE)
    assert (by_head.verdict, by_head.code) == (Status.INVALID, Code.SIGNER_NOT_BIN)


async def test_officials_signature_counts_when_another_trusted_one_stands_beside_it() -> None:
    twice = sign_enveloped(signed(certificate()), key_of("employee"))
    report = await check(twice, revocation=RevocationRule.NONE)
    assert report.verdict is Status.VALID
    assert len(report.signers) == 2


async def test_untrusted_second_signature_spoils_the_file() -> None:
    twice = sign_enveloped(signed(certificate()), key_of("foreign"))
    report = await check(twice, revocation=RevocationRule.NONE)
    assert (report.verdict, report.code) == (Status.INVALID, Code.ISSUER_UNKNOWN)


async def test_moment_that_is_given_decides_and_not_the_one_in_the_document() -> None:
    report = await check(kept(signed(certificate())), at=datetime(2027, 7, 1, tzinfo=UTC))
    assert (report.verdict, report.code) == (Status.INVALID, Code.CERTIFICATE_EXPIRED)


async def test_document_dated_in_the_future_is_not_valid_yet() -> None:
    later = NOW + timedelta(days=1)
    report = await check(signed(certificate(issued_at=later)), revocation=RevocationRule.NONE)
    assert (report.verdict, report.code) == (Status.UNDETERMINED, ResultCode.FUTURE)


async def test_without_anchors_nothing_is_valid() -> None:
    report = await check(kept(signed(certificate())), anchors=Anchors.of(()))
    assert (report.verdict, report.code, report.exit_status) == (Status.UNDETERMINED, ResultCode.NO_ANCHORS, 2)


async def test_signed_file_that_is_no_result_is_judged_by_its_signature() -> None:
    data = sign_enveloped(b"<letter>text</letter>", key_of("citizen"))
    report = await check(data, revocation=RevocationRule.NONE)
    assert (report.verdict, report.document) == (Status.VALID, None)


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"\x00" * 100, b"<a/>", b"<a>", b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"PK\x03\x04", b"%PDF-" * 1000],
    ids=["empty", "text", "zeros", "unsigned", "broken-xml", "stub", "no-objects", "zip", "headers"],
)
async def test_what_is_no_signed_file_is_said_so(data: bytes) -> None:
    report = await check(data)
    assert (report.verdict, report.exit_status) == (Status.INVALID, 3)


@pytest.mark.parametrize("start", [b"%PDF-1.7\n", b"<a>"])
async def test_file_that_is_too_large_is_not_read(start: bytes) -> None:
    report = await check(start + b"x" * (9 * 1024 * 1024))
    assert (report.verdict, report.code) == (Status.UNDETERMINED, ResultCode.TOO_LARGE)


async def test_doctype_is_refused() -> None:
    report = await check(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    assert (report.verdict, report.code) == (Status.INVALID, Code.XML_DOCTYPE)


def forged_page(**changes: object) -> bytes:
    """A PDF whose page shows other values than the signed file that it carries."""
    data = kept(signed(certificate()))
    page = page_of(certificate(**changes), verify_enveloped(data), data)
    return _compile(page, data.decode(), ISSUED)


@pytest.mark.parametrize(
    ("changes", "printed"),
    [
        ({"applicant": Applicant(APPLICANT, "Жұмабаева Әсем Қанатқызы")}, "Әсел"),
        ({"application": "20260302000018"}, "20260302000017"),
        ({"issued_at": ISSUED + timedelta(seconds=1)}, "10:00:00"),
        ({"simulated": False}, "СИМУЛЯЦИЯ"),
    ],
)
async def test_value_changed_on_the_page_is_found(changes: dict[str, object], printed: str) -> None:
    report = await check(forged_page(**changes))
    assert (report.verdict, report.code, report.page) == (
        Status.INVALID,
        ResultCode.PAGE_DIFFERS,
        PageMatch.DIFFERENT,
    )
    assert printed in " ".join(one.signed for one in report.differences)


async def test_text_added_to_the_page_is_found() -> None:
    report = await check(forged_page(service_title=Statement("Жұмыссыз азаматтарға анықтамалар беру!", "Выдача")))
    assert report.page is PageMatch.DIFFERENT


def edited(change: str) -> bytes:
    """The good PDF, read and written anew by another program with one change."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(compile_pdf(kept(signed(certificate())))))
    page = writer.pages[0]
    if change == "covered":
        stream = DecodedStreamObject()
        stream.set_data(page.get_contents().get_data() + b"\nq 1 1 1 rg 40 600 500 60 re f Q")  # type: ignore[union-attr]
        page[NameObject("/Contents")] = writer._add_object(stream)
    elif change == "annotated":
        writer.add_annotation(0, Rectangle(rect=(40, 600, 540, 660), interior_color="ffffff"))
    elif change == "turned":
        page.rotate(90)
    elif change == "scripted":
        script = DictionaryObject(
            {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
        )
        writer.root_object[NameObject("/OpenAction")] = script
    elif change == "named-script":
        writer.root_object["/Names"][NameObject("/JavaScript")] = DictionaryObject()  # type: ignore[index]
    elif change == "second-file":
        writer.add_attachment("other.xml", signed(refusal()))
    elif change == "page-added":
        writer.add_blank_page()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


async def test_pdf_that_another_program_only_saved_anew_is_still_valid() -> None:
    report = await check(edited("nothing"))
    assert (report.verdict, report.page) == (Status.VALID, PageMatch.SAME_DRAWING)


@pytest.mark.parametrize("change", ["covered", "annotated", "turned", "scripted", "named-script", "page-added"])
async def test_page_drawn_over_is_not_called_valid(change: str) -> None:
    report = await check(edited(change))
    assert (report.verdict, report.code) == (Status.UNDETERMINED, ResultCode.PAGE_UNKNOWN)


async def test_file_with_a_later_revision_is_not_called_valid() -> None:
    writer = pypdf.PdfWriter(io.BytesIO(edited("nothing")), incremental=True)
    writer.add_metadata({"/Subject": "a later revision"})
    out = io.BytesIO()
    writer.write(out)
    report = await check(out.getvalue())
    assert report.verdict is Status.UNDETERMINED


async def test_pdf_with_two_attached_files_is_refused() -> None:
    report = await check(edited("second-file"))
    assert (report.verdict, report.code) == (Status.INVALID, ResultCode.ATTACHMENT)


async def test_another_result_attached_to_the_page_is_found() -> None:
    data = kept(signed(guardianship()))
    page = page_of(certificate(), verify_enveloped(data), data)
    report = await check(_compile(page, data.decode(), ISSUED))
    assert report.code == ResultCode.PAGE_DIFFERS


async def test_pdf_bomb_in_place_of_the_attachment_is_not_unpacked() -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("result.xml", b"x")
    stream = writer.root_object["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object()["/EF"]["/F"].get_object()
    stream._data = zlib.compress(b"\x00" * (200 * 1024 * 1024), 9)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    out = io.BytesIO()
    writer.write(out)
    report = await check(out.getvalue())
    assert (report.code, report.exit_status) == (ResultCode.PDF_UNREADABLE, 3)


async def test_tree_of_attachments_that_holds_itself_ends() -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    node = DictionaryObject()
    reference = writer._add_object(node)
    node[NameObject("/Kids")] = pypdf.generic.ArrayObject([reference, reference])
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/EmbeddedFiles"): reference})
    out = io.BytesIO()
    writer.write(out)
    assert (await check(out.getvalue())).exit_status == 3


@functools.cache
def good_pdf() -> bytes:
    return compile_pdf(kept(signed(certificate())))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.floats(0, 0.999), st.binary(min_size=1, max_size=40), st.booleans())
@pytest.mark.full
async def test_damaged_pdf_is_never_an_error_and_never_another_document(place: float, junk: bytes, cut: bool) -> None:
    good = good_pdf()
    start = int(place * len(good))
    damaged = good[:start] + junk + (b"" if cut else good[start + len(junk) :])
    report = await check(damaged)
    if report.verdict is Status.VALID:
        assert report.document == certificate()


@pytest.mark.parametrize("language", list(Language))
async def test_report_reads_in_every_language_and_keeps_the_signers_iin(language: Language) -> None:
    for data in (forged_page(application="20260302000018"), kept(signed(refusal())), b"x"):
        report = await check(data)
        text = report.render(language)
        assert report.text.to(language) in text
        assert HEAD_IIN not in text
        assert HEAD_IIN not in str(report.to_json())
        assert {"verdict", "code", "signers"} <= report.to_json().keys()


def test_control_characters_of_a_hostile_file_do_not_reach_the_terminal() -> None:
    verdict = Verdict.of(Code.ISSUER_UNKNOWN, at=ISSUED, certificate=authority().key("\x1b[2Jevil").certificate)
    report = VerificationReport(Status.INVALID, str(Code.ISSUER_UNKNOWN), ISSUED, signers=(verdict,))
    assert "\x1b" not in report.render(Language.EN)


def test_every_code_has_words_in_three_languages() -> None:
    assert set(WORDS) == set(ResultCode)
    for text in (part for pair in WORDS.values() for part in pair):
        assert len({text.kk, text.ru, text.en}) == 3
