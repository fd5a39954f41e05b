"""The tokens of КДП: a signed JWT (RFC 7519) whose form is our invention, written and judged here alone.

Its claims: `jti` the consent, `uin` whose it is, `cbin` the organisation it is for, `access` the service, `iat`, `exp`.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.jws import TokenRefused, read_token, seconds, write_token
from gateway.eds.keys import SigningKey
from simulators.gbdfl.consent import ConsentVerdict


@dataclass(frozen=True, slots=True)
class Company:
    """The organisation behind a system of ЭҮШ, and the certificate of that system's key."""

    bin: str
    certificate: Certificate


class Standing(Protocol):
    """Knows which consents stand."""

    async def stands(self, consent: uuid.UUID) -> bool:
        """Whether the consent was given and not taken back."""


class Tokens:
    """Writes tokens with КДП's own key."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key

    @property
    def key_info(self) -> bytes:
        """The SubjectPublicKeyInfo that verifies the tokens."""
        return self._key.certificate.key_info

    @property
    def public_key(self) -> str:
        """The same in base64, as it travels with a token."""
        return base64.b64encode(self.key_info).decode("ascii")

    def write(
        self, consent: uuid.UUID, *, uin: str, company_bin: str, access: str, at: datetime, until: datetime
    ) -> str:
        """Return the token of a consent, good from `at` to `until` in whole seconds."""
        claims = {"jti": str(consent), "uin": uin, "cbin": company_bin, "access": access}
        return write_token({**claims, "iat": int(at.timestamp()), "exp": int(until.timestamp())}, self._key)


class TokenJudge:
    """Judges tokens for one registry by КДП's own key, never by the key that comes with a token."""

    def __init__(
        self,
        tokens: Tokens,
        standing: Standing,
        *,
        companies: Mapping[str, Company],
        accepted: frozenset[str],
        clock: Clock,
    ) -> None:
        self._tokens = tokens
        self._standing = standing
        self._companies = dict(companies)
        self._accepted = accepted
        self._clock = clock

    async def judge(self, token: str, public_key: str, *, sender_id: str, uins: frozenset[str]) -> ConsentVerdict:
        """Judge a token that `sender_id` showed to learn about the people `uins`."""
        # (1) Genuine: КДП signed it. The key shown must be КДП's too, since a client that shows another is misled.
        if "".join(public_key.split()) != self._tokens.public_key:
            return ConsentVerdict.NOT_GENUINE
        try:
            claims = read_token(token, self._tokens.key_info)
            expires, consent = seconds(claims, "exp"), uuid.UUID(_text(claims, "jti"))
        except (TokenRefused, ValueError):
            return ConsentVerdict.NOT_GENUINE
        # (2) Good now, by the simulated clock.
        if expires <= self._clock.now().timestamp():
            return ConsentVerdict.EXPIRED
        # (3) Given for this.
        misused = self._misused(claims, sender_id, uins)
        if misused is not None:
            return misused
        # (4) Not taken back since.
        return ConsentVerdict.GOOD if await self._standing.stands(consent) else ConsentVerdict.REVOKED

    def _misused(self, claims: Mapping[str, Any], sender_id: str, uins: frozenset[str]) -> ConsentVerdict | None:
        """Tell a token that was given for another service, to another organisation, or by other people."""
        if _text(claims, "access") not in self._accepted:
            return ConsentVerdict.OTHER_SERVICE
        company = self._companies.get(sender_id)
        if company is None or _text(claims, "cbin") != company.bin:
            return ConsentVerdict.OTHER_COMPANY
        return None if uins <= {_text(claims, "uin")} else ConsentVerdict.OTHER_PERSON


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
