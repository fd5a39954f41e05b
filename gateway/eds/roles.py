"""What a key of the НУЦ may do and in what role its holder acts: OIDs of key usages, roles and policies.

Facts: extended key usages 1.2.398.3.3.4.* of the НУЦ's own registry (root.gov.kz/oid).
"""

from __future__ import annotations

from enum import IntFlag, StrEnum


class KeyPurpose(StrEnum):
    """What a key is for, by its keyUsage."""

    AUTH = "auth"
    SIGN = "sign"


class Role(StrEnum):
    """In what role the holder acts; the value is the OID in extendedKeyUsage."""

    INDIVIDUAL = "1.2.398.3.3.4.1.1"
    INDIVIDUAL_SYSTEM = "1.2.398.3.3.4.1.1.1"
    LEGAL_ENTITY = "1.2.398.3.3.4.1.2"
    HEAD = "1.2.398.3.3.4.1.2.1"
    SIGNING_RIGHT = "1.2.398.3.3.4.1.2.2"
    FINANCIAL_SIGNING_RIGHT = "1.2.398.3.3.4.1.2.3"
    HR = "1.2.398.3.3.4.1.2.4"
    EMPLOYEE = "1.2.398.3.3.4.1.2.5"
    INFORMATION_SYSTEM = "1.2.398.3.3.4.1.2.6"
    NCA_ADMINISTRATOR = "1.2.398.3.3.4.2.1"
    NCA_MANAGER = "1.2.398.3.3.4.2.2"
    NCA_OPERATOR = "1.2.398.3.3.4.2.3"
    IDENTIFIED_IN_PERSON = "1.2.398.3.3.4.3.1"
    IDENTIFIED_REMOTELY = "1.2.398.3.3.4.3.2"
    IDENTIFIED_BY_DIGITAL_ID = "1.2.398.3.3.4.3.2.1"
    TREASURY_CLIENT = "1.2.398.5.19.1.2.2.1"
    NOTARY = "1.2.398.6.1.1.1.1"


class KeyUsage(IntFlag):
    """Bits of keyUsage (RFC 5280 section 4.2.1.3), numbered by their place in the bit string."""

    DIGITAL_SIGNATURE = 1 << 0
    NON_REPUDIATION = 1 << 1
    KEY_ENCIPHERMENT = 1 << 2
    DATA_ENCIPHERMENT = 1 << 3
    KEY_AGREEMENT = 1 << 4
    CERTIFICATE_SIGN = 1 << 5
    CRL_SIGN = 1 << 6
    ENCIPHER_ONLY = 1 << 7
    DECIPHER_ONLY = 1 << 8


class ExtendedUsage(StrEnum):
    """Extended key usages of RFC 5280 that matter here."""

    CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2"
    EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4"
    TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
    OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"


_ROLES = {role.value: role for role in Role}


def roles_among(extended_usages: frozenset[str]) -> frozenset[Role]:
    """Return the roles that stand among the extended key usages."""
    return frozenset(_ROLES[oid] for oid in extended_usages if oid in _ROLES)


def purposes_of(usage: KeyUsage) -> frozenset[KeyPurpose]:
    """Read keyUsage as the Rules of checking ЭЦҚ do.

    Digital signature with non-repudiation is an ЭЦҚ; digital signature with key encipherment (RSA) or key agreement
    (GOST) is authentication; the keys issued since 2024 are both.
    """
    found: set[KeyPurpose] = set()
    if KeyUsage.DIGITAL_SIGNATURE in usage:
        if KeyUsage.NON_REPUDIATION in usage:
            found.add(KeyPurpose.SIGN)
        if usage & (KeyUsage.KEY_ENCIPHERMENT | KeyUsage.KEY_AGREEMENT):
            found.add(KeyPurpose.AUTH)
    return frozenset(found)
