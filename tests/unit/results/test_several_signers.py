"""Results that several officials sign, or an official of another body: named in the document, asked for, and shown."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pypdf
import pytest
from lxml import etree

from gateway.catalogue import Body, Channel, Outcome, ResultKind, load_catalogue
from gateway.catalogue import Role as Post
from gateway.clock import ManualClock
from gateway.eds.codes import Code, Status
from gateway.eds.evidence import add_ocsp, stamped_value
from gateway.eds.keys import SigningKey
from gateway.eds.offline import OfflineChecker
from gateway.eds.roles import Role
from gateway.eds.trust import Anchors
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from gateway.results.comparison import PageMatch
from gateway.results.container import bare
from gateway.results.dates import local_moment
from gateway.results.document import DocumentSigner, Office, ResultDocument, Statement
from gateway.results.errors import DocumentRefused, ResultCode
from gateway.results.markup import build_result, read_element
from gateway.results.page import page_of
from gateway.results.pdf import compile_pdf
from gateway.results.posts import signer_in_words
from gateway.results.report_page import report_page
from gateway.results.signers import (
    EMPLOYEES,
    HEADS,
    ExpectedSigner,
    JudgedResult,
    certificate_roles,
    named_signers,
    result_of,
    verify_result,
)
from gateway.results.templates import refusal_notice
from gateway.results.verification import verify_file
from gateway.texts import Language
from tests.unit.eds import cms_kit as kit
from tests.unit.eds import pki
from tests.unit.results.issuing import (
    ISSUED,
    OFFICE,
    OTHER_OFFICE,
    PORTAL,
    authority,
    certificate,
    ground,
    head,
    number,
    particulars,
    refusal,
    signed,
)

NOW = ISSUED + timedelta(days=200)
PROVIDER = certificate().provider
AKIMAT = Office(OTHER_OFFICE, Statement("Алатау ауданы әкімінің аппараты", "Аппарат акима Алатауского района"))
IN_TURN = (DocumentSigner(Post.EXECUTOR, PROVIDER), DocumentSigner(Post.HEAD, PROVIDER))
BY_THE_AKIM = (DocumentSigner(Post.HEAD, AKIMAT, Body.DISTRICT_AKIM),)
EXPECTED = (ExpectedSigner(OFFICE, EMPLOYEES), ExpectedSigner(OFFICE, HEADS))
ALONE = (ExpectedSigner(OFFICE, HEADS),)


@functools.cache
def executor() -> SigningKey:
    roles = (Role.LEGAL_ENTITY, Role.EMPLOYEE)
    return authority().key("САДЫҚОВА ГҮЛНАР", iin=number("80030345014"), office=OFFICE, roles=roles)


@functools.cache
def akim() -> SigningKey:
    roles = (Role.LEGAL_ENTITY, Role.HEAD)
    return authority().key("ӘКІМОВ ЕРЛАН", iin=number("75010130015"), office=OTHER_OFFICE, roles=roles)


def permit(**changes: object) -> ResultDocument:
    return certificate(**({"signers": IN_TURN} | changes))


def in_turn(document: ResultDocument, *keys: SigningKey) -> bytes:
    """Sign as the desk has it signed: the answer about each signer stands in his signature before the next signs."""
    data = build_result(document)
    for key in keys or (executor(), head()):
        data = add_ocsp(sign_enveloped(data, key), [authority().ocsp(key.certificate)])
    return data


def checker(*, at=NOW) -> OfflineChecker:
    return OfflineChecker(Anchors.of(authority().anchors), ManualClock(at))


async def judged(data: bytes, expected: Sequence[ExpectedSigner] = EXPECTED) -> JudgedResult:
    return await verify_result(data, checker(at=ISSUED), lambda _: expected)


async def report_of(data: bytes):
    return await verify_file(data, anchors=Anchors.of(authority().anchors), clock=ManualClock(NOW))


# The document


def test_the_document_names_its_signers_in_their_order() -> None:
    built = build_result(permit())
    assert read_element(etree.fromstring(built)) == permit()
    assert read_element(etree.fromstring(in_turn(permit()))) == permit()
    roles = etree.fromstring(built).xpath("//*[local-name()='signer']/@role")
    assert roles == ["executor", "head"]


def test_where_the_head_signs_alone_nobody_is_named() -> None:
    assert b"signers" not in build_result(certificate())
    assert named_signers(certificate()) == ALONE


def test_a_document_is_issued_by_the_office_of_its_last_signer() -> None:
    assert permit().issuer == PROVIDER
    order = certificate(signers=BY_THE_AKIM)
    assert (order.issuer, order.provider) == (AKIMAT, PROVIDER)
    with pytest.raises(DocumentRefused) as refused:
        replace(order, issuer=PROVIDER)
    assert (refused.value.code, refused.value.where) == (ResultCode.CONTRADICTION, "issuer")


def test_the_portal_names_nobody_beside_itself() -> None:
    portal = Office(PORTAL, Statement("Портал", "Портал"))
    notice = refusal_notice(particulars(signers=IN_TURN), Code.CERTIFICATE_REVOKED, portal=portal)
    assert notice.signers == ()
    assert named_signers(notice) == (ExpectedSigner(PORTAL, frozenset({Role.INFORMATION_SYSTEM})),)
    with pytest.raises(DocumentRefused):
        replace(notice, signers=IN_TURN)


def test_more_signers_than_any_act_asks_for_make_no_document() -> None:
    with pytest.raises(DocumentRefused) as refused:
        build_result(permit(signers=(*IN_TURN, *IN_TURN)))
    assert refused.value.code is ResultCode.SCHEMA


def test_an_executor_does_not_sign_with_the_heads_key() -> None:
    assert Role.HEAD not in certificate_roles(Post.EXECUTOR)
    assert Role.EMPLOYEE not in certificate_roles(Post.HEAD)


# Which result of the service it is


def results_of(service: str, channel: Channel, kind: str | None = None) -> tuple[ResultKind, ...]:
    return load_catalogue().service(service).results_on(channel, kind)


def test_a_document_is_the_result_whose_title_it_bears() -> None:
    results = results_of("foreign-labour-permit", Channel.PORTAL, "employer-issue")
    permit_of_the_act = next(one for one in results if one.outcome is Outcome.ISSUED)
    document = replace(certificate(), title=Statement.of(permit_of_the_act.title))
    found = result_of(document, results)
    assert found == permit_of_the_act
    assert [signer.role for signer in found.signers] == [Post.EXECUTOR, Post.HEAD]
    assert result_of(certificate(), results) is None


def test_a_refusal_is_found_by_its_ground() -> None:
    results = results_of("unemployed-certificate", Channel.PORTAL)
    found = result_of(refusal(), results)
    assert found is not None
    assert found.outcome is Outcome.REFUSED
    assert ground("not-registered-as-unemployed").code in found.grounds
    assert result_of(refusal(), [one for one in results if one.outcome is not Outcome.REFUSED]) is None


@pytest.mark.parametrize("service", sorted(load_catalogue().services))
def test_the_title_of_a_document_tells_who_must_have_signed_it(service: str) -> None:
    for entry in load_catalogue().service(service).channels:
        for kind in load_catalogue().service(service).kind_ids or (None,):
            signers: dict[Statement, object] = {}
            for one in results_of(service, entry.channel, kind):
                if one.outcome is not Outcome.REFUSED:
                    assert signers.setdefault(Statement.of(one.title), one.signers) == one.signers


# The check with the catalogue at hand


async def test_signed_by_all_in_their_order_it_is_valid_and_every_signer_is_told() -> None:
    result = await judged(in_turn(permit()))
    assert (result.verdict.code, result.document, result.valid) == (Code.OK, permit(), True)
    told = [(one.certificate, one.role, one.office, one.verdict.code) for one in result.signers]
    assert told == [
        (executor().certificate, Post.EXECUTOR, PROVIDER, Code.OK),
        (head().certificate, Post.HEAD, PROVIDER, Code.OK),
    ]


async def test_of_a_document_that_names_nobody_the_head_is_told_without_a_post() -> None:
    result = await judged(in_turn(certificate(), head()), ALONE)
    assert result.valid
    (finding,) = result.signers
    assert (finding.certificate, finding.role, finding.office) == (head().certificate, None, None)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: in_turn(permit(), head(), executor()), Code.ROLE_NOT_FIT),
        (lambda: in_turn(permit(), executor()), Code.SIGNATURES_TOO_FEW),
        (lambda: in_turn(permit(), head()), Code.SIGNATURES_TOO_FEW),
        (lambda: in_turn(permit(), head(), head()), Code.SIGNER_TWICE),
        (lambda: in_turn(permit(), executor(), head(), akim()), Code.SIGNATURES_TOO_MANY),
        (lambda: in_turn(permit(), executor(), akim()), Code.SIGNER_NOT_BIN),
        (lambda: in_turn(permit()).replace("Әсел".encode(), "Әсем".encode()), Code.DIGEST_MISMATCH),
        (lambda: build_result(permit()), Code.SIGNATURE_MISSING),
    ],
    ids=["swapped", "head-missing", "executor-missing", "twice", "extra", "other-body", "changed", "unsigned"],
)
async def test_signed_otherwise_it_is_not_valid(make: Callable[[], bytes], code: Code) -> None:
    result = await judged(make())
    assert (result.verdict.status, result.verdict.code, result.valid) == (Status.INVALID, code, False)


async def test_a_revoked_signer_refuses_it_and_an_unknown_status_leaves_it_open() -> None:
    revoked = authority().ocsp(executor().certificate, revoked_at=ISSUED - timedelta(days=1))
    data = add_ocsp(sign_enveloped(build_result(permit()), executor()), [revoked])
    data = add_ocsp(sign_enveloped(data, head()), [authority().ocsp(head().certificate)])
    result = await judged(data)
    assert (result.verdict.code, result.verdict.facts["signer"]) == (Code.CERTIFICATE_REVOKED, "1")
    data = sign_enveloped(build_result(permit()), executor())
    data = add_ocsp(sign_enveloped(data, head()), [authority().ocsp(head().certificate)])
    assert (await judged(data)).verdict.status is Status.UNDETERMINED


async def test_a_document_that_names_others_than_must_sign_is_refused() -> None:
    by_two_naming_one = in_turn(certificate(), executor(), head())
    by_the_akim_alone = in_turn(certificate(signers=BY_THE_AKIM), akim())
    for data, expected in ((by_two_naming_one, EXPECTED), (by_the_akim_alone, ALONE)):
        result = await judged(data, expected)
        assert result.refusal is not None
        assert (result.refusal.code, result.refusal.where) == (ResultCode.CONTRADICTION, "signers")
        assert (result.document, result.valid) == (None, False)
        assert result.verdict.valid


async def test_an_order_of_the_akim_is_signed_by_the_akim() -> None:
    order = certificate(signers=BY_THE_AKIM)
    expected = (ExpectedSigner(OTHER_OFFICE, HEADS),)
    assert (await judged(in_turn(order, akim()), expected)).valid
    assert (await judged(in_turn(order, head()), expected)).verdict.code is Code.SIGNER_NOT_BIN


async def test_what_nobody_demands_anything_of_is_refused_with_a_verdict_on_its_signatures() -> None:
    def unknown(_: ResultDocument) -> Sequence[ExpectedSigner]:
        raise DocumentRefused(ResultCode.NOT_RESULT, "no result of this service")

    result = await verify_result(in_turn(permit()), checker(at=ISSUED), unknown)
    assert result.refusal is not None
    assert (result.refusal.code, result.verdict.valid, result.valid) == (ResultCode.NOT_RESULT, True, False)
    result = await verify_result(sign_enveloped(b"<other/>", head()), checker(at=ISSUED), lambda _: EXPECTED)
    assert result.refusal is not None
    assert (result.refusal.code, result.verdict.status) == (ResultCode.NOT_RESULT, Status.UNDETERMINED)


# The check of a file by what it says itself


async def test_a_file_signed_by_all_whom_it_names_is_valid() -> None:
    report = await report_of(in_turn(permit()))
    assert (report.verdict, report.code) == (Status.VALID, "ok")
    assert report.posts == tuple(reversed(IN_TURN))
    told = report.to_json()
    assert [one["named"]["role"] for one in told["signers"]] == ["head", "executor"]
    assert [one["role"] for one in told["document"]["signers"]] == ["executor", "head"]


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ((executor,), Code.SIGNATURES_TOO_FEW),
        ((head,), Code.SIGNATURES_TOO_FEW),
        ((head, executor), Code.ROLE_NOT_FIT),
        ((head, head), Code.SIGNER_TWICE),
        ((executor, head, akim), Code.SIGNATURES_TOO_MANY),
        ((executor, akim), Code.SIGNER_NOT_BIN),
    ],
)
async def test_a_file_signed_by_others_than_it_names_is_not(
    keys: Sequence[Callable[[], SigningKey]], code: Code
) -> None:
    report = await report_of(in_turn(permit(), *(key() for key in keys)))
    assert (report.verdict, report.code) == (Status.INVALID, code)
    pdf = await report_of(compile_pdf(in_turn(permit(), *(key() for key in keys))))
    assert (pdf.verdict, pdf.code) == (Status.INVALID, code)


async def test_a_result_that_names_nobody_may_still_carry_a_second_signature() -> None:
    report = await report_of(in_turn(certificate(), head(), akim()))
    assert report.verdict is Status.VALID


async def test_the_report_names_office_post_certificate_and_verdict_of_each() -> None:
    report = await report_of(in_turn(permit()))
    for language, posts in (
        (Language.KK, ("Жауапты орындаушы", "Басшы")),
        (Language.RU, ("Ответственный исполнитель", "Руководитель")),
        (Language.EN, ("Responsible executor", "Head")),
    ):
        text = report.render(language)
        page = report_page(report, name="permit.xml", language=language)
        for post, key in zip(posts, (executor(), head()), strict=True):
            assert post in text
            assert post in page
            assert key.certificate.serial_hex in text
            assert key.certificate.serial_hex in page
    missing = (await report_of(in_turn(permit(), executor()))).render(Language.RU)
    assert signer_in_words(IN_TURN[1], Language.RU) in missing


# The page


def text_of(pdf: bytes) -> str:
    return bare("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


async def test_the_page_lists_every_signer_with_office_post_certificate_and_time() -> None:
    data = in_turn(permit())
    pdf = compile_pdf(data)
    text = text_of(pdf)
    for value in page_of(permit(), verify_enveloped(data), data).values():
        assert bare(value) in text
    for said in ("Жауапты орындаушы", "Ответственный исполнитель", "Басшы", "Руководитель", "Метка времени"):
        assert bare(said) in text
    first, second = (text.index(key.certificate.serial_hex) for key in (executor(), head()))
    assert text.index(bare("Ответственный исполнитель")) < first < text.index(bare("Руководитель")) < second
    report = await report_of(pdf)
    assert (report.verdict, report.page) == (Status.VALID, PageMatch.IDENTICAL)


def test_the_page_states_the_time_of_the_stamp_over_each_signature() -> None:
    tsa = kit.tsa(pki.issuing(pki.root()))
    moments = (ISSUED + timedelta(minutes=7), ISSUED + timedelta(minutes=31))
    data = build_result(permit())
    for key, moment in zip((executor(), head()), moments, strict=True):
        data = sign_enveloped(data, key)
        data = add_ocsp(data, [], timestamps=[kit.token(stamped_value(data), tsa, moment=moment)])
    page = page_of(permit(), verify_enveloped(data), data)
    assert [cells[-1].value for cells in page.signatures] == [local_moment(moment) for moment in moments]
    broken = data.replace(b"EncapsulatedTimeStamp>MI", b"EncapsulatedTimeStamp>MA")
    assert broken != data
    assert [cells[-1].value for cells in page_of(permit(), verify_enveloped(data), broken).signatures] == ["–", "–"]


def test_the_akims_order_is_headed_by_the_akims_office() -> None:
    data = in_turn(certificate(signers=BY_THE_AKIM), akim())
    text = text_of(compile_pdf(data))
    assert text.index(bare(AKIMAT.name.kk)) < text.index(bare(PROVIDER.name.kk))
    assert bare("Әкім") in text
    assert bare("Аким") in text


def test_the_page_of_a_result_that_names_nobody_has_no_posts() -> None:
    page = page_of(certificate(), verify_enveloped(signed(certificate())), signed(certificate()))
    assert page.signers == ()
    assert len(page.signatures) == 1
