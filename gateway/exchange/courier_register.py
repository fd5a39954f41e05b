"""The register of documents that a courier carries, and the marks that its second copy comes back with.

The State Corporation sends packages to the provider with a register in two copies, of which the second returns with the
provider's mark of receipt (act 000, lines 156-163); the provider sends results back with their register (lines
171-174). On paper both are printed; their electronic copies travel as a REQUEST and its RESPONSE.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from lxml import etree

from gateway.exchange.document import Draft, Reading, written
from gateway.exchange.errors import ExchangeCode, PayloadRefused
from gateway.exchange.schema import Schema

NAMESPACE: Final = "urn:qyzmet:courier-register:1"
SCHEMA: Final = Schema("courier-register.xsd", NAMESPACE, "courierRegister")
MARKS_SCHEMA: Final = Schema(
    "courier-register-marks.xsd", "urn:qyzmet:courier-register-marks:1", "courierRegisterMarks"
)
REGISTER_SERVICE: Final = "QYZMET_COURIER_REGISTER"
"""The service of ЭҮШ by which registers go to the providers."""
RETURN_SERVICE: Final = "QYZMET_COURIER_RETURN"
"""The service of ЭҮШ by which registers of results go to the State Corporation."""
MOST_PACKAGES: Final = 200
"""How many packages one register lists at most."""
MOST_COUNTED: Final = 9999
LONGEST_NAME: Final = 200
UNLISTED: Final = "unlisted"
"""How a package is called that came without being listed."""
_MAX_BYTES = 128 * 1024


class Direction(StrEnum):
    """Which way the courier goes."""

    TO_PROVIDER = "to-provider"
    TO_CORPORATION = "to-corporation"


class Mark(StrEnum):
    """What the receiver found of a listed package."""

    RECEIVED = "received"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class ListedPackage:
    """One line of a register: a package, or a result on its way back."""

    application: str
    documents: int
    sheets: int


@dataclass(frozen=True, slots=True)
class CourierRegister:
    """A register as it travels; `courier` is named, since couriers have no accounts."""

    number: str
    direction: Direction
    department: str
    """The State Corporation's department, whichever way the courier goes."""
    office: str
    made_at: datetime
    made_by: str
    courier: str
    entries: tuple[ListedPackage, ...]


@dataclass(frozen=True, slots=True)
class RegisterMarks:
    """What the receiver marked: of every listed package whether it was there, and which came without being listed."""

    number: str
    marked_at: datetime
    marked_by: str
    received: frozenset[str]
    missing: frozenset[str] = frozenset()
    unlisted: frozenset[str] = frozenset()

    def by_package(self) -> dict[str, str]:
        """Return how each package was marked: `received`, `missing` or `unlisted`."""
        return {
            **dict.fromkeys(self.missing, Mark.MISSING.value),
            **dict.fromkeys(self.received, Mark.RECEIVED.value),
            **dict.fromkeys(self.unlisted, UNLISTED),
        }


def build_register(register: CourierRegister) -> bytes:
    """Write the payload, always the same bytes for the same register; raises `PayloadNotWritable`."""
    draft = Draft(SCHEMA)
    root = draft.root
    draft.add(root, "number", register.number)
    draft.add(root, "direction", register.direction.value)
    draft.add(root, "department", register.department)
    draft.add(root, "office", register.office)
    draft.add(root, "madeAt", written(register.made_at))
    draft.add(root, "madeBy", register.made_by)
    draft.add(root, "courier", register.courier)
    entries = draft.add(root, "entries")
    for entry in register.entries:
        counted = {"documents": str(entry.documents), "sheets": str(entry.sheets)}
        draft.add(entries, "entry", attributes={"application": entry.application, **counted})
    return draft.to_bytes()


def read_register(data: bytes) -> CourierRegister:
    """Read the payload; raises `PayloadRefused`."""
    reading = Reading.of(data, SCHEMA, max_bytes=_MAX_BYTES)
    return CourierRegister(
        number=reading.text("number"),
        direction=Direction(reading.text("direction")),
        department=reading.text("department"),
        office=reading.text("office"),
        made_at=reading.moment("madeAt"),
        made_by=reading.text("madeBy"),
        courier=reading.text("courier"),
        entries=tuple(
            ListedPackage(str(entry.attrib["application"]), int(entry.attrib["documents"]), int(entry.attrib["sheets"]))
            for entry in reading.all("entries", "entry")
        ),
    )


def build_marks(marks: RegisterMarks) -> bytes:
    """Write the payload, the packages in the order of their numbers; raises `PayloadNotWritable`."""
    draft = Draft(MARKS_SCHEMA)
    root = draft.root
    draft.add(root, "number", marks.number)
    draft.add(root, "markedAt", written(marks.marked_at))
    draft.add(root, "markedBy", marks.marked_by)
    states = {**dict.fromkeys(marks.missing, Mark.MISSING), **dict.fromkeys(marks.received, Mark.RECEIVED)}
    listed = draft.add(root, "marks")
    for application in sorted(states):
        draft.add(listed, "mark", attributes={"application": application, "state": states[application].value})
    beside = draft.add(root, "unlisted")
    for application in sorted(marks.unlisted):
        draft.add(beside, "package", attributes={"application": application})
    return draft.to_bytes()


def read_marks(data: bytes) -> RegisterMarks:
    """Read the payload; raises `PayloadRefused`, also for a package that is marked twice."""
    reading = Reading.of(data, MARKS_SCHEMA, max_bytes=_MAX_BYTES)
    marks = reading.all("marks", "mark")
    beside = reading.all("unlisted", "package")
    _check_once((*marks, *beside))
    return RegisterMarks(
        number=reading.text("number"),
        marked_at=reading.moment("markedAt"),
        marked_by=reading.text("markedBy"),
        received=_of_state(marks, Mark.RECEIVED),
        missing=_of_state(marks, Mark.MISSING),
        unlisted=frozenset(str(package.attrib["application"]) for package in beside),
    )


def _of_state(marks: Iterable[etree._Element], state: Mark) -> frozenset[str]:
    return frozenset(str(mark.attrib["application"]) for mark in marks if mark.attrib["state"] == state)


def _check_once(packages: tuple[etree._Element, ...]) -> None:
    numbers = [str(package.attrib["application"]) for package in packages]
    if len(numbers) != len(set(numbers)):
        raise PayloadRefused(ExchangeCode.VALUE, "marks: a package is marked twice")
