"""Officials act by what the page of the case offers them, whatever the service."""

import pytest
from lxml import html

from gateway.catalogue import Verb
from simulators.walk.browser import Page, PageSurprise
from simulators.walk.officials import Decision, Office, Official

NUMBER = "71000000000001"
LINKS = (Verb.DRAFT, Verb.SIGN)


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

    def __init__(self, role, path, done):
        self.role, self.path, self.performed = role, path, done

    async def case(self, number):
        role, offers = self.path[0] if self.path else (None, ())
        return page(offers if role == self.role else ())

    async def do(self, number, verb, decision):
        self.performed.append((self.role, str(verb)))
        self.path.pop(0)


def office(path):
    done = []
    members = {role: Member(role, path, done) for role in ("clerk", "head", "executor")}
    return Office(members), done


async def test_a_case_is_led_to_its_hand_over_by_whoever_is_offered_the_action():
    path = [
        ("clerk", ["register"]),
        ("head", ["resolve"]),
        ("executor", ["return", "check-documents"]),
        ("executor", ["release", "inspect"]),
        ("executor", ["draft"]),
        ("head", ["claim", "return", "sign"]),
        ("executor", ["hand-over"]),
    ]
    staff, done = office(path)
    await staff.work("foster-placement", NUMBER)
    assert done == [
        ("clerk", "register"),
        ("head", "resolve"),
        ("executor", "check-documents"),
        ("executor", "inspect"),
        ("executor", "draft"),
        ("head", "sign"),
        ("executor", "hand-over"),
    ]


async def test_a_case_on_which_nobody_may_act_is_a_surprise():
    staff, done = office([("clerk", ["register"]), ("executor", ["return", "release"])])
    with pytest.raises(PageSurprise, match="an action after"):
        await staff.work("school-meals", NUMBER, seconds=0.3)
    assert done == [("clerk", "register")]


async def test_an_action_that_is_still_offered_when_it_is_done_is_not_done_again():
    staff, done = office([("clerk", ["register"])] * 2)
    with pytest.raises(PageSurprise):
        await staff.work("school-meals", NUMBER, seconds=0.3)
    assert done == [("clerk", "register")]


@pytest.mark.parametrize(
    ("service", "kind", "result"),
    [
        ("unemployed-certificate", None, "certificate"),
        ("minor-property-certificates", "bank", "bank-certificate"),
        ("minor-property-certificates", None, "pension-fund-certificate"),
        ("adoption-candidate-registration", None, "readiness-possible"),
    ],
)
def test_the_usual_result_is_that_of_the_channel_and_the_kind(service, kind, result):
    assert Decision.issue(service, kind).result.id == result
