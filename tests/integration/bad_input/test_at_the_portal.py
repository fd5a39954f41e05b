"""Bad input at the portal: a mistyped number, a file that is none."""

from __future__ import annotations

import pytest

from gateway.flows.errors import FlowCode, FlowError
from tests.integration.bad_input.inputs import NOT_A_PDF, mistyped
from tests.integration.bad_input.unchanged import says, unchanged
from tests.integration.flows.town import ALMATY, ANSWERS


async def test_a_mistyped_iin_in_the_portals_form_is_named_and_kept(town, account, key) -> None:
    number = await town.filled(ALMATY, account)
    answers = ANSWERS[ALMATY] | {"ward_iin": mistyped(ANSWERS[ALMATY]["ward_iin"])}
    async with unchanged(town.store, but={"application"}):
        reading = await town.rooms.flow.process_3_fill_form(account.id, number, answers)
        (problem,) = reading.problems
        says(problem.text, kk="ЖСН", ru="ИИН")
        with pytest.raises(FlowError) as caught:
            await town.rooms.flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    assert caught.value.code is FlowCode.INCOMPLETE
    says(caught.value.text, kk="нысанды толтырып", ru="заполните форму")
    assert town.sent.sent == []


@pytest.mark.parametrize(
    ("media_type", "content", "said"),
    [
        ("application/pdf", NOT_A_PDF, {"kk": "PDF, JPEG немесе PNG", "ru": "PDF, JPEG или PNG"}),
        ("text/html", b"<script>", {"kk": "PDF, JPEG немесе PNG", "ru": "PDF, JPEG или PNG"}),
        ("application/pdf", b"", {"kk": "файл бос", "ru": "файл пуст"}),
    ],
)
async def test_an_unreadable_attachment_is_not_taken_at_the_portal(
    town, account, media_type: str, content: bytes, said: dict[str, str]
) -> None:
    number = await town.filled(ALMATY, account)
    async with unchanged(town.store):
        problem = await town.rooms.flow.process_3_attach_document(
            account.id, number, "identity-document", name="x.pdf", media_type=media_type, content=content
        )
    assert problem is not None
    says(problem.text, **said)
