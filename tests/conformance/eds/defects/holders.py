"""Certificates that are in order and of somebody else, or for something else."""

from __future__ import annotations

from collections.abc import Callable

from gateway.eds.certificate import read_certificate
from gateway.eds.codes import Code
from gateway.eds.der import encode_integer
from gateway.eds.policies import bin_is, is_certificate, issued_under, may_sign
from gateway.eds.roles import Role
from gateway.identity.numbers import Bin
from tests.conformance.eds.defects.case import Case, Sample
from tests.conformance.eds.defects.certificates import holder, leaf, with_extension
from tests.conformance.eds.defects.forging import (
    BIN,
    DIGITAL_SIGNATURE,
    EKU,
    EMAIL_PROTECTION,
    IIN,
    KEY_ENCIPHERMENT,
    KEY_USAGE,
    NON_REPUDIATION,
    OTHER_BIN,
    OTHER_IIN,
    POLICIES,
    SERIAL,
    UNIT,
    UNKNOWN_OID,
    Extension,
    Land,
    oid_list,
    person,
    policies,
    usage,
)


def _official(*more: tuple[str, str]) -> Callable[[Land], Sample]:
    rules = (may_sign(), bin_is(Bin(BIN)))
    return lambda land: Sample(land.person(subject=person(*more)), (land.nca.certificate,), rules=rules)


def _not_the_chosen(land: Land) -> Sample:
    """The same holder, the same key, another certificate than the one that was chosen."""
    chosen = read_certificate(land.person(serial=encode_integer(9)))
    return Sample(land.person(), (land.nca.certificate,), rules=(is_certificate(chosen),))


def _policy(*oids: str) -> Callable[[Land], Sample]:
    extension: dict[str, Extension] = {POLICIES: policies(*oids)}
    return lambda land: Sample(land.person(extensions=extension), (land.nca.certificate,), rules=(issued_under(),))


def _authority_signs(land: Land) -> Sample:
    return Sample(land.nca.certificate, rules=(may_sign(),))


HOLDERS = (
    Case(
        "leaf-key-for-authentication",
        Code.KEY_NOT_FOR_SIGNING,
        with_extension(KEY_USAGE, usage(DIGITAL_SIGNATURE | KEY_ENCIPHERMENT)),
    ),
    Case("leaf-without-key-usage", Code.KEY_NOT_FOR_SIGNING, leaf(without=(KEY_USAGE,))),
    Case(
        "leaf-non-repudiation-without-digital-signature",
        Code.KEY_NOT_FOR_SIGNING,
        with_extension(KEY_USAGE, usage(NON_REPUDIATION)),
    ),
    Case(
        "leaf-digital-signature-without-non-repudiation",
        Code.KEY_NOT_FOR_SIGNING,
        with_extension(KEY_USAGE, usage(DIGITAL_SIGNATURE)),
    ),
    Case("authority-signs-a-document", Code.KEY_NOT_FOR_SIGNING, _authority_signs),
    Case("leaf-without-extended-key-usage", Code.ROLE_NOT_FIT, leaf(without=(EKU,))),
    Case("leaf-without-role", Code.ROLE_NOT_FIT, with_extension(EKU, oid_list(EMAIL_PROTECTION))),
    Case("leaf-in-another-role", Code.ROLE_NOT_FIT, with_extension(EKU, oid_list(Role.EMPLOYEE, Role.LEGAL_ENTITY))),
    Case("leaf-of-another-person", Code.SIGNER_NOT_IIN, holder(iin=f"IIN{OTHER_IIN}")),
    Case("leaf-iin-check-digit-wrong", Code.SIGNER_NOT_IIN, holder(iin="IIN850101100013")),
    Case("leaf-iin-of-eleven-digits", Code.SIGNER_NOT_IIN, holder(iin=f"IIN{IIN[:-1]}")),
    Case("leaf-iin-with-a-tail", Code.SIGNER_NOT_IIN, holder(iin=f"IIN{IIN}.1")),
    Case("leaf-iin-in-a-bin", Code.SIGNER_NOT_IIN, holder(iin=f"BIN{IIN}")),
    Case("leaf-two-iins", Code.SIGNER_NOT_IIN, holder((SERIAL, f"IIN{OTHER_IIN}"))),
    Case(
        "leaf-iin-in-the-common-name-only",
        Code.SIGNER_NOT_IIN,
        holder(iin=f"IIN{OTHER_IIN}", cn=f"СЫНАҚОВ,SERIALNUMBER=IIN{IIN}"),
    ),
    Case(
        "leaf-iin-behind-a-comment",
        Code.SIGNER_NOT_IIN,
        holder(iin=f"IIN{OTHER_IIN}", cn=f"IIN{IIN}<!-- IIN{OTHER_IIN} -->"),
    ),
    Case("leaf-without-bin", Code.SIGNER_NOT_BIN, _official()),
    Case("leaf-of-another-organisation", Code.SIGNER_NOT_BIN, _official((UNIT, f"BIN{OTHER_BIN}"))),
    Case("leaf-two-bins", Code.SIGNER_NOT_BIN, _official((UNIT, f"BIN{BIN}"), (UNIT, f"BIN{OTHER_BIN}"))),
    Case("leaf-under-the-policy-for-authentication", Code.POLICY_NOT_FIT, _policy("1.2.398.3.3.2.4")),
    Case("leaf-under-the-policy-for-time-stamps", Code.POLICY_NOT_FIT, _policy("1.2.398.3.3.2.6.4")),
    Case("leaf-under-a-foreign-policy", Code.POLICY_NOT_FIT, _policy(UNKNOWN_OID)),
    Case("leaf-under-no-policy", Code.POLICY_NOT_FIT, _policy()),
    Case("leaf-not-the-one-chosen", Code.NOT_THE_CHOSEN_CERTIFICATE, _not_the_chosen),
)
