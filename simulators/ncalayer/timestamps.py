"""Time stamps (RFC 3161): the port, and the room's client behind it."""

from __future__ import annotations

from typing import Protocol

import aiohttp

from gateway.eds.algorithms import Digest
from gateway.eds.errors import EdsError
from gateway.eds.revocation.fetch import HttpFetcher
from gateway.eds.timestamping import TimestampClient
from simulators.ncalayer.errors import TimestampUnavailable

_TIMEOUT_SECONDS = 10.0


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
        self._client = TimestampClient(HttpFetcher(http, timeout_seconds=_TIMEOUT_SECONDS), url)

    async def token(self, signature: bytes, digest: Digest) -> bytes:
        """Ask for a token and check that it is signed, and over what was asked, with the nonce that was sent."""
        try:
            return (await self._client.stamp(signature, digest)).token
        except EdsError as error:
            raise TimestampUnavailable(f"the time-stamping authority gave no time stamp: {error}") from error
