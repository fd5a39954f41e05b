"""Distinguished names: as DER, as attributes, and as RFC 4514 strings that X509IssuerName carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from gateway.eds.der import SET, Der, DerError

COMMON_NAME, SURNAME, SERIAL_NUMBER, COUNTRY = "2.5.4.3", "2.5.4.4", "2.5.4.5", "2.5.4.6"
LOCALITY, STATE, STREET, ORGANISATION, UNIT = "2.5.4.7", "2.5.4.8", "2.5.4.9", "2.5.4.10", "2.5.4.11"
GIVEN_NAME, EMAIL = "2.5.4.42", "1.2.840.113549.1.9.1"
USER_ID, DOMAIN_COMPONENT = "0.9.2342.19200300.100.1.1", "0.9.2342.19200300.100.1.25"

_SHORT = {
    COMMON_NAME: "CN",
    SURNAME: "SURNAME",
    SERIAL_NUMBER: "SERIALNUMBER",
    COUNTRY: "C",
    LOCALITY: "L",
    STATE: "ST",
    STREET: "STREET",
    ORGANISATION: "O",
    UNIT: "OU",
    GIVEN_NAME: "GIVENNAME",
    EMAIL: "EMAILADDRESS",
    USER_ID: "UID",
    DOMAIN_COMPONENT: "DC",
}
_OIDS = {short: oid for oid, short in _SHORT.items()} | {"SN": SURNAME, "S": STATE, "G": GIVEN_NAME, "E": EMAIL}
_MAX_LENGTH = 4096
_HEX_PAIR = re.compile(r"[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class Name:
    """A distinguished name, its attributes in the order of the DER."""

    der: bytes
    attributes: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, element: Der) -> Name:
        """Read a Name (RFC 5280 section 4.1.2.4)."""
        attributes: list[tuple[str, str]] = []
        for relative in element.children():
            for attribute in relative.children(SET):
                oid, value = attribute.children()
                text = value.text()
                if "\x00" in text:
                    # Programs in C read such a name as a shorter one.
                    raise DerError("a name with a NUL in it")
                attributes.append((oid.oid(), text))
        return cls(element.raw, tuple(attributes))

    def first(self, oid: str) -> str | None:
        """Return the first value of an attribute, without surrounding spaces."""
        return next((value.strip() for found, value in self.attributes if found == oid), None)

    def all(self, oid: str) -> tuple[str, ...]:
        """Return every value of an attribute."""
        return tuple(value.strip() for found, value in self.attributes if found == oid)

    @property
    def normal(self) -> tuple[tuple[str, str], ...]:
        """The attributes as RFC 5280 section 7.1 compares them: case and runs of spaces do not matter."""
        return tuple((oid, _fold(value)) for oid, value in self.attributes)

    def same(self, other: Name) -> bool:
        """Tell whether two names are equal, whatever their string types."""
        return self.der == other.der or self.normal == other.normal

    @property
    def rfc4514(self) -> str:
        """The name as text, the most specific part first."""
        return _written(self.attributes)

    def written_as(self, text: str) -> bool:
        """Tell whether an X509IssuerName means this name; the order of the parts does not matter.

        The order differs between the certificates of one authority, and Java writes it either way.
        """
        if text == self.rfc4514:
            return True
        try:
            return sorted(_parse(text)) == sorted(self.normal)
        except DerError:
            return False


@lru_cache(maxsize=256)
def _written(attributes: tuple[tuple[str, str], ...]) -> str:
    return ",".join(f"{_SHORT.get(oid, oid)}={_escape(value)}" for oid, value in reversed(attributes))


def _fold(value: str) -> str:
    return " ".join(value.split()).casefold()


def _escape(value: str) -> str:
    text = re.sub(r'([,+"\\<>;=])', r"\\\1", value).replace("\x00", "\\00")
    if text[:1] in {"#", " "}:
        text = "\\" + text
    if text[-1:] == " " and not text.endswith("\\ "):
        text = text[:-1] + "\\ "
    return text


def _parse(text: str) -> list[tuple[str, str]]:
    """Read an RFC 4514 string, also with spaces after commas as RFC 1779 allowed."""
    if len(text) > _MAX_LENGTH:
        raise DerError("name too long")
    parts: list[tuple[str, str]] = []
    for part in _split(text):
        kind, equals, value = part.partition("=")
        if not equals:
            raise DerError("no value in a part of the name")
        kind = kind.strip().upper().removeprefix("OID.")
        parts.append((_OIDS.get(kind, kind), _fold(_unescape(value.strip()))))
    return parts


def _split(text: str) -> list[str]:
    parts, current, escaped, quoted = [], "", False, False
    for letter in text:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == '"':
            quoted = not quoted
        elif letter in ",;+" and not quoted:
            parts.append(current)
            current = ""
            continue
        current += letter
    return [*parts, current]


def _unescape(value: str) -> str:
    if value.startswith("#"):
        try:
            return Der.read(bytes.fromhex(value[1:])).text()
        except ValueError as error:
            raise DerError("bad hexadecimal value in a name") from error
    if len(value) >= 2 and value.startswith('"') and value.endswith('"'):
        value = value[1:-1]
    out = bytearray()
    position = 0
    while position < len(value):
        if value[position] == "\\":
            if _HEX_PAIR.match(value, position + 1):
                out.append(int(value[position + 1 : position + 3], 16))
                position += 3
                continue
            position += 1
        out.extend(value[position : position + 1].encode())
        position += 1
    return out.decode("utf-8", "replace")
