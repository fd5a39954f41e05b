"""NIST's PKITS through the checker as it is used: paths found from what came along, revocation from kept lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.clock import ManualClock
from gateway.eds.algorithms import LEGACY_ALGORITHMS
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.codes import Code
from gateway.eds.errors import CertificateUnreadable
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.evidence import StoredEvidence
from gateway.eds.revocation.policy import RevocationPolicy
from gateway.eds.trust import Anchors, CertificateChecker, PathPolicy, TrustPolicy
from gateway.eds.verdict import Verdict

vectors = pytest.importorskip("cryptography_vectors", reason="cryptography_vectors holds the files of PKITS")

FILES = Path(vectors.__file__).parent / "x509" / "PKITS_data"
NOW = datetime(2022, 5, 1, tzinfo=UTC)
AGES = timedelta(days=365 * 40)
SECTIONS = dict(enumerate((6, 8, 11, 21, 8, 17, 5, 20, 8, 14, 11, 10, 38, 35, 10, 2), start=1))
"""How many tests NIST's document has in each section of chapter 4."""


@dataclass(frozen=True)
class Case:
    case: str
    leaf: str
    code: Code
    issuers: tuple[str, ...]
    crls: tuple[str, ...]
    policy: PathPolicy

    @classmethod
    def of(cls, row: dict[str, Any]) -> Case:
        settings = row.get("policy", {})
        acceptable = settings.get("acceptable")
        return cls(
            case=row["case"],
            leaf=row["leaf"],
            code=Code(row["code"]),
            issuers=tuple(row.get("issuers", ())),
            crls=("TrustAnchorRootCRL", *row.get("crls", ())),
            policy=PathPolicy(
                acceptable=acceptable and frozenset(f"2.16.840.1.101.3.2.1.48.{number}" for number in acceptable),
                require_explicit=settings.get("explicit", False),
                inhibit_mapping=settings.get("inhibit_mapping", False),
                inhibit_any=settings.get("inhibit_any", False),
            ),
        )


CASES = [Case.of(row) for row in yaml.safe_load(Path(__file__).with_name("pkits.yaml").read_text())["cases"]]


def certificate(name: str) -> Certificate:
    return read_certificate((FILES / "certs" / f"{name}.crt").read_bytes())


async def judged(case: Case) -> Verdict:
    clock = ManualClock(NOW)
    checker = CertificateChecker(
        Anchors.of([certificate("TrustAnchorRootCertificate")]),
        RevocationChecker(
            None,
            clock,
            RevocationPolicy(crl_max_age=AGES, authority_crl_max_age=AGES, algorithms=LEGACY_ALGORITHMS),
        ),
        clock,
        TrustPolicy(algorithms=LEGACY_ALGORITHMS, paths=case.policy),
    )
    given = []
    for name in case.issuers:
        try:
            given.append(certificate(name))
        except CertificateUnreadable:
            assert name == "BadSignedCACert"
    try:
        leaf = certificate(case.leaf)
    except CertificateUnreadable as error:
        return Verdict.from_error(error, at=NOW)
    kept = StoredEvidence(crls=tuple((FILES / "crls" / f"{name}.crl").read_bytes() for name in case.crls))
    return await checker.check(leaf, intermediates=given, stored=kept)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.case)
async def test_nist_case_comes_to_what_nist_says_and_for_its_own_reason(case: Case) -> None:
    verdict = await judged(case)
    assert (verdict.code, verdict.facts if verdict.code is not case.code else None) == (case.code, None)


def test_every_test_of_the_document_is_there() -> None:
    found = {tuple(int(part) for part in case.case.partition("-")[0].split(".")) for case in CASES}
    assert found == {(4, section, number) for section, size in SECTIONS.items() for number in range(1, size + 1)}
