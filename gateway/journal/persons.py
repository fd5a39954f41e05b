"""Persons in the journal: found again by a keyed hash, never written in clear."""

from __future__ import annotations

import hashlib
import hmac

_MINIMUM_KEY = 16


class PersonHash:
    """Turns an IIN or BIN into a name that only the holder of the key can compute."""

    def __init__(self, key: bytes) -> None:
        if len(key) < _MINIMUM_KEY:
            raise ValueError(f"the key of the persons' hash has {len(key)} bytes, at least {_MINIMUM_KEY} are needed")
        self._key = key

    def of(self, number: str) -> str:
        """Return the HMAC-SHA256 of the number, 32 hex digits of it."""
        return hmac.new(self._key, str(number).encode(), hashlib.sha256).hexdigest()[:32]

    def actor(self, number: str, role: str = "applicant") -> str:
        """Return the person as the actor of an event, e.g. `applicant:5f1c…`."""
        return f"{role}:{self.of(number)}"
