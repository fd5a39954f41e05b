"""A person's consent to the processing of personal data, as КДП gives it out for the services that want a token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.identity.numbers import Iin


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A token that opens one person's data to one organisation until `expires_at`.

    `public_key` travels with it; only whoever issued the token can say what it is worth.
    """

    person: Iin
    token: str
    public_key: str
    expires_at: datetime

    def expired_at(self, moment: datetime) -> bool:
        """Whether the consent is over at `moment`."""
        return self.expires_at <= moment

    def __repr__(self) -> str:
        return f"<Consent of {self.person.masked} until {self.expires_at.isoformat()}>"


class NoConsent(StrEnum):
    """Why there is no consent."""

    PENDING = "pending"
    """The person was asked by a message from 1414 and has not answered; asking КДП again tells how it ended."""
    REFUSED = "refused"
    """The person said no."""
    OUT_OF_REACH = "out-of-reach"
    """КДП knows no such person, or no telephone of this person."""
