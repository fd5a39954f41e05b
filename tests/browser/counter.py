"""Paper at a counter of the desk, taken in as its clerk does: one document scanned, the others left on paper."""

from __future__ import annotations

from gateway.catalogue import Channel
from gateway.catalogue.kinds import documents_of, kind_question
from simulators.population.cast import CastPerson
from simulators.walk.answers import answers_for, catalogue, statement_for
from tests.browser.persons import Person
from tests.browser.windows import scan

REGISTER = "main [type=submit][data-key='F9']"
"""The main button of the counter's pages."""


def open_sheet(acceptor: Person, service: str, *, kind: str | None = None) -> None:
    """Choose the service at the counter, and its kind where the sheet depends on it."""
    acceptor.page.goto(f"{acceptor.desk}/counter")
    acceptor.press(f"main a[href='/counter/{service}']")
    if kind is not None and kind_question(catalogue().service(service)) is not None:
        acceptor.fill({"kind": kind})
        acceptor.press(REGISTER)


def take_in(acceptor: Person, service: str, applicant: CastPerson, *, kind: str | None = None) -> str:
    """Fill in the sheet that stands open, send it, and return the number of the case."""
    scanned, *on_paper = documents_of(catalogue().service(service), kind)
    acceptor.fill(
        {
            **answers_for(service, applicant, kind=kind, channel=Channel.PROVIDER_OFFICE),
            "applicant_number": str(applicant.iin),
            "applicant_name": applicant.full_name_kk,
            **{f"paper_{one.id}": "yes" for one in on_paper},
        }
    )
    file = {"name": "scan.tiff", "mimeType": "image/tiff", "buffer": scan(1)}
    with acceptor.page.expect_navigation():
        acceptor.page.locator(f"main input[name='file_{scanned.id}']").set_input_files([file])
    acceptor.press(REGISTER)
    assert acceptor.page.url.endswith("/accepted"), acceptor.page.locator("main").inner_text()
    return acceptor.page.url.split("/cases/")[1][:14]


def draft(executor: Person, service: str, result: str) -> None:
    """State what the paper does not give of a result's facts, on the page of the draft, and send it to be signed."""
    kind = next(one for one in catalogue().service(service).results if one.id == result)
    for fact in kind.template.facts:
        field = executor.page.locator(f"main [name='fact_{fact.id}']:not([type=radio])")
        if field.count() and not field.input_value():
            executor.fill({f"fact_{fact.id}": statement_for(fact)})
    executor.fill({"result": result})
    executor.press("main form [type=submit]")
    assert executor.page.locator(".govuk-error-summary").count() == 0, executor.page.locator("main").inner_text()
