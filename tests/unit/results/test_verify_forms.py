"""Every form of a signed file is told, judged and explained: CMS, SOAP envelope, time-stamped XML, evidence package."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from gateway.clock import ManualClock
from gateway.eds.cms.signing import sign_cms
from gateway.eds.codes import Code, Status
from gateway.eds.evidence import keep_evidence
from gateway.eds.keeping import EvidenceKeeper
from gateway.eds.keys import SoftwareKey
from gateway.eds.offline import OfflineChecker, RevocationRule
from gateway.eds.package import read_package
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.timestamping import TimestampClient
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.verification import verify_signed_xml
from gateway.eds.wsse import KeyReference, sign_body
from gateway.eds.xmldsig import sign_enveloped
from gateway.results.report import NOT_A_SIGNED_FILE, VerificationReport
from gateway.results.verification import verify_file
from gateway.results.verify import add_arguments, run
from gateway.texts import Language
from tests.unit.eds import cms_kit as kit
from tests.unit.eds import pki

CONTENT = "қол қойылатын мазмұн".encode()
TSA_URL = "http://nca.test/tsp"
ENVELOPE = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><q xmlns="urn:q">1</q></s:Body>'
    b"</s:Envelope>"
)


@pytest.fixture(scope="module")
def root() -> pki.Authority:
    return pki.root()


@pytest.fixture(scope="module")
def nca(root: pki.Authority) -> pki.Authority:
    return pki.issuing(root)


@pytest.fixture(scope="module")
def key(nca: pki.Authority) -> SoftwareKey:
    return nca.person()


async def check(root: pki.Authority, nca: pki.Authority, data: bytes, **options: object) -> VerificationReport:
    values: dict[str, object] = {
        "anchors": Anchors.of([root.certificate], [nca.certificate]),
        "clock": ManualClock(pki.NOW),
        "crls": [nca.crl()],
    }
    return await verify_file(data, **(values | options))  # type: ignore[arg-type]


async def test_attached_cms_is_valid_and_says_what_was_signed(
    root: pki.Authority, nca: pki.Authority, key: SoftwareKey
) -> None:
    report = await check(root, nca, sign_cms(CONTENT, key, at=pki.NOW))
    assert (report.verdict, report.form, report.content["bytes"]) == (Status.VALID, "cms", str(len(CONTENT)))
    assert report.facts == {"revocation": "checked", "time": "now"}


async def test_detached_cms_asks_for_its_content(root: pki.Authority, nca: pki.Authority, key: SoftwareKey) -> None:
    data = sign_cms(CONTENT, key, at=pki.NOW, attached=False)
    assert (await check(root, nca, data)).code == Code.CONTENT_MISSING
    assert (await check(root, nca, data, content=CONTENT)).verdict is Status.VALID
    other = await check(root, nca, data, content=CONTENT + b".")
    assert (other.verdict, other.code) == (Status.INVALID, Code.DIGEST_MISMATCH)


async def test_cms_by_a_key_for_authentication_is_no_signature(root: pki.Authority, nca: pki.Authority) -> None:
    data = sign_cms(CONTENT, nca.person("auth", usage=pki.AUTH), at=pki.NOW)
    assert (await check(root, nca, data)).code == Code.KEY_NOT_FOR_SIGNING


async def test_soap_envelope_is_checked_with_either_way_of_naming_the_key(
    root: pki.Authority, nca: pki.Authority, key: SoftwareKey
) -> None:
    for reference in KeyReference:
        known = Anchors.of([root.certificate], [nca.certificate, key.certificate])
        report = await check(root, nca, sign_body(etree.fromstring(ENVELOPE), key, reference), anchors=known)
        assert (report.verdict, report.form) == (Status.VALID, "ws-security"), (reference, report.code)


async def stamped(root: pki.Authority, nca: pki.Authority, key: SoftwareKey) -> bytes:
    """A document with a time stamp and every answer, as the gateway keeps it."""
    clock, authority = ManualClock(pki.NOW), kit.tsa(nca)
    network = MemoryFetcher(
        {pki.CRL_URL: nca.crl(), pki.ROOT_CRL_URL: root.crl(), TSA_URL: kit.responder(authority, moment=pki.NOW)}
    )
    checker = CertificateChecker(
        Anchors.of([root.certificate], [nca.certificate]), RevocationChecker(network, clock), clock
    )
    signed = sign_enveloped(b"<application><text>x</text></application>", key)
    verdict, _ = await verify_signed_xml(signed, checker)
    return await EvidenceKeeper(checker, TimestampClient(network, TSA_URL)).keep(signed, verdict)


async def test_a_time_stamp_decides_the_moment_when_everything_has_run_out(
    root: pki.Authority, nca: pki.Authority, key: SoftwareKey
) -> None:
    years_later = ManualClock(pki.NOW + timedelta(days=3000))
    report = await check(
        root, nca, await stamped(root, nca, key), clock=years_later, crls=(), anchors=Anchors.of([root.certificate])
    )
    assert (report.verdict, report.code) == (Status.VALID, "ok")
    assert (report.judged_at, report.facts["time"]) == (pki.NOW, "timestamp")
    (stamp,) = report.timestamps
    assert stamp is not None
    assert stamp.verdict.valid


async def test_without_the_time_stamp_the_same_document_has_expired(
    root: pki.Authority, nca: pki.Authority, key: SoftwareKey
) -> None:
    clock = ManualClock(pki.NOW)
    signed = sign_enveloped(b"<application/>", key)
    offline = OfflineChecker(Anchors.of([root.certificate], [nca.certificate]), clock, rule=RevocationRule.NONE)
    verdict, _ = await verify_signed_xml(signed, offline)
    later = ManualClock(pki.NOW + timedelta(days=3000))
    report = await check(root, nca, keep_evidence(signed, verdict), clock=later)
    assert report.code == Code.CERTIFICATE_EXPIRED


async def test_a_time_stamp_over_another_signature_makes_the_document_invalid(
    root: pki.Authority, nca: pki.Authority, key: SoftwareKey
) -> None:
    signed = sign_enveloped(b"<application/>", key)
    document = keep_evidence(signed, timestamps=[kit.token(b"another signature", kit.tsa(nca))])
    report = await check(root, nca, document)
    assert (report.verdict, report.code) == (Status.INVALID, Code.TIMESTAMP_REFUSED)


@pytest.fixture
def folder(tmp_path: Path, root: pki.Authority, nca: pki.Authority) -> Path:
    (tmp_path / "anchors").mkdir()
    (tmp_path / "anchors" / "root.cer").write_bytes(root.certificate.der)
    (tmp_path / "nca.crl").write_bytes(nca.crl())
    return tmp_path


def command(*arguments: str) -> int:
    import argparse

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(list(arguments)))


def test_the_package_of_a_valid_file_is_checked_offline_and_alone(
    folder: Path, nca: pki.Authority, key: SoftwareKey, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "x.p7s").write_bytes(sign_cms(CONTENT, key, at=pki.NOW, attached=False))
    (folder / "x.txt").write_bytes(CONTENT)
    (folder / "anchors" / "nca.cer").write_bytes(nca.certificate.der)
    usual = (f"--anchors={folder / 'anchors'}", f"--at={pki.NOW.isoformat()}")
    given = (*usual, f"--content={folder / 'x.txt'}", f"--crl={folder / 'nca.crl'}")
    package = folder / "x.zip"
    assert command(str(folder / "x.p7s"), *given, f"--package={package}", f"--html={folder / 'x.html'}") == 0
    assert read_package(package.read_bytes()).content == CONTENT
    # The package brings the issuing authority and the list along: the root alone is trusted.
    (folder / "anchors" / "nca.cer").unlink()
    capsys.readouterr()
    assert command(str(package), *usual, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["form"], told["signers"][0]["revocation"]["source"]) == ("valid", "cms", "crl")
    page = (folder / "x.html").read_text(encoding="utf-8")
    assert "ЖАРАМДЫ" in page
    assert "<script" not in page


def test_a_broken_package_and_a_file_of_no_form_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken.zip").write_bytes(b"PK\x03\x04" + b"\0" * 26 + b"manifest.json")
    (folder / "notes.txt").write_bytes("жай мәтін".encode())
    (folder / "anchors").joinpath("x").mkdir()
    usual = (f"--anchors={folder / 'anchors'}", "--lang=ru")
    assert command(str(folder / "broken.zip"), *usual) == 1
    assert "evidence-unreadable" in capsys.readouterr().out
    assert command(str(folder / "notes.txt"), *usual) == NOT_A_SIGNED_FILE
    assert "не является ни XML, ни PDF, ни CMS" in capsys.readouterr().out


async def test_the_page_is_written_in_every_language_without_markup_from_the_file(
    root: pki.Authority, nca: pki.Authority
) -> None:
    from gateway.results.report_page import report_page

    hostile = nca.person("hostile", bin='000000000000"><script>')
    report = await check(root, nca, sign_cms(CONTENT, hostile, at=pki.NOW))
    for language in Language:
        page = report_page(report, name="<b>x</b>.p7s", language=language)
        assert "<script" not in page
        assert "&lt;b&gt;x&lt;/b&gt;" in page
