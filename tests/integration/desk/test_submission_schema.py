"""What came by message follows the service's own schema, as the channel wrote it, and comes from whom the act names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.desk.broken import BrokenCode
from gateway.exchange.application import Application
from simulators.population.cast import ORGANISATIONS
from tests.integration.desk.workplace import ALMATY, ASSISTANCE, FORMS, PDF, Workplace, application

NUMBER = "90000000000001"


async def refused(workplace: Workplace, app: Application, **how: object) -> str:
    await workplace.submit(app.service, app=app, **how)
    assert await workplace.store.database.fetchval("SELECT count(*) FROM casefile") == 0
    (notice,) = workplace.notices(app.number)
    return str(notice.facts["code"])


@pytest.mark.parametrize(
    "changed",
    [{"phone": "+7 (701) 000-00-01"}, {"consent": " true "}],
    ids=["phone", "consent"],
)
async def test_an_answer_that_a_person_typed_and_no_channel_cleaned_is_refused(workplace, clock, changed) -> None:
    """The form's check cleans what it reads; what was signed must be clean already, since it is kept as it is."""
    app = application(ASSISTANCE, NUMBER, at=clock.now(), fields=FORMS[ASSISTANCE] | changed)
    assert await refused(workplace, app) == BrokenCode.FORM


async def test_answers_out_of_the_forms_order_are_refused(workplace, clock) -> None:
    fields = dict(reversed(FORMS[ASSISTANCE].items()))
    app = application(ASSISTANCE, NUMBER, at=clock.now(), fields=fields)
    assert await refused(workplace, app) == BrokenCode.FORM


async def test_a_media_type_that_no_document_of_the_service_has_is_refused_before_the_file_is_fetched(
    workplace, clock
) -> None:
    app = application(ALMATY, NUMBER, at=clock.now())
    first = replace(app.attachments[0], media_type="text/html")
    changed = replace(app, attachments=(first, *app.attachments[1:]))
    stored = {first.document: "11111111-1111-1111-1111-111111111111"}
    workplace.files.silent = True
    assert await refused(workplace, changed, stored=stored) == BrokenCode.FORM


async def test_an_organisation_does_not_apply_for_what_the_act_gives_to_persons(workplace, clock) -> None:
    number = ORGANISATIONS["partnership"].bin
    workplace.signatures.bin = str(number)
    app = replace(application(ASSISTANCE, NUMBER, at=clock.now()), applicant_number=number)
    assert await refused(workplace, app) == BrokenCode.NOT_AN_APPLICANT


async def test_what_follows_the_schema_is_taken(workplace, clock) -> None:
    documents = {"income-statement": PDF}
    app = application(ASSISTANCE, NUMBER, at=clock.now(), documents=documents)
    await workplace.submit(ASSISTANCE, app=app, files=documents)
    assert (await workplace.case(NUMBER)).number == NUMBER
