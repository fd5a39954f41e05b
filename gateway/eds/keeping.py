"""What is kept with a signature that was accepted, so that anyone can check it again in years."""

from __future__ import annotations

import asyncio

import structlog

from gateway.eds.algorithms import signs_for
from gateway.eds.errors import EdsError
from gateway.eds.evidence import keep_evidence, stamped_value
from gateway.eds.timestamping import TimestampClient
from gateway.eds.timestamps import Timestamp, judge_timestamp
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import Verdict

_INLINE_BYTES = 64 * 1024
_log = structlog.get_logger(__name__)


class EvidenceKeeper:
    """Puts certificates, revocation answers and a time stamp into the signed document; the signature stays valid.

    An authority of time stamps that does not answer holds nothing up: the answers themselves carry signed times, so the
    document is kept without a stamp, and the log says so.
    """

    def __init__(self, checker: CertificateChecker, timestamps: TimestampClient | None = None) -> None:
        self._checker = checker
        self._timestamps = timestamps

    async def keep(self, signed_xml: bytes, verdict: Verdict, *earlier: Verdict) -> bytes:
        """Return the document with everything that the valid verdict on its last signature stood on.

        `earlier` are those on the signatures before: what they stood on goes into the last one too, where it is not
        kept yet; the time stamp is over the last signature.
        """
        verdicts, tokens = [verdict, *earlier], list[bytes]()
        if self._timestamps is not None and verdict.certificate is not None:
            try:
                stamp, trusted = await self._stamp(self._timestamps, signed_xml, verdict)
            except EdsError as error:
                _log.warning("no-time-stamp", code=error.code.value, **error.facts)
            else:
                verdicts.append(trusted)
                tokens.append(stamp.token)
        if len(signed_xml) <= _INLINE_BYTES:
            return keep_evidence(signed_xml, *verdicts, timestamps=tokens)
        return await asyncio.to_thread(keep_evidence, signed_xml, *verdicts, timestamps=tokens)

    async def _stamp(
        self, authority: TimestampClient, signed_xml: bytes, verdict: Verdict
    ) -> tuple[Timestamp, Verdict]:
        assert verdict.certificate is not None
        key = verdict.certificate
        digest = signs_for(key.key_algorithm, key.key_info).digest
        stamp = await authority.stamp(stamped_value(signed_xml), digest)
        trusted = await judge_timestamp(stamp, self._checker)
        if not trusted.valid:
            raise EdsError(trusted.code, **trusted.facts)
        return stamp, trusted
