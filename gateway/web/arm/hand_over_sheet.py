"""The sheet on which a person signs for a result, printed at the window from what stands in the form; nothing is kept.

Ready documents are issued on the ground of the receipt and on showing the identity card, to the applicant or the
representative (Almaty act, lines 247-249); the signature of receiving stands on this sheet, which the department keeps.
"""

from __future__ import annotations

from datetime import datetime

from gateway.catalogue import Office
from gateway.exchange.acceptance import Power
from gateway.flows.arm.flow import IntakeView
from gateway.results.document import Statement
from gateway.results.hand_over_paper import HandOverPaper, hand_over_pdf
from gateway.results.papers import Body
from gateway.web.dates import day

_SHOWN = {
    "identity-card": Statement("Жеке куәлік", "Удостоверение личности"),
    "passport": Statement("Паспорт", "Паспорт"),
    "residence-permit": Statement("Тұруға ықтиярхат", "Вид на жительство"),
}
_KEPT_DIGITS = 4
_TO_BE_WRITTEN = "_" * 30


async def sheet(
    view: IntakeView,
    *,
    department: Office,
    operator: str,
    at: datetime,
    by_representative: bool,
    power: Power | None,
    identity_kind: str,
    identity_number: str,
    simulated: bool,
) -> bytes:
    """Return the sheet as PDF; a representative whom the receipt does not name writes the name in."""
    named = view.intake.representative if by_representative else None
    acting = power or (None if named is None else named.power)
    paper = HandOverPaper(
        department=Body(Statement.of(department.name), Statement.of(department.address), department.phone),
        number=view.application.number,
        applicant=view.application.applicant_name,
        service=Statement.of(view.service.titles),
        identity=_SHOWN[identity_kind],
        identity_last4=identity_number[-_KEPT_DIGITS:],
        operator=operator,
        at=at,
        representative=("" if named is None else named.name) or (_TO_BE_WRITTEN if by_representative else ""),
        power=_power(acting) if by_representative and acting is not None else None,
        simulated=simulated,
    )
    return await hand_over_pdf(paper)


def _power(power: Power) -> Statement:
    issued = "" if power.issued_on is None else day(power.issued_on)
    number = f"№ {power.number}" if power.number else ""
    return Statement(
        " ".join(part for part in ("сенімхат", number, issued) if part),
        " ".join(part for part in ("доверенность", number, f"от {issued}" if issued else "") if part),
    )
