"""A register on paper: both copies, with the receiver's mark once it is there (act 000, lines 156-163 and 171-174)."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.catalogue import Catalogue, Service
from gateway.courier.register import Entry, Register
from gateway.exchange.courier_register import Direction
from gateway.results.courier_papers import (
    RegisterDirection,
    RegisterMark,
    RegisterPaper,
    RegisterRow,
    labels_pdf,
    register_pdf,
)
from gateway.results.document import Statement
from gateway.results.papers import Body

_UNKNOWN = Statement("—", "—")


async def printed(
    register: Register, catalogue: Catalogue, services: Mapping[str, Service], *, simulated: bool
) -> bytes:
    """Return both copies as PDF/A; `services` are those of the applications. Raises `PageError`."""
    return await register_pdf(_paper(register, catalogue, services, simulated=simulated))


async def labels(
    register: Register, catalogue: Catalogue, services: Mapping[str, Service], *, simulated: bool
) -> bytes:
    """Return a label with its barcode for each package listed, as PDF/A; raises `PageError`."""
    return await labels_pdf(_paper(register, catalogue, services, simulated=simulated))


def _paper(
    register: Register, catalogue: Catalogue, services: Mapping[str, Service], *, simulated: bool
) -> RegisterPaper:
    """Names of applicants are not on it: a courier needs none, and the barcodes find the applications."""
    department, office = (Body.of(catalogue.office(one)) for one in (register.department, register.office))
    outward = register.direction is Direction.TO_PROVIDER
    return RegisterPaper(
        number=register.number,
        direction=RegisterDirection(register.direction.value),
        sender=department if outward else office,
        receiver=office if outward else department,
        made_at=register.made_at,
        made_by=register.made_by,
        courier=register.courier,
        rows=tuple(_row(entry, services.get(entry.application)) for entry in _shown(register)),
        marked_at=register.marked_at,
        marked_by=register.marked_by or "",
        simulated=simulated,
    )


def _shown(register: Register) -> tuple[Entry, ...]:
    """Until it is marked, a register on paper says what was listed alone."""
    return tuple(entry for entry in register.entries if entry.listed or register.is_marked)


def _row(entry: Entry, service: Service | None) -> RegisterRow:
    mark = None if entry.mark is None else RegisterMark(entry.mark.value)
    if mark is not None and not entry.listed:
        mark = RegisterMark.UNLISTED
    return RegisterRow(
        application=entry.application,
        service=_UNKNOWN if service is None else Statement.of(service.titles),
        documents=entry.documents,
        sheets=entry.sheets,
        mark=mark,
    )
