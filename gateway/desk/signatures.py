"""The desk's checks of signatures, by the one call of `gateway.eds.verification`."""

from __future__ import annotations

from functools import partial

from gateway.desk.ports import Judged
from gateway.eds.codes import ROWS, Code, Status
from gateway.eds.keeping import EvidenceKeeper
from gateway.eds.policies import Policy, bin_is, iin_is, may_sign, role_in
from gateway.eds.roles import Role
from gateway.eds.trust import CertificateChecker
from gateway.eds.verification import verify_signed_xml
from gateway.identity.numbers import Bin, Iin

OFFICIALS = frozenset({Role.HEAD, Role.SIGNING_RIGHT})
"""Roles that fit the signing of a result in the provider's name."""


class CheckedSignatures:
    """Signatures judged against the operator's anchors."""

    def __init__(self, checker: CertificateChecker, keeper: EvidenceKeeper | None = None) -> None:
        self._checker = checker
        self._keeper = keeper or EvidenceKeeper(checker)

    async def of_applicant(self, signed: bytes) -> Judged:
        """Judge an application's signature: trusted, not revoked, by a key that may sign."""
        return await self._judge(signed, may_sign())

    async def of_official(self, signed: bytes, *, iin: Iin, bin_: Bin) -> Judged:
        """Judge a result's signature: besides, the account's IIN, the office's BIN and a role that fits."""
        rules = (iin_is(iin), bin_is(bin_), role_in(OFFICIALS), may_sign())
        return await self._judge(signed, *rules)

    async def _judge(self, signed: bytes, *rules: Policy) -> Judged:
        # No signature covers comments (XML-DSig section 4.4.3.2); an added one would be read as if it were signed.
        if b"<!--" in signed:
            code = Code.DOCUMENT_NOT_AS_SHOWN
            return Judged(Status.INVALID, code.value, ROWS[code].text)
        verdict, signature = await verify_signed_xml(signed, self._checker, *rules)
        if signature is None or not verdict.valid:
            return Judged(verdict.status, verdict.code.value, verdict.text)
        subject = signature.certificate.subject
        return Judged(
            verdict.status,
            verdict.code.value,
            verdict.text,
            covered=signature.covered,
            document=signature.document,
            keep=partial(self._keeper.keep, signed, verdict),
            iin=subject.iin,
            bin=subject.bin,
        )
