"""Our own check of a result that names who must sign it: as many as it names, in their order, or it is not valid."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gateway.catalogue import Role as Post
from gateway.eds.keys import SoftwareKey
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.roles import Role
from gateway.eds.xmldsig import sign_enveloped
from gateway.results.document import DocumentSigner
from gateway.results.markup import build_result
from gateway.web.checks.judging import Checks
from gateway.web.checks.verdicts import Question, judge
from tests.unit.eds import pki
from tests.unit.results.issuing import OFFICE, certificate

PROVIDER = certificate().provider
PERMIT = build_result(
    certificate(signers=(DocumentSigner(Post.EXECUTOR, PROVIDER), DocumentSigner(Post.HEAD, PROVIDER)))
)


@pytest.fixture
def network(root: pki.Authority, nca: pki.Authority) -> MemoryFetcher:
    return MemoryFetcher({pki.CRL_URL: nca.crl(), pki.ROOT_CRL_URL: root.crl()})


@pytest.fixture(scope="session")
def keys(nca: pki.Authority) -> dict[str, SoftwareKey]:
    executor = nca.person("executor", iin="850101100012", bin=OFFICE, roles=(Role.LEGAL_ENTITY, Role.EMPLOYEE))
    head = nca.person("head", iin="700202100130", bin=OFFICE, roles=(Role.LEGAL_ENTITY, Role.HEAD))
    return {"executor": executor, "head": head}


@pytest.mark.parametrize(
    ("signers", "verdict", "code"),
    [
        (("executor", "head"), "valid", "ok"),
        (("head", "executor"), "invalid", "role-not-fit"),
        (("executor",), "invalid", "signatures-too-few"),
        (("head",), "invalid", "signatures-too-few"),
        (("executor", "head", "head"), "invalid", "signatures-too-many"),
        (("head", "head"), "invalid", "signer-twice"),
    ],
)
async def test_all_whom_a_result_names_must_have_signed_it(
    checks: Checks, keys: dict[str, SoftwareKey], signers: Sequence[str], verdict: str, code: str
) -> None:
    document = PERMIT
    for name in signers:
        document = sign_enveloped(document, keys[name])
    answer = await judge(checks, Question(document))
    assert (answer["verdict"], answer["code"]) == (verdict, code)
    # Each signature by itself is good, and each signer is told, the last one first.
    assert [one["verdict"] for one in answer["signers"]] == ["valid"] * len(signers)
    told = [one["certificate"]["serial"] for one in answer["signers"]]
    assert told == [keys[name].certificate.serial_hex for name in reversed(signers)]


async def test_what_names_nobody_may_be_signed_by_anybody(checks: Checks, keys: dict[str, SoftwareKey]) -> None:
    for document in (b"<a/>", build_result(certificate())):
        signed = sign_enveloped(sign_enveloped(document, keys["head"]), keys["executor"])
        assert (await judge(checks, Question(signed)))["verdict"] == "valid"
