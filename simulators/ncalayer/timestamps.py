"""Time stamps (RFC 3161): the port, and the client over HTTP."""

from __future__ import annotations

import secrets
from typing import Protocol

import aiohttp
from asn1crypto import algos, tsp

from gateway.eds.algorithms import Digest
from simulators.ncalayer.errors import TimestampUnavailable

_MAX_ANSWER = 64 * 1024


class Timestamper(Protocol):
    """A time-stamping authority."""

    async def token(self, signature: bytes, digest: Digest) -> bytes:
        """Return the token (DER) over the digest of `signature`; raises `TimestampUnavailable`."""


class NoTimestamper:
    """There is no authority: requests for a time stamp fail as they do when it is out of reach."""

    async def token(self, signature: bytes, digest: Digest) -> bytes:
        """Raise `TimestampUnavailable`."""
        raise TimestampUnavailable("java.net.UnknownHostException: the time-stamping authority is not configured")


class HttpTimestamper:
    """An authority that is asked by POST of application/timestamp-query."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._http = http

    async def token(self, signature: bytes, digest: Digest) -> bytes:
        """Ask for a token and check that it is over what was asked, with the nonce that was sent."""
        imprint = digest(signature)
        nonce = secrets.randbits(63)
        request = tsp.TimeStampReq(
            {
                "version": "v1",
                "message_imprint": {
                    "hash_algorithm": algos.DigestAlgorithm({"algorithm": digest.oid}),
                    "hashed_message": imprint,
                },
                "nonce": nonce,
                "cert_req": True,
            }
        )
        answer = await self._post(request.dump())
        try:
            response = tsp.TimeStampResp.load(answer)
            status = response["status"]["status"].native
            token = response["time_stamp_token"]
            stamped = token["content"]["encap_content_info"]["content"].parsed
            agrees = stamped["message_imprint"]["hashed_message"].native == imprint and stamped["nonce"].native == nonce
        except (ValueError, TypeError, KeyError) as error:
            raise TimestampUnavailable("the time-stamping authority's answer is unreadable") from error
        if status not in {"granted", "granted_with_mods"} or not agrees:
            raise TimestampUnavailable(f"the time-stamping authority refused: {status}")
        der: bytes = token.dump()
        return der

    async def _post(self, body: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query"}
        timeout = aiohttp.ClientTimeout(total=10)
        try:
            async with self._http.post(self._url, data=body, headers=headers, timeout=timeout) as answer:
                content = await answer.content.read(_MAX_ANSWER)
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TimestampUnavailable("the time-stamping authority does not answer") from error
        if status != 200:
            raise TimestampUnavailable(f"the time-stamping authority answered {status}")
        return content
