"""Bad input that several counterparts are given, and the offices at which it is given."""

from __future__ import annotations

from gateway.identity.numbers import Bin

OFFICE, OTHER_OFFICE, COMMISSION = "karaganda-employment", "temirtau-employment", "karaganda-precinct-commission"
REGION, LABOUR = "karaganda-region-employment", "karaganda-labour-commission"
ORGANISATION = Bin("750340000510")
EMPLOYER = {
    "fields": {"service_kind": "employer-issue", "workers_count": "3"},
    "applicant": ORGANISATION,
    "applicant_name": "«ҚҰРЫЛЫС» ЖШС",
}
NOT_A_PDF = b"MZ this is a program"


def mistyped(number: str) -> str:
    """A number with another check digit."""
    return number[:-1] + str((int(number[-1]) + 1) % 10)
