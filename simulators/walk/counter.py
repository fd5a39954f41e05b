"""The counter: who sits there takes a paper application in by the desk's pages, and the receipt is read back."""

from __future__ import annotations

import io
from dataclasses import dataclass

from lxml import html
from pypdf import PdfReader

from gateway.catalogue import Channel, Role, Service
from gateway.catalogue.kinds import documents_of, kind_comes_first
from simulators.walk.answers import answers_for
from simulators.walk.browser import PageSurprise, Upload
from simulators.walk.law import expected_receipts
from simulators.walk.officials import Official
from simulators.walk.roles import Roles
from simulators.walk.scans import scan_of
from simulators.walk.staff import Seat, seats_of


@dataclass(frozen=True, slots=True)
class Paper:
    """What is handed in at a counter."""

    service: Service
    channel: Channel
    kind: str | None
    roles: Roles


def acceptor_at(paper: Paper) -> Seat:
    """Return who takes the paper in: whoever the act lets do the first action, at the counter's office."""
    assert paper.roles.counter is not None
    first = paper.service.procedure(paper.channel, paper.kind).path(paper.channel)[0]
    role = Role(first.acts(paper.channel, paper.kind)[0].role)
    return next(seat for seat in seats_of(paper.roles.counter) if seat.role is role)


async def take_in(official: Official, paper: Paper) -> str:
    """Enter the paper at the counter; the first document is scanned, the others stay on paper. Returns the number."""
    service = paper.service
    asked = f"?kind={paper.kind}" if paper.kind and kind_comes_first(service) else ""
    page = await official.open(f"/counter/{service.id}{asked}")
    form = page.form(having="applicant_number")
    answers = answers_for(service.id, paper.roles.person, kind=paper.kind, channel=paper.channel)
    values: dict[str, str | Upload] = {
        **answers,
        "applicant_number": paper.roles.number,
        "applicant_name": paper.roles.name,
        "do": "register",
    }
    for position, document in enumerate(documents_of(service, paper.kind, represented=False)):
        if position == 0:
            values[f"file_{document.id}"] = scan_of(document.id, position)
        else:
            values[f"paper_{document.id}"] = "yes"
    if form.xpath(".//select[@name='provider_office']"):
        values["provider_office"] = paper.roles.office.id
    page = await official.browser.submit(page, _asked_for(form, values), form=form)
    if page.status != 200 or not page.url.endswith("/accepted"):
        raise PageSurprise(page, "the page that names the application's number")
    return page.url.rsplit("/", 2)[1]


def _asked_for(form: html.FormElement, values: dict[str, str | Upload]) -> dict[str, str | Upload]:
    """Leave out what the page does not ask for, such as the documents that the procedure's condition asks for."""
    names = {element.get("name") for element in form.xpath(".//*[@name]")}
    return {name: value for name, value in values.items() if name in names}


async def read_receipts(official: Official, paper: Paper, number: str) -> list[str]:
    """Fetch the receipt that the counter gives and return the kinds of receipts of the act that it stands for.

    Raises `PageSurprise` when one of the act's is due and the paper given does not name the application.
    """
    due = expected_receipts(paper.service, paper.channel)
    if not due:
        return []
    words = await _words(official, number)
    if number not in words:
        raise PageSurprise(await official.case(number), f"a receipt with the number {number}: {words[:300]}")
    return [receipt.kind.value for receipt in due]


async def _words(official: Official, number: str) -> str:
    content = await official.download(number, "receipt.pdf")
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
