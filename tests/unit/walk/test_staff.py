"""Members of the staff act by what the page of the case offers them, whatever the service, at whichever body."""

import pytest
from lxml import html

from gateway.catalogue import Body, Channel, Role, Verb
from simulators.walk.answers import catalogue
from simulators.walk.browser import Page, PageSurprise
from simulators.walk.decision import Decision
from simulators.walk.officials import Official
from simulators.walk.staff import Seat, Staff, seats_for, seats_of

NUMBER = "71000000000001"
LINKS = (Verb.DRAFT, Verb.SIGN)
ISSUE = Decision.issue("school-meals")


def page(offers):
    """A case's page: a link for what is done on a page of its own, a form for every other action."""
    told = [
        f'<a href="/cases/{NUMBER}/{verb}">do</a>'
        if verb in LINKS
        else f'<form action="/cases/{NUMBER}/{verb}"></form>'
        for verb in offers
    ]
    return Page("http://desk/cases", 200, html.document_fromstring(f"<main>{''.join(told)}</main>"))


class Member(Official):
    """One of the staff at a desk that goes through `path`, a list of who is offered what."""

    def __init__(self, name, path):
        self.name, self.path = name, path

    async def case(self, number):
        name, offers = self.path[0] if self.path else (None, ())
        return page(offers if name == self.name else ())

    async def do(self, number, verb, decision, values=None):
        self.path.pop(0)


class Room:
    def __init__(self, path):
        self.path = path

    async def member(self, person):
        return Member(person, self.path)


def staff(path):
    """The staff of a provider and an akim; each is called by role and body."""
    seats = [
        Seat(f"{role}@{body}", f"the {body}", body, role)
        for body in (Body.PROVIDER, Body.RURAL_AKIM)
        for role in (Role.CLERK, Role.HEAD, Role.EXECUTOR)
    ]
    return Staff(Room(path), seats)


async def test_a_case_is_led_to_its_hand_over_by_whoever_is_offered_the_action():
    path = [
        ("clerk@rural-akim", ["register"]),
        ("head@rural-akim", ["resolve"]),
        ("executor@rural-akim", ["return", "forward"]),
        ("executor@provider", ["release", "inspect"]),
        ("executor@provider", ["draft"]),
        ("head@provider", ["claim", "return", "sign"]),
        ("clerk@provider", ["forward"]),
        ("executor@rural-akim", ["hand-over"]),
    ]
    wanted = [f"{next(verb for verb in offers if verb in set(Verb))} {name}" for name, offers in path]
    people = staff(path)
    await people.work(NUMBER, ISSUE)
    assert people.done == wanted


async def test_who_is_expected_is_looked_at_first_and_whoever_is_offered_more_acts_all_the_same():
    people = staff([("head@provider", ["register"]), ("clerk@provider", ["hand-over"])])
    await people.work(NUMBER, ISSUE, expected=["register clerk@provider", "hand-over clerk@provider"])
    assert people.done == ["register head@provider", "hand-over clerk@provider"]


async def test_work_stops_where_the_applicant_must_do_something():
    people = staff([("clerk@provider", ["register"]), ("head@provider", ["inform"]), ("head@provider", ["draft"])])
    await people.work(NUMBER, ISSUE, until=2)
    assert people.done == ["register clerk@provider", "inform head@provider"]


async def test_the_same_person_may_do_the_same_twice_when_others_acted_in_between():
    path = [
        ("executor@rural-akim", ["forward"]),
        ("head@provider", ["conclude"]),
        ("executor@rural-akim", ["forward"]),
        ("clerk@provider", ["hand-over"]),
    ]
    people = staff(path)
    await people.work(NUMBER, ISSUE)
    assert people.done.count("forward executor@rural-akim") == 2


async def test_what_an_act_needs_is_asked_for_before_it():
    told = []

    async def before(official, act):
        told.append((official.name, act))
        return {}

    await staff([("clerk@provider", ["hand-over"])]).work(NUMBER, ISSUE, before=before)
    assert told == [("clerk@provider", "hand-over clerk@provider")]


async def test_a_case_on_which_nobody_may_act_is_a_surprise():
    people = staff([("clerk@provider", ["register"]), ("executor@provider", ["return", "release"])])
    with pytest.raises(PageSurprise, match="an action after"):
        await people.work(NUMBER, ISSUE, seconds=0.3)
    assert people.done == ["register clerk@provider"]


async def test_an_action_that_is_still_offered_when_it_is_done_is_not_done_again():
    people = staff([("clerk@provider", ["register"])] * 2)
    with pytest.raises(PageSurprise):
        await people.work(NUMBER, ISSUE, seconds=0.3)
    assert people.done == ["register clerk@provider"]


@pytest.mark.parametrize("office", catalogue().offices.values(), ids=lambda office: office.id)
def test_every_office_has_its_staff_at_the_desk_and_a_department_none(office):
    wanted = set() if office.body is Body.CORPORATION else {office.body}
    assert {seat.body for seat in seats_of(office)} == wanted


def test_the_staff_of_a_case_is_that_of_every_body_of_the_procedure():
    law = catalogue()
    service, akim = law.service("child-allowance-under-18"), law.office("kokpekti-akim")
    seats = seats_for(service, law.office("bukhar-zhyrau-employment"), akim)
    assert {(seat.office, seat.role) for seat in seats} == {
        *(("bukhar-zhyrau-employment", role) for role in ("clerk", "head", "executor")),
        *(("kokpekti-akim", role) for role in ("clerk", "head", "executor")),
        ("bukhar-zhyrau-precinct-commission", "commission"),
    }


def test_the_akim_of_the_childs_district_belongs_to_a_guardianship_case():
    law = catalogue()
    service, office = law.service("guardianship-establishment"), law.office("almaty-education")
    offices = {seat.office for seat in seats_for(service, office, None, {"district": "medeu"})}
    assert offices == {"almaty-education", "almaty-medeu-akim"}


@pytest.mark.parametrize(
    ("service", "channel", "kind", "result"),
    [
        ("unemployed-certificate", Channel.PORTAL, None, "certificate"),
        ("minor-property-certificates", Channel.PORTAL, "bank", "bank-certificate"),
        ("minor-property-certificates", Channel.PORTAL, None, "pension-fund-certificate"),
        ("adoption-candidate-registration", Channel.PORTAL, None, "readiness-possible"),
        ("adoption-candidate-registration", Channel.PROVIDER_OFFICE, None, "conclusion-possible"),
        ("tsa-recipient-certificate", Channel.RURAL_AKIM, None, "certificate-of-belonging-by-akim"),
    ],
)
def test_the_usual_result_is_that_of_the_channel_and_the_kind(service, channel, kind, result):
    assert Decision.issue(service, kind, channel).result.id == result


async def test_what_the_applicant_does_alone_is_left_to_the_applicant():
    path = [("executor@provider", ["submit"]), ("executor@provider", ["hand-over"])]
    people = Staff(Room(path), staff([])._seats, leaves=frozenset({Verb.SUBMIT}))
    with pytest.raises(PageSurprise):
        await people.work(NUMBER, ISSUE, seconds=0.3)
    assert people.done == []


def test_a_body_that_does_not_work_for_the_office_is_not_there():
    law = catalogue()
    seats = seats_for(law.service("child-allowance-under-18"), law.office("karaganda-employment"), None)
    assert {seat.body for seat in seats} == {Body.PROVIDER, Body.PRECINCT_COMMISSION}
