"""People of other bodies, papers that they take in, and a case worked through its pages."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from gateway.catalogue import Channel, FieldType, Outcome, Role
from gateway.catalogue.kinds import documents_of, fields_of
from gateway.catalogue.result import FactKind
from gateway.desk.paper import Paper
from gateway.identity.numbers import Iin, check_digit
from tests.integration.desk.workplace import APPLICANT, CATALOGUE, PASSWORD, PDF, WARD, Workplace, application

SOCIAL = "targeted-social-assistance"
PERMIT = "foreign-labour-permit"
REPATRIATE = "oralman-status"
VICTIM = "semey-nuclear-test-victims"
GUARDIAN = "guardianship-establishment"
AKIM_CERTIFICATE = "tsa-recipient-certificate"
PEOPLE = (
    ("akim-clerk", "kokpekti-akim", Role.CLERK),
    ("akim", "kokpekti-akim", Role.HEAD),
    ("akim-executor", "kokpekti-akim", Role.EXECUTOR),
    ("other-akim", "botakara-akim", Role.HEAD),
    ("b-clerk", "bukhar-zhyrau-employment", Role.CLERK),
    ("b-head", "bukhar-zhyrau-employment", Role.HEAD),
    ("b-executor", "bukhar-zhyrau-employment", Role.EXECUTOR),
    ("precinct", "bukhar-zhyrau-precinct-commission", Role.COMMISSION),
    ("precinct-2", "bukhar-zhyrau-precinct-commission", Role.COMMISSION),
    ("other-precinct", "karaganda-precinct-commission", Role.COMMISSION),
    ("r-head", "karaganda-region-employment", Role.HEAD),
    ("r-executor", "karaganda-region-employment", Role.EXECUTOR),
    ("r-executor-2", "karaganda-region-employment", Role.EXECUTOR),
    ("labour", "karaganda-labour-commission", Role.COMMISSION),
    ("district-akim", "almaty-medeu-akim", Role.HEAD),
    ("other-district-akim", "almaty-auezov-akim", Role.HEAD),
)
_sheets = count(1)


async def hire(workplace: Workplace) -> None:
    """Give the workplace's offices and bodies their people."""
    for place, (name, office, role) in enumerate(PEOPLE):
        beginning = f"7601011{place:04}"
        digit = check_digit(beginning)
        if digit is None:
            beginning = f"7701011{place:04}"
            digit = check_digit(beginning)
        assert digit is not None
        workplace.staff[name] = await workplace.desk.staff.seed(
            iin=Iin(beginning + digit), name=f"Қызметкер {name}", office=office, role=role, password=PASSWORD
        )


def filled_in(service: str, kind: str | None = None, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Answer every required field of a service's form."""
    law = CATALOGUE.service(service)
    by_type = {
        FieldType.PHONE: "+77010000001",
        FieldType.DATE: "2020-05-12",
        FieldType.IIN: str(WARD),
        FieldType.CONSENT: "true",
        FieldType.TEXT: "Ботақара ауылы, Абай көшесі, 3",
        FieldType.MULTILINE: "Өзі, жұбайы, баласы",
    }
    exact = {
        "account": "KZ86125KZT5004100100",
        "family_size": "3",
        "family_income": "45000",
        "country": "Моңғолия",
        "child_name": "Серікұлы Әлихан",
        **(given or {}),
    }
    answers: dict[str, str] = {}
    for field in fields_of(law, kind):
        if law.kinds is not None and field.id == law.kinds.field:
            answers[field.id] = kind or field.choices[0].id
        elif field.id in exact:
            answers[field.id] = exact[field.id]
        elif field.required:
            answers[field.id] = field.choices[0].id if field.choices else by_type[field.type]
    return answers


async def on_paper(
    workplace: Workplace, who: str, service: str, *, office: str | None = None, kind: str | None = None
) -> str:
    """Take a paper application in at the member's counter and return its number."""
    law, member = CATALOGUE.service(service), workplace.staff[who]
    paper = Paper(
        sheet=f"sheet-of-the-test-{next(_sheets):015}",
        service=service,
        office=office or member.office,
        applicant=APPLICANT,
        applicant_name="ЖАППАРОВА ӘЙГҮЛ СЕРІКҚЫЗЫ",
        fields=filled_in(service, kind),
        on_paper=tuple(one.id for one in documents_of(law, kind) if one.required),
    )
    return (await workplace.desk.counter.accept(member, paper)).number


async def by_portal(workplace: Workplace, service: str, number: str, *, kind: str | None = None, **given: str) -> str:
    """Send an application through the portal."""
    office = CATALOGUE.offices_of(service)[0].id
    law = CATALOGUE.service(service)
    assert law.opens(Channel.PORTAL)
    made = application(
        service,
        number,
        at=workplace.clock.now(),
        fields=filled_in(service, kind, given),
        office=office,
        documents={one.id: PDF + one.id.encode() for one in documents_of(law, kind) if one.required},
    )
    return await workplace.submit(service, app=made)


class Hands:
    """Everybody's browser, each signed in once."""

    def __init__(self, new_browser, workplace: Workplace) -> None:
        self._new_browser = new_browser
        self.workplace = workplace
        self._browsers: dict = {}

    async def of(self, who: str):
        """Return somebody's browser."""
        if who not in self._browsers:
            self._browsers[who] = await self._new_browser(who)
        return self._browsers[who]

    async def page(self, who: str, number: str, rest: str = "") -> str:
        """Return a page of a case as somebody sees it."""
        return await (await self.of(who)).get(f"/cases/{number}{rest}")

    async def post(self, who: str, number: str, verb: str, **values: str):
        """Fill a form of the case's page in and send it; returns the browser with the page that followed."""
        browser = await self.of(who)
        await browser.get(f"/cases/{number}")
        await browser.post(f"/cases/{number}/{verb}", **values)
        return browser

    async def does(self, who: str, number: str, verb: str, **values: str):
        """Send a form that is filled in well."""
        browser = await self.post(who, number, verb, **values)
        assert browser.status == 200, browser.page
        assert "govuk-error-summary" not in browser.page
        return browser


def issued(service: str, channel: Channel, kind: str | None = None) -> dict[str, str]:
    """Fill the form of a draft in for the first result that is no refusal."""
    result = CATALOGUE.service(service).result(Outcome.ISSUED, channel, kind)
    assert result.template is not None
    by_kind = {FactKind.DATE: "02.03.2026", FactKind.MONEY: "45000", FactKind.TEXT: "Моңғолия"}
    facts = {
        f"fact_{fact.id}": fact.choices[0].id if fact.choices else by_kind[fact.kind] for fact in result.template.facts
    }
    return {"result": result.id, **facts}
