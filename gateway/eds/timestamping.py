"""Asking for time stamps (RFC 3161): the question, the answer to it, and a client over the port to the network."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.eds.algorithms import ALGORITHMS, Algorithms, Digest
from gateway.eds.certificate import Certificate
from gateway.eds.cms.reader import members
from gateway.eds.codes import Code
from gateway.eds.der import (
    BIT_STRING,
    BOOLEAN,
    NULL,
    OCTET_STRING,
    SEQUENCE,
    Der,
    DerError,
    encode,
    encode_integer,
    encode_oid,
)
from gateway.eds.errors import AlgorithmRefused, TimestampRefused
from gateway.eds.revocation.fetch import Fetcher, FetchFailed
from gateway.eds.timestamps import MAX_TOKEN_BYTES, Timestamp, read_number, verify_token

QUERY_TYPE = "application/timestamp-query"
_GRANTED = (0, 1)


@dataclass(frozen=True, slots=True)
class TimestampRequest:
    """A question with what its answer is held against."""

    digest: Digest
    imprint: bytes
    nonce: int | None
    policy: str | None = None

    @classmethod
    def over(cls, data: bytes, digest: Digest, *, policy: str | None = None) -> TimestampRequest:
        """Ask about `data`, of which the authority sees only the digest, with a fresh nonce."""
        return cls(digest, digest(data), secrets.randbits(63) | 1, policy)

    @property
    def der(self) -> bytes:
        """TimeStampReq (section 2.4.1); the authority's certificate is asked for."""
        return encode(
            SEQUENCE,
            encode_integer(1),
            _imprint(self.digest, self.imprint),
            encode_oid(self.policy) if self.policy else b"",
            encode_integer(self.nonce) if self.nonce is not None else b"",
            encode(BOOLEAN, b"\xff"),
        )


def read_response(
    data: bytes,
    request: TimestampRequest,
    *,
    certificates: Iterable[Certificate] = (),
    algorithms: Algorithms = ALGORITHMS,
) -> Timestamp:
    """Read TimeStampResp (section 2.4.2) as the answer to `request`; raises `TimestampRefused`."""
    token = _granted(data)

    def imprint(digest: Digest) -> bytes:
        if digest.oid != request.digest.oid:
            raise TimestampRefused(Code.TIMESTAMP_REFUSED, reason="the digest is another one", digest=digest.oid)
        return request.imprint

    found = verify_token(token, imprint, certificates, algorithms)
    if found.nonce != request.nonce:
        raise TimestampRefused(Code.TIMESTAMP_REFUSED, reason="the nonce is another one")
    if request.policy is not None and found.policy != request.policy:
        raise TimestampRefused(Code.TIMESTAMP_REFUSED, reason="the policy is another one", policy=found.policy)
    return found


class TimestampClient:
    """Asks an authority for time stamps (section 3.4)."""

    def __init__(
        self, fetcher: Fetcher, url: str, *, policy: str | None = None, algorithms: Algorithms = ALGORITHMS
    ) -> None:
        self._fetcher = fetcher
        self._url = url
        self._policy = policy
        self._algorithms = algorithms

    def digest_for(self, oid: str) -> Digest:
        """Return the digest of this OID; raises `TimestampRefused` when it is not accepted."""
        try:
            return self._algorithms.digest(oid)
        except AlgorithmRefused as error:
            raise TimestampRefused(Code.TIMESTAMP_UNAVAILABLE, **error.facts) from error

    async def stamp(self, data: bytes, digest: Digest) -> Timestamp:
        """Return a checked token over `data`; raises `TimestampRefused`, also when nobody answers."""
        request = TimestampRequest.over(data, digest, policy=self._policy)
        try:
            answer = await self._fetcher.post(
                self._url, request.der, content_type=QUERY_TYPE, max_bytes=MAX_TOKEN_BYTES
            )
        except FetchFailed as error:
            raise TimestampRefused(Code.TIMESTAMP_UNAVAILABLE, **error.facts) from error
        return read_response(answer, request, algorithms=self._algorithms)


def _granted(data: bytes) -> bytes:
    """Return the token of a response that grants one."""
    try:
        code, said, failure, token = _status(data)
    except (DerError, ValueError, LookupError) as error:
        raise TimestampRefused(Code.TIMESTAMP_UNAVAILABLE, reason=str(error)[:200]) from error
    if code not in _GRANTED or token is None:
        raise TimestampRefused(
            Code.TIMESTAMP_UNAVAILABLE, status=str(code), said=said[:200], failure=failure.hex()[:16]
        )
    return token


def _status(data: bytes) -> tuple[int, str, bytes, bytes | None]:
    """Read PKIStatusInfo (section 2.4.2) and the token after it."""
    if len(data) > MAX_TOKEN_BYTES:
        raise DerError("answer too large")
    info, *token = members(Der.read(data), 2)
    status, *words = members(info, 3)
    said = " ".join(text.text() for item in words if item.tag == SEQUENCE for text in members(item, 4))
    failure = next((item.content for item in words if item.tag == BIT_STRING), b"")
    return read_number(status), said, failure, token[0].raw if token else None


def _imprint(digest: Digest, hashed: bytes) -> bytes:
    algorithm = encode(SEQUENCE, encode_oid(digest.oid), encode(NULL))
    return encode(SEQUENCE, algorithm, encode(OCTET_STRING, hashed))
