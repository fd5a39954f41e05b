"""Whom a certificate names, and the distinguished name made of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from asn1crypto import core

from gateway.identity.numbers import Bin, Iin, NumberError
from simulators.nca import der
from simulators.nca.errors import SubjectUnfit
from simulators.nca.profile import SubjectField, Template

COUNTRY = "KZ"
_LONGEST = 256
_LONGEST_LIST = 16

_ATTRIBUTES: dict[SubjectField, tuple[str, type[core.AbstractString]]] = {
    SubjectField.COMMON_NAME: ("2.5.4.3", core.UTF8String),
    SubjectField.SURNAME: ("2.5.4.4", core.UTF8String),
    SubjectField.IIN: ("2.5.4.5", core.PrintableString),
    SubjectField.COUNTRY: ("2.5.4.6", core.PrintableString),
    SubjectField.PATRONYMIC: ("2.5.4.42", core.UTF8String),
    SubjectField.ORGANISATION: ("2.5.4.10", core.UTF8String),
    SubjectField.BIN: ("2.5.4.11", core.UTF8String),
    SubjectField.EMAIL: ("1.2.840.113549.1.9.1", core.IA5String),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The facts of a subject; a template chooses which of them stand in the certificate and in which order."""

    common_name: str
    surname: str | None = None
    patronymic: str | None = None
    iin: Iin | None = None
    organisation: str | None = None
    bin: Bin | None = None
    email: str | None = None
    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[IPv4Address | IPv6Address, ...] = ()

    def __post_init__(self) -> None:
        for name in ("common_name", "surname", "patronymic", "organisation", "email"):
            value = getattr(self, name)
            if value is not None and not _is_fit(value):
                raise SubjectUnfit(field=name, reason="empty, too long or with control characters")
        for name in (*self.dns_names, *(() if self.email is None else (self.email,))):
            if not (name.isascii() and _is_fit(name)):
                raise SubjectUnfit(field="dns_names or email", reason="not plain ASCII")

    @classmethod
    def person(
        cls,
        *,
        surname: str,
        name: str,
        patronymic: str | None = None,
        iin: Iin,
        organisation: str | None = None,
        bin: Bin | None = None,  # noqa: A002 -- the word of the register
        email: str | None = None,
    ) -> Subject:
        """Make the subject of a person, alone or in an organisation, in capitals as the НУЦ writes them."""
        return cls(
            common_name=f"{surname} {name}".upper(),
            surname=surname.upper(),
            patronymic=patronymic.upper() if patronymic else None,
            iin=iin,
            organisation=organisation,
            bin=bin,
            email=email,
        )

    @classmethod
    def loopback(cls) -> Subject:
        """Make the subject of a TLS server on this machine, named 127.0.0.1 as NCALayer's is."""
        return cls(
            common_name="127.0.0.1",
            dns_names=("localhost",),
            ip_addresses=(IPv4Address("127.0.0.1"), IPv6Address("::1")),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the facts that are there, as JSON."""
        said: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple):
                value = [str(one) for one in value]
            if value:
                said[field.name] = value if isinstance(value, list) else str(value)
        return said

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Subject:
        """Read what `to_json` wrote, or what a caller of the admin API sent; raises `SubjectUnfit`."""
        known = {field.name for field in fields(cls)}
        if unknown := set(body) - known:
            raise SubjectUnfit(unknown=sorted(unknown)[:10])
        values: dict[str, Any] = {}
        for name, value in body.items():
            if name in ("dns_names", "ip_addresses"):
                values[name] = _strings(name, value)
            elif value is not None and not isinstance(value, str):
                raise SubjectUnfit(field=name, reason="not a string")
            else:
                values[name] = value
        if not values.get("common_name"):
            raise SubjectUnfit(missing=["common_name"])
        try:
            values["iin"] = Iin.parse(values["iin"]) if values.get("iin") else None
            values["bin"] = Bin.parse(values["bin"]) if values.get("bin") else None
            values["ip_addresses"] = tuple(ip_address(one) for one in values.get("ip_addresses", ()))
        except NumberError as error:
            raise SubjectUnfit(field="iin or bin", reason=error.code) from error
        except ValueError as error:
            raise SubjectUnfit(field="ip_addresses", reason="not an IP address") from error
        return cls(**values)

    def value(self, field: SubjectField) -> str | None:
        """Return the field as the certificate writes it: IIN and BIN with their prefixes, the country as KZ."""
        match field:
            case SubjectField.COUNTRY:
                return COUNTRY
            case SubjectField.IIN:
                return None if self.iin is None else f"IIN{self.iin}"
            case SubjectField.BIN:
                return None if self.bin is None else f"BIN{self.bin}"
            case _:
                value: str | None = getattr(self, field.value)
                return value

    def name(self, template: Template) -> bytes:
        """Return the DER name with the template's fields in their order; raises `SubjectUnfit`."""
        missing = [
            field.value for field in template.subject if field not in template.optional and self.value(field) is None
        ]
        surplus = [
            field.value
            for field in SubjectField
            if field is not SubjectField.COUNTRY and field not in template.subject and self.value(field) is not None
        ]
        if bool(self.dns_names or self.ip_addresses) is not template.alternative_names:
            (missing if template.alternative_names else surplus).append("dns_names")
        if missing or surplus:
            raise SubjectUnfit(missing=missing, surplus=surplus)
        return distinguished_name((field, self.value(field)) for field in template.subject)


def distinguished_name(parts: Any) -> bytes:
    """Return the DER name of (field, value) pairs, those without a value left out; one attribute a set."""
    sets = []
    for field, value in parts:
        if value is None:
            continue
        oid, form = _ATTRIBUTES[field]
        sets.append(der.set_of(der.sequence(der.oid(oid), form(value).dump())))
    return der.sequence(*sets)


def _is_fit(value: str) -> bool:
    return 0 < len(value.strip()) <= len(value) <= _LONGEST and not any(
        unicodedata.category(letter) in ("Cc", "Cs", "Cn") for letter in value
    )


def _strings(name: str, value: Any) -> tuple[str, ...]:
    if (
        not isinstance(value, list)
        or len(value) > _LONGEST_LIST
        or not all(isinstance(one, str) and len(one) <= _LONGEST for one in value)
    ):
        raise SubjectUnfit(field=name, reason="not a short list of strings")
    return tuple(value)
