"""What is searched for in an office, and the conditions that it puts to the indexes of the table of cases."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.desk.case import CaseState
from gateway.desk.staff import StaffMember
from gateway.identity.numbers import Bin, Iin

_NUMBER_DIGITS: Final = 14


class NumberPart(StrEnum):
    """Which part of an application's number is known."""

    BEGINNING = "beginning"
    END = "end"


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for in the office; everything given must hold. `name` is the name's beginning, in any case."""

    number: str = ""
    part: NumberPart = NumberPart.BEGINNING
    person: Iin | Bin | None = None
    name: str = ""
    state: CaseState | None = None
    service: str | None = None
    late: bool | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """The order of an index behind the office and what the index is asked for."""

    keys: tuple[str, ...]
    descending: bool = False

    def by(self, keys: tuple[str, ...]) -> str:
        """Return what stands behind ORDER BY for these names of the keys."""
        return ", ".join(f"{key}{' DESC' if self.descending else ''}" for key in keys)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that `named` gives the keys."""
        return tuple(f"key_{place}" for place in range(len(self.keys)))

    @property
    def named(self) -> str:
        """The keys as columns of a query around this one."""
        return ", ".join(f"{key} AS {name}" for key, name in zip(self.keys, self.names, strict=True))


BY_REGISTRATION = Order(("registered_at", "number"), descending=True)
_BY_PERSON = Order(("applicant_number", "registered_at", "number"), descending=True)
_BY_NUMBER = Order(('number COLLATE "C"',))
_BY_NUMBER_END = Order(('reverse(number) COLLATE "C"',))
_BY_NAME = Order(("applicant_folded", "number"))


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a search asks of a case; `{value}` in it stands for the value."""

    sql: str
    value: object


@dataclass(frozen=True, slots=True)
class Lead:
    """A criterion that a stretch of an index answers, in the index's order.

    One end of the stretch is compared by whole rows: of two plain comparisons PostgreSQL knows that they are a range,
    takes it for a short one, and would rather sort the whole of it.
    """

    order: Order
    criterion: Criterion


class Where:
    """The conditions of a query with their values; the office is always the first of both."""

    def __init__(self, member: StaffMember, of_office: str) -> None:
        self.values: list[object] = [member.office]
        self.of_office = of_office
        self.sql = of_office

    def put(self, *values: object) -> list[str]:
        """Return the parameters that stand for the values."""
        self.values.extend(values)
        return [f"${place}" for place in range(len(self.values) - len(values) + 1, len(self.values) + 1)]

    def sql_of(self, criterion: Criterion) -> str:
        """Return a criterion with the parameter that stands for its value."""
        (parameter,) = self.put(criterion.value)
        return criterion.sql.format(value=parameter)

    def add(self, criterion: Criterion) -> None:
        """Let a criterion hold too."""
        self.sql += f" AND {self.sql_of(criterion)}"


def leads_of(search: Search) -> list[Lead]:
    """Return what indexes answer, the narrowest first."""
    leads = []
    if search.person is not None:
        person = "applicant_number >= {value} AND (applicant_number, registered_at) <= ({value}, 'infinity')"
        leads.append(Lead(_BY_PERSON, Criterion(person, str(search.person))))
    if search.number:
        from_end = search.part is NumberPart.END
        order, digits = (_BY_NUMBER_END, search.number[::-1]) if from_end else (_BY_NUMBER, search.number)
        # ':' is the sign behind 9
        number = "({key}, number) >= ({value}::text, '') AND {key} < {value}::text || ':'"
        leads.append(Lead(order, Criterion(number.replace("{key}", order.keys[0]), digits)))
    if name := " ".join(search.name.split()):
        # chr(1114111) is the last letter of Unicode
        folded = "(applicant_folded, number) >= (folded_name({value}), '') AND applicant_folded < "
        leads.append(Lead(_BY_NAME, Criterion(folded + "folded_name({value}) || chr(1114111)", name)))
    return leads


def others_of(search: Search) -> list[Criterion]:
    """Return what each case is compared with beside."""
    asked = {
        "state": None if search.state is None else search.state.value,
        "service": search.service,
        "late": search.late,
    }
    return [Criterion(f"{name} = {{value}}", value) for name, value in asked.items() if value is not None]


def digits_of(typed: str) -> str:
    """Return the digits of a number as it was typed, no more than a number has."""
    return "".join(letter for letter in typed if letter.isascii() and letter.isdecimal())[:_NUMBER_DIGITS]
