"""In what order the window lists keys: those of the people who sign at the asking site first, then by name."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.eds.certificate import Certificate
from simulators.ncalayer.keyring import StoredKey

_ALPHABET = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_PLACES = {letter: chr(ord("а") + place) for place, letter in enumerate(_ALPHABET)}
"""Each letter at its place in the Kazakh alphabet: in Unicode the letters of Kazakh stand behind all of the others."""


@dataclass(frozen=True, slots=True)
class LikelySigners:
    """Who signs at a site, as far as a certificate tells it."""

    bins: frozenset[str] = frozenset()
    """The organisations whose people sign there; without any, persons, whose certificates name no organisation."""

    def has(self, certificate: Certificate | None) -> bool:
        """Tell whether the holder is one of them; a key whose certificate is not known yet is nobody's."""
        if certificate is None:
            return False
        return certificate.subject.bin in self.bins if self.bins else certificate.subject.bin is None


def place_of(key: StoredKey, likely: LikelySigners | None) -> tuple[bool, str, str]:
    """Return by what a key is put in order: whether it is no likely signer's, its owner by the alphabet, its id."""
    unlikely = likely is not None and not likely.has(key.certificate)
    return unlikely, "".join(_PLACES.get(letter, letter) for letter in key.owner.lower()), key.id
