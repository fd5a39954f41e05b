"""The sheet on which a person signs for a result, printed at the window from what stands in the form; nothing is kept.

Ready documents are issued on the ground of the receipt and on showing the identity card, to the applicant or the
representative (Almaty act, lines 247-249); the signature of receiving stands on this sheet, which the department keeps.
"""

from __future__ import annotations

from datetime import datetime

from gateway.catalogue import Office
from gateway.exchange.acceptance import Power, Representative
from gateway.flows.arm.flow import IntakeView
from gateway.flows.arm.receipts import power_words
from gateway.results.document import Statement
from gateway.results.hand_over_paper import HandOverPaper, hand_over_pdf
from gateway.results.papers import Body

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
    named = named_by(view, identity_number) if by_representative else None
    acting = power if named is None else named.power
    paper = HandOverPaper(
        department=Body.of(department),
        number=view.application.number,
        applicant=view.application.applicant_name,
        service=Statement.of(view.service.titles),
        identity=_SHOWN[identity_kind],
        identity_last4=identity_number[-_KEPT_DIGITS:],
        operator=operator,
        at=at,
        representative=("" if named is None else named.name) or (_TO_BE_WRITTEN if by_representative else ""),
        power=power_words(acting) if by_representative and acting is not None else None,
        simulated=simulated,
    )
    return await hand_over_pdf(paper)


def named_by(view: IntakeView, shown: str) -> Representative | None:
    """Return the representative whom the receipt names, when it is the person with the IIN that was shown."""
    named = view.intake.representative
    return named if named is not None and str(named.iin) == shown else None
