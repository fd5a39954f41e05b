"""A register as it stands at one participant: what it lists, what was found, how it was marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.exchange.courier_register import CourierRegister, Direction, ListedPackage, Mark, RegisterMarks


class End(StrEnum):
    """The two ends of a courier's way, whichever way the courier goes; the name of the register's field."""

    DEPARTMENT = "department"
    """Of the State Corporation."""
    OFFICE = "office"
    """The provider's."""

    def of(self, register: Register) -> str:
        """Return the office that a register names for this end."""
        return register.department if self is End.DEPARTMENT else register.office


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a register; `scanned` says that it was found among what came, `mark` how it was marked in the end."""

    application: str
    documents: int
    sheets: int
    listed: bool = True
    scanned: bool = False
    mark: Mark | None = None

    @property
    def is_found(self) -> bool:
        """Tell whether the package is there: scanned so far, or marked as received."""
        return self.scanned if self.mark is None else self.mark is Mark.RECEIVED


@dataclass(frozen=True, slots=True)
class Register:
    """A register; `own` is one that was made here, whose marks come back."""

    number: str
    own: bool
    direction: Direction
    department: str
    office: str
    made_at: datetime
    made_by: str
    courier: str
    entries: tuple[Entry, ...]
    gateway: str | None = None
    correlation_id: str | None = None
    marked_at: datetime | None = None
    marked_by: str | None = None

    @property
    def is_marked(self) -> bool:
        """Tell whether the receiver has marked it."""
        return self.marked_at is not None

    @property
    def found(self) -> tuple[Entry, ...]:
        """Return the listed packages that are there."""
        return tuple(entry for entry in self.entries if entry.listed and entry.is_found)

    @property
    def missing(self) -> tuple[Entry, ...]:
        """Return the listed packages that are not there."""
        return tuple(entry for entry in self.entries if entry.listed and not entry.is_found)

    @property
    def unlisted(self) -> tuple[Entry, ...]:
        """Return what came with the register without standing in it."""
        return tuple(entry for entry in self.entries if not entry.listed)

    def entry(self, application: str) -> Entry | None:
        """Return the line of a package, if there is one."""
        return next((entry for entry in self.entries if entry.application == application), None)

    def is_copy_of(self, sent: CourierRegister) -> bool:
        """Tell whether what was sent says the same as what is kept here."""
        listed = tuple(ListedPackage(one.application, one.documents, one.sheets) for one in self.entries if one.listed)
        kept = CourierRegister(
            number=self.number,
            direction=self.direction,
            department=self.department,
            office=self.office,
            made_at=self.made_at,
            made_by=self.made_by,
            courier=self.courier,
            entries=listed,
        )
        return kept == sent

    def marks(self, *, at: datetime, by: str) -> RegisterMarks:
        """Return the marks by what was found so far."""
        return RegisterMarks(
            number=self.number,
            marked_at=at,
            marked_by=by,
            received=frozenset(entry.application for entry in self.found),
            missing=frozenset(entry.application for entry in self.missing),
            unlisted=frozenset(entry.application for entry in self.unlisted),
        )
