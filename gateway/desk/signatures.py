"""The desk's checks of signatures: of whoever signs an application, and of the officials who sign a result in turn."""

from __future__ import annotations

from functools import partial

from gateway.catalogue import Role
from gateway.desk.ports import Judged
from gateway.eds.codes import ROWS, Code, Status
from gateway.eds.keeping import EvidenceKeeper
from gateway.eds.policies import bin_is, iin_is, may_sign, role_in
from gateway.eds.signature_chain import verify_chain
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import Verdict
from gateway.eds.verification import verify_signed_xml
from gateway.eds.xmldsig import XmlSignature
from gateway.identity.numbers import Bin, Iin
from gateway.results.signers import certificate_roles


class CheckedSignatures:
    """Signatures judged against the operator's anchors."""

    def __init__(self, checker: CertificateChecker, keeper: EvidenceKeeper | None = None) -> None:
        self._checker = checker
        self._keeper = keeper or EvidenceKeeper(checker)

    async def of_applicant(self, signed: bytes) -> Judged:
        """Judge an application's signature: trusted, not revoked, by a key that may sign."""
        # No signature covers comments (XML-DSig section 4.4.3.2); an added one would be read as if it were signed.
        if b"<!--" in signed:
            code = Code.DOCUMENT_NOT_AS_SHOWN
            return Judged(Status.INVALID, code.value, ROWS[code].text)
        verdict, signature = await verify_signed_xml(signed, self._checker, may_sign())
        return self._judged(signed, verdict, signature)

    async def of_official(
        self, signed: bytes, *, iin: Iin, bin_: Bin, role: Role = Role.HEAD, earlier: int = 0
    ) -> Judged:
        """Judge a result's last signature: the account's IIN, the office's BIN and a role that fits the official's.

        The `earlier` signatures must still be good, as whoever takes the result will ask; by whom they are was asked
        when they were made, and the document is compared with the one that was kept then.
        """
        last = (iin_is(iin), bin_is(bin_), role_in(certificate_roles(role)), may_sign())
        before = tuple((may_sign(),) for _ in range(earlier))
        chain = await verify_chain(signed, self._checker, *before, last)
        return self._judged(signed, chain.verdict, chain.last)

    def _judged(self, signed: bytes, verdict: Verdict, signature: XmlSignature | None) -> Judged:
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
            roles=signature.certificate.roles,
        )
