"""The command `qyzmet verify FILE`: checks a signed file and says what it found."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.clock import Clock, ManualClock, RealClock
from gateway.eds.cms.reader import MAX_CMS_BYTES
from gateway.eds.codes import Status
from gateway.eds.errors import EdsError
from gateway.eds.evidence import evidence_of
from gateway.eds.offline import RevocationRule
from gateway.eds.package import MAX_PACKAGE_BYTES, EvidencePackage, is_package, read_package, write_package
from gateway.eds.trust import Anchors
from gateway.results.report import VerificationReport
from gateway.results.report_page import report_page
from gateway.results.verification import verify_file
from gateway.texts import Language

__all__ = ["RevocationRule", "add_arguments", "run", "verify_file"]

_MAX_EVIDENCE_BYTES = 64 * 1024 * 1024
_MOST_EVIDENCE = 32
_USAGE = 64
"""Exit status for a command that cannot be carried out as it was given (EX_USAGE of sysexits.h)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name the command's arguments."""
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="signed XML, a PDF that carries it, a SOAP envelope, a CMS, or an evidence package",
    )
    parser.add_argument("--content", type=Path, metavar="FILE", help="what a detached CMS is over")
    parser.add_argument("--anchors", type=Path, metavar="DIR", help="certificates of the trusted authorities")
    parser.add_argument("--ocsp", type=Path, action="append", default=[], metavar="FILE", help="an OCSP response (DER)")
    parser.add_argument("--crl", type=Path, action="append", default=[], metavar="FILE", help="a CRL (DER)")
    parser.add_argument("--at", type=_moment, metavar="TIME", help="judge for this moment (ISO 8601; UTC unless said)")
    parser.add_argument(
        "--revocation",
        type=RevocationRule,
        choices=list(RevocationRule),
        default=RevocationRule.REQUIRED,
        help="whether evidence on revocation must be there (default: required)",
    )
    parser.add_argument("--lang", type=Language, choices=list(Language), default=Language.KK, help="language (kk)")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the report as a page there too")
    parser.add_argument(
        "--package", type=Path, metavar="FILE", help="if valid, write an evidence package for a check in years there"
    )
    parser.add_argument("--json", action="store_true", help="the report as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; returns 0 valid, 1 invalid, 2 undetermined, 3 not a signed file, 64 wrong usage."""
    try:
        report = asyncio.run(_report(arguments))
        if arguments.html:
            page = report_page(report, name=arguments.file.name, language=arguments.lang)
            arguments.html.write_text(page, encoding="utf-8")
        if arguments.package and report.verdict is Status.VALID:
            arguments.package.write_bytes(write_package(_package(arguments, report)))
    except (OSError, EdsError, ValueError) as error:
        sys.stderr.write(f"qyzmet verify: {error}\n")
        return _USAGE
    if arguments.json:
        sys.stdout.write(json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(report.render(arguments.lang) + "\n")
    return report.exit_status


async def _report(arguments: argparse.Namespace) -> VerificationReport:
    if len(arguments.ocsp) + len(arguments.crl) > _MOST_EVIDENCE:
        raise ValueError(f"at most {_MOST_EVIDENCE} files of evidence")
    return await verify_file(
        _content(arguments.file, MAX_PACKAGE_BYTES),
        anchors=Anchors.from_folder(arguments.anchors) if arguments.anchors else Anchors.of(()),
        clock=_clock(arguments.at),
        content=_content(arguments.content, MAX_CMS_BYTES) if arguments.content else None,
        revocation=arguments.revocation,
        at=arguments.at,
        ocsps=[_content(file, _MAX_EVIDENCE_BYTES) for file in arguments.ocsp],
        crls=[_content(file, _MAX_EVIDENCE_BYTES) for file in arguments.crl],
    )


def _package(arguments: argparse.Namespace, report: VerificationReport) -> EvidencePackage:
    """Put the file together with everything that its valid verdict stood on."""
    data = _content(arguments.file, MAX_PACKAGE_BYTES)
    content = _content(arguments.content, MAX_CMS_BYTES) if arguments.content else None
    name = arguments.file.name
    if is_package(data):
        before = read_package(data)
        name, data, content = before.name, before.signed, content or before.content
    stamps = [stamp.verdict for stamp in report.timestamps if stamp is not None and stamp.verdict.valid]
    return EvidencePackage(name, data, evidence_of(*report.signers, *stamps), content)


def _content(file: Path, limit: int) -> bytes:
    """Read at most one byte over the limit, which the check then refuses."""
    with file.open("rb") as stream:
        return stream.read(limit + 1)


def _clock(at: datetime | None) -> Clock:
    """Real time; a moment to come stands for itself, as documents of a simulated clock are checked."""
    real = RealClock()
    return ManualClock(at) if at is not None and at > real.now() + timedelta(minutes=1) else real


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
