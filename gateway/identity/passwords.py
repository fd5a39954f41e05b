"""Passwords: argon2id in a thread, with the same work whether the account exists or not."""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gateway.texts import Text

SHORTEST = 10
LONGEST = 128
_AT_ONCE = 2


class PasswordErrorCode(StrEnum):
    """Why a password is not taken."""

    SHORT = "password-short"
    LONG = "password-long"
    NUMBER = "password-is-the-number"
    UNIFORM = "password-uniform"


_TEXTS = {
    PasswordErrorCode.SHORT: Text(
        f"Құпиясөз кемінде {SHORTEST} таңбадан тұруға тиіс.",
        f"Пароль должен содержать не менее {SHORTEST} знаков.",
        f"The password must have at least {SHORTEST} characters.",
    ),
    PasswordErrorCode.LONG: Text(
        f"Құпиясөз {LONGEST} таңбадан аспауға тиіс.",
        f"Пароль должен содержать не более {LONGEST} знаков.",
        f"The password must have at most {LONGEST} characters.",
    ),
    PasswordErrorCode.NUMBER: Text(
        "Құпиясөзде ЖСН немесе БСН болмауға тиіс.",
        "Пароль не должен содержать ИИН или БИН.",
        "The password must not contain the IIN or BIN.",
    ),
    PasswordErrorCode.UNIFORM: Text(
        "Құпиясөз тым қарапайым: кемінде 4 түрлі таңба қолданыңыз.",
        "Пароль слишком прост: используйте не менее 4 разных знаков.",
        "The password is too simple: use at least 4 different characters.",
    ),
}


class PasswordRefused(ValueError):
    """A new password does not meet the rules; `code` is stable, `text` is for the person."""

    def __init__(self, code: PasswordErrorCode) -> None:
        self.code = code
        self.text = _TEXTS[code]
        super().__init__(self.text.en)


def check_new_password(password: str, number: str) -> None:
    """Refuse a password that is short, long, uniform or holds the account's own number."""
    if len(password) < SHORTEST:
        raise PasswordRefused(PasswordErrorCode.SHORT)
    if len(password) > LONGEST:
        raise PasswordRefused(PasswordErrorCode.LONG)
    if number in password:
        raise PasswordRefused(PasswordErrorCode.NUMBER)
    if len(set(password)) < 4:
        raise PasswordRefused(PasswordErrorCode.UNIFORM)


class Passwords:
    """Hashes and verifies passwords; at most two at once, so that a flood of logins cannot take all memory."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """Return the argon2id hash in its standard text form."""
        async with self._free:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Compare a password with a stored hash; with None (no such account) do the same work and say no."""
        if self._decoy is None:
            self._decoy = await self.hash(secrets.token_urlsafe())
        against = self._decoy if stored is None else stored
        async with self._free:
            fits = await asyncio.to_thread(self._fits, against, _normal(password[: LONGEST + 1]))
        return fits and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _fits(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
