"""The acceptance: what the State Corporation's operator adds to an application that is taken in at a window.

With it the operator signs in place of the applicant, and a required document may stay on paper (Karaganda act, lines
1425-1438; Almaty act, lines 355-372).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from lxml import etree

from gateway.eds.roles import Role
from gateway.exchange.document import Draft, Reading, written
from gateway.identity.numbers import Iin

OPERATOR_ROLES = frozenset({Role.EMPLOYEE, Role.SIGNING_RIGHT, Role.FINANCIAL_SIGNING_RIGHT, Role.HR, Role.HEAD})
"""In which roles a certificate says that its holder works for the organisation that it names."""


class PowerKind(StrEnum):
    """By whom a power of attorney is certified."""

    NOTARISED = "notarised"
    SIMPLE = "simple"


@dataclass(frozen=True, slots=True)
class Power:
    """A power of attorney as it was presented; whether the notary system knows it is not said here."""

    kind: PowerKind
    number: str = ""
    issued_on: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept with the case."""
        issued_on = None if self.issued_on is None else self.issued_on.isoformat()
        return {"kind": self.kind.value, "number": self.number, "issued_on": issued_on}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Power:
        """Read what `to_json` wrote."""
        issued_on = body["issued_on"]
        return cls(
            PowerKind(body["kind"]), body["number"], None if issued_on is None else date.fromisoformat(issued_on)
        )


@dataclass(frozen=True, slots=True)
class Representative:
    """Who came for the applicant."""

    iin: Iin
    name: str
    power: Power

    def to_json(self) -> dict[str, Any]:
        """Return the representative as it is kept with the case."""
        return {"iin": str(self.iin), "name": self.name, "power": self.power.to_json()}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Representative:
        """Read what `to_json` wrote."""
        return cls(Iin(body["iin"]), body["name"], Power.from_json(body["power"]))


class SentBy(StrEnum):
    """How the documents go from the department to the provider."""

    ELECTRONIC = "electronic"
    COURIER = "courier"
    """On paper by a register; the signed application travels all the same, and the provider awaits the package."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Where, by whom and how an application was taken in."""

    department: str
    """The office of the State Corporation, by the catalogue."""
    operator: Iin
    operator_name: str
    accepted_at: datetime
    medium: SentBy = SentBy.ELECTRONIC
    consent_at: datetime | None = None
    """When the applicant consented to the query of the state databases, where consent is asked for."""
    on_paper: tuple[str, ...] = ()
    """The kinds of documents that were handed in on paper, whether they were scanned or not."""
    representative: Representative | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the acceptance as it is kept with the case."""
        by = self.representative
        return {
            "department": self.department,
            "operator": str(self.operator),
            "operator_name": self.operator_name,
            "accepted_at": self.accepted_at.isoformat(),
            "medium": self.medium.value,
            "consent_at": None if self.consent_at is None else self.consent_at.isoformat(),
            "on_paper": list(self.on_paper),
            "representative": None if by is None else by.to_json(),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Acceptance:
        """Read what `to_json` wrote."""
        consent, by = body["consent_at"], body["representative"]
        return cls(
            department=body["department"],
            operator=Iin(body["operator"]),
            operator_name=body["operator_name"],
            accepted_at=datetime.fromisoformat(body["accepted_at"]),
            medium=SentBy(body["medium"]),
            consent_at=None if consent is None else datetime.fromisoformat(consent),
            on_paper=tuple(body["on_paper"]),
            representative=None if by is None else Representative.from_json(by),
        )


def add_acceptance(draft: Draft, acceptance: Acceptance) -> None:
    """Append `acceptance` to the document element."""
    element = draft.add(draft.root, "acceptance")
    draft.add(element, "department", acceptance.department)
    operator = draft.add(element, "operator")
    draft.add(operator, "number", str(acceptance.operator))
    draft.add(operator, "name", acceptance.operator_name)
    draft.add(element, "acceptedAt", written(acceptance.accepted_at))
    draft.add(element, "medium", acceptance.medium.value)
    if acceptance.consent_at is not None:
        draft.add(element, "consentAt", written(acceptance.consent_at))
    for document in acceptance.on_paper:
        draft.add(element, "onPaper", document)
    if acceptance.representative is not None:
        _add_representative(draft, element, acceptance.representative)


def read_acceptance(reading: Reading) -> Acceptance | None:
    """Return the acceptance that the document element holds, if it holds one; raises `PayloadRefused`."""
    if not reading.has("acceptance"):
        return None
    return Acceptance(
        department=reading.text("acceptance", "department"),
        operator=reading.value(Iin, "acceptance", "operator", "number"),
        operator_name=reading.text("acceptance", "operator", "name"),
        accepted_at=reading.moment("acceptance", "acceptedAt"),
        medium=SentBy(reading.text("acceptance", "medium")),
        consent_at=reading.moment("acceptance", "consentAt") if reading.has("acceptance", "consentAt") else None,
        on_paper=tuple(one.text or "" for one in reading.all("acceptance", "onPaper")),
        representative=_representative(reading),
    )


def _add_representative(draft: Draft, parent: etree._Element, representative: Representative) -> None:
    element = draft.add(parent, "representative")
    draft.add(element, "number", str(representative.iin))
    draft.add(element, "name", representative.name)
    power = draft.add(element, "power", attributes={"kind": representative.power.kind.value})
    if representative.power.number:
        draft.add(power, "number", representative.power.number)
    if representative.power.issued_on is not None:
        draft.add(power, "issuedOn", representative.power.issued_on.isoformat())


def _representative(reading: Reading) -> Representative | None:
    place = ("acceptance", "representative")
    if not reading.has(*place):
        return None
    issued = (*place, "power", "issuedOn")
    power = Power(
        kind=PowerKind(str(reading.all(*place, "power")[0].attrib["kind"])),
        number=reading.text(*place, "power", "number") if reading.has(*place, "power", "number") else "",
        issued_on=reading.value(date.fromisoformat, *issued) if reading.has(*issued) else None,
    )
    return Representative(reading.value(Iin, *place, "number"), reading.text(*place, "name"), power)
