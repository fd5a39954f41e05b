"""Who the holder of a number may be, and who may apply for a service on a channel."""

from __future__ import annotations

from enum import StrEnum

from gateway.catalogue.kinds import restriction_on
from gateway.catalogue.model import Service
from gateway.catalogue.terms import ApplicantKind, Channel, is_for
from gateway.identity.numbers import Bin, Iin


class NumberAsked(StrEnum):
    """Whose number an applicant of a service has."""

    IIN = "iin"
    BIN = "bin"
    EITHER = "either"


def applicant_kinds(applicant: Iin | Bin) -> frozenset[ApplicantKind]:
    """Return what the holder of a number may be: a BIN is a legal entity's.

    An individual entrepreneur has an IIN like every individual: whether the holder is registered as one the number does
    not say, and the provider checks.
    """
    if isinstance(applicant, Bin):
        return frozenset({ApplicantKind.LEGAL_ENTITY})
    return frozenset({ApplicantKind.INDIVIDUAL, ApplicantKind.ENTREPRENEUR})


def applicants_on(service: Service, channel: Channel) -> frozenset[ApplicantKind]:
    """Return who may apply on a channel: the service's applicants, fewer where the act restricts the channel."""
    only = restriction_on(service, channel)
    return frozenset(kind for kind in service.applicants.kinds if only is None or is_for(only.applicants, kind))


def may_apply(service: Service, channel: Channel, applicant: Iin | Bin) -> bool:
    """Tell whether the holder of a number can be an applicant of a service on a channel."""
    return bool(applicants_on(service, channel) & applicant_kinds(applicant))


def number_asked(service: Service, channel: Channel) -> NumberAsked:
    """Return which number the applicants of a service have on a channel: persons an IIN, organisations a BIN."""
    entitled = applicants_on(service, channel)
    if ApplicantKind.LEGAL_ENTITY not in entitled:
        return NumberAsked.IIN
    return NumberAsked.BIN if entitled == {ApplicantKind.LEGAL_ENTITY} else NumberAsked.EITHER
