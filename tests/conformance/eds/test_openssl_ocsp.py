"""OpenSSL's own cases of OCSP, through the checker with the answers kept beside the certificate."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.clock import ManualClock
from gateway.eds.algorithms import LEGACY_ALGORITHMS
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.evidence import StoredEvidence
from gateway.eds.revocation.policy import RevocationPolicy
from gateway.eds.trust import Anchors, CertificateChecker, TrustPolicy
from tests.fetch_fixtures import OPENSSL_OCSP

CASES = yaml.safe_load(Path(__file__).with_name("openssl_ocsp.yaml").read_text())["cases"]


def certificate(name: str) -> Certificate:
    return read_certificate((OPENSSL_OCSP / f"{name}.pem").read_bytes())


@pytest.mark.skipif(not OPENSSL_OCSP.exists(), reason="OpenSSL's files come with `make peers` and are not here")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
async def test_openssl_case_comes_to_what_openssl_says_and_for_its_own_reason(case: dict[str, Any]) -> None:
    clock = ManualClock(case["at"])
    # One responder of 2012 has no ocsp-nocheck and names nobody who could be asked about it.
    rules = RevocationPolicy(ocsp_max_age=timedelta(days=30), algorithms=LEGACY_ALGORITHMS, responder_nocheck=False)
    checker = CertificateChecker(
        Anchors.of([certificate(case["root"])]),
        RevocationChecker(None, clock, rules),
        clock,
        TrustPolicy(check_issuers=not case.get("ends_only"), algorithms=LEGACY_ALGORITHMS),
    )
    verdict = await checker.check(
        certificate(case["leaf"]),
        intermediates=[certificate(name) for name in case.get("issuers", ())],
        stored=StoredEvidence(
            ocsp=tuple(base64.b64decode((OPENSSL_OCSP / f"{name}.ors").read_bytes()) for name in case["answers"])
        ),
    )
    assert str(verdict.code) == case["code"], verdict.facts
    assert case.get("reason", "") in verdict.facts.get("kept", "")


def test_every_case_of_the_list_is_there() -> None:
    assert len(CASES) == 29
