"""What a paper must be before it is taken in, by the act and the form of its service."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gateway.catalogue import Channel, load_catalogue
from gateway.catalogue.acceptance import Representation
from gateway.catalogue.kinds import documents_of, kind_of
from gateway.desk.paper import TEXTS, Paper, PaperCode, PaperIntake, Scan
from gateway.desk.paper_rules import read_paper
from gateway.desk.representation import representation_on
from gateway.exchange.acceptance import Power, PowerKind, Representative
from gateway.identity.numbers import Bin, Iin, check_digit
from gateway.results.names import NameOf, clean_name, name_text
from gateway.web.days import stored_day
from simulators.population.cast import ORGANISATIONS, PEOPLE
from simulators.walk.answers import answers_for

CATALOGUE = load_catalogue()
TODAY = date(2026, 3, 2)
PERSON = PEOPLE["ward-almaty"]
ASSISTANCE, FUEL = "local-social-assistance", "rural-social-workers-fuel-assistance"
SPECIALISTS, PERMIT = "rural-specialists-support", "foreign-labour-permit"
PDF = b"%PDF-1.7 \xd0\xba"
OFFICE = Channel.PROVIDER_OFFICE
BY = Representative(
    Iin("75010110001" + str(check_digit("75010110001"))),
    "Өтегенов Қайрат",
    Power(PowerKind.NOTARISED, "12-К", date(2026, 1, 5)),
)


def a_paper(service_id: str, channel: Channel = OFFICE, **changes: object) -> Paper:
    typed = answers_for(service_id, PERSON, channel=channel)
    fields = {name: stored_day(value) for name, value in typed.items()}
    service = CATALOGUE.service(service_id)
    kind, represented = kind_of(service, fields), changes.get("representative") is not None
    documents = [one.id for one in documents_of(service, kind, represented=represented)]
    whole = Paper(
        sheet="a-sheet-of-the-tests",
        service=service_id,
        office=CATALOGUE.offices_of(service_id)[0].id,
        applicant=PERSON.iin,
        applicant_name=PERSON.full_name_kk,
        fields=fields,
        on_paper=tuple(documents),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def codes(paper: Paper, channel: Channel = OFFICE) -> list[tuple[str, PaperCode]]:
    reading = read_paper(CATALOGUE.service(paper.service), channel, paper, today=TODAY)
    return [(problem.field, problem.code) for problem in reading.problems]


def test_every_code_has_its_words_in_three_languages() -> None:
    assert set(TEXTS) == set(PaperCode)
    assert all(text.kk and text.ru and text.en for text in TEXTS.values())


def test_every_code_has_its_row_in_the_reference() -> None:
    reference = (Path(__file__).parents[3] / "docs/reference/flow-and-desk-codes.md").read_text(encoding="utf-8")
    for code, text in TEXTS.items():
        assert f"| `{code}` | {text.en} |" in reference


def test_a_paper_that_is_in_order_has_no_problem() -> None:
    assert codes(a_paper(ASSISTANCE)) == []


def test_a_required_document_may_come_as_a_file_or_on_paper_and_must_come() -> None:
    paper = a_paper(FUEL)
    first = paper.on_paper[0]
    scan = Scan(first, "a.pdf", "application/pdf", PDF)
    assert codes(replace(paper, documents=(scan,), on_paper=paper.on_paper[1:])) == []
    assert codes(replace(paper, on_paper=paper.on_paper[1:])) == [(first, PaperCode.DOCUMENT_MISSING)]
    reading = read_paper(CATALOGUE.service(FUEL), OFFICE, replace(paper, on_paper=()), today=TODAY)
    assert [one.id for one in reading.missing] == ["employment-certificate", "account-document"]


@pytest.mark.parametrize(
    "scans",
    [
        (Scan("employment-certificate", "a.exe", "application/pdf", b"MZ"),),
        (Scan("employment-certificate", "a.html", "text/html", PDF),),
        (Scan("employment-certificate", "a.pdf", "application/pdf", b""),),
        (Scan("employment-certificate", "a.pdf", "application/pdf", PDF + b"0" * 5_000_000),),
        (Scan("employment-certificate", "a.pdf", "application/pdf", PDF),) * 2,
        (Scan("passport-of-another", "a.pdf", "application/pdf", PDF),),
    ],
    ids=["content", "type", "empty", "too large", "twice", "unknown"],
)
def test_a_file_that_the_service_does_not_take_is_refused(scans: tuple[Scan, ...]) -> None:
    assert codes(a_paper(FUEL, documents=scans)) == [(scans[0].document, PaperCode.DOCUMENT_WRONG)]


def test_an_unknown_document_on_paper_is_refused() -> None:
    paper = a_paper(FUEL)
    assert codes(replace(paper, on_paper=(*paper.on_paper, "x"))) == [("x", PaperCode.DOCUMENT_WRONG)]


def test_a_kind_of_the_service_that_is_none_is_refused() -> None:
    paper = a_paper(ASSISTANCE)
    wrong = replace(paper, fields={**paper.fields, "category": "kind-of-another-law"})
    assert ("category", PaperCode.FORM) in codes(wrong)


def test_the_counter_takes_the_kind_that_the_portal_does_not() -> None:
    paper = a_paper(ASSISTANCE)
    other = replace(paper, fields={**paper.fields, "category": "other-category"})
    assert codes(other) == []
    assert ("category", PaperCode.FORM) in codes(other, Channel.PORTAL)


@pytest.mark.parametrize("applicant", [None, ORGANISATIONS["partnership"].bin], ids=["unread", "organisation"])
def test_the_applicant_is_one_of_those_whom_the_act_names(applicant: Bin | None) -> None:
    (problem,) = codes(a_paper(ASSISTANCE, applicant=applicant))
    assert problem[0] == "applicant_number"


def test_an_organisation_may_apply_where_the_act_says_so() -> None:
    assert codes(a_paper(PERMIT, applicant=ORGANISATIONS["partnership"].bin)) == []


@pytest.mark.parametrize("name", ["", "   ", "12", "А" * 201, "Абай\u202eқ", "Абай \u4e2d"])
def test_a_name_that_no_document_could_print_is_refused(name: str) -> None:
    assert codes(a_paper(ASSISTANCE, applicant_name=name)) == [("applicant_name", PaperCode.NAME)]


def test_a_name_is_kept_with_single_spaces() -> None:
    assert clean_name("  Жаппарова \n Әйгүл ") == "Жаппарова Әйгүл"


@pytest.mark.parametrize(
    ("service", "applicant", "name", "whose"),
    [
        (ASSISTANCE, PERSON.iin, "Серс 5", NameOf.PERSON),
        (PERMIT, PERSON.iin, "Серс 5", NameOf.PERSON),
        (PERMIT, ORGANISATIONS["partnership"].bin, "5", NameOf.ORGANISATION),
    ],
)
def test_a_name_is_refused_in_words_for_whose_it_is(
    service: str, applicant: Iin | Bin, name: str, whose: NameOf
) -> None:
    paper = a_paper(service, applicant=applicant, applicant_name=name)
    (problem,) = read_paper(CATALOGUE.service(service), OFFICE, paper, today=TODAY).problems
    assert (problem.field, problem.text) == ("applicant_name", name_text(whose))


def test_an_organisation_may_have_digits_in_its_name_and_a_representative_may_not() -> None:
    named = a_paper(PERMIT, applicant=ORGANISATIONS["partnership"].bin, applicant_name="№ 5 мектеп")
    assert codes(named) == []
    (problem,) = codes(a_paper(FUEL, representative=replace(BY, name="Серс 5")))
    assert problem == ("representative_name", PaperCode.NAME)


def test_the_copy_of_a_power_of_attorney_is_no_document_of_whoever_comes_alone() -> None:
    law = CATALOGUE.service("unemployed-registration")
    rule = law.powers_of_attorney[0].model_copy(update={"channels": (OFFICE,)})
    service, power = law.model_copy(update={"powers_of_attorney": (rule,)}), "power-of-attorney"
    for given, wrong in ((BY, []), (None, [power])):
        paper = a_paper("unemployed-registration", representative=given, on_paper=("education-document", power))
        reading = read_paper(service, OFFICE, paper, today=TODAY)
        assert [problem.field for problem in reading.problems] == wrong


def test_nobody_acts_for_the_applicant_where_the_act_says_nothing_of_it() -> None:
    assert codes(a_paper(ASSISTANCE, representative=BY)) == [("representative", PaperCode.NO_REPRESENTATIVE)]


def test_a_representative_has_a_power_of_attorney_as_the_act_wants_it() -> None:
    simple = replace(BY, power=Power(PowerKind.SIMPLE, "", date(2026, 1, 5)))
    assert codes(a_paper(FUEL, representative=simple)) == []
    assert codes(a_paper(SPECIALISTS, representative=BY)) == []
    assert codes(a_paper(SPECIALISTS, representative=simple)) == [("power_kind", PaperCode.POWER)]


@pytest.mark.parametrize(
    "power",
    [
        Power(PowerKind.NOTARISED, "", date(2026, 1, 5)),
        Power(PowerKind.NOTARISED, "12-К", None),
        Power(PowerKind.NOTARISED, "12-К", date(2026, 3, 3)),
        Power(PowerKind.NOTARISED, "1" * 61, date(2026, 1, 5)),
        Power(PowerKind.SIMPLE, "1\u202e", date(2026, 1, 5)),
    ],
    ids=["number", "day", "to come", "too long", "letters"],
)
def test_a_power_of_attorney_must_be_stated_whole(power: Power) -> None:
    assert codes(a_paper(FUEL, representative=replace(BY, power=power))) == [("power_kind", PaperCode.POWER)]


def test_the_data_of_a_power_are_kept_only_when_it_is_notarised_where_the_act_says_so() -> None:
    """Karaganda, lines 981-986: stated for the service centre; the rule itself holds on any channel it names."""
    law = CATALOGUE.service("unemployed-registration")
    rule = law.powers_of_attorney[0].model_copy(update={"channels": (OFFICE,)})
    service = law.model_copy(update={"powers_of_attorney": (rule,)})
    simple = replace(BY, power=Power(PowerKind.SIMPLE, "7", date(2026, 1, 5)))
    for given, kept in ((BY, BY.power), (simple, Power(PowerKind.SIMPLE))):
        reading = read_paper(service, OFFICE, a_paper("unemployed-registration", representative=given), today=TODAY)
        assert reading.problems == ()
        assert reading.representative is not None
        assert reading.representative.power == kept


@pytest.mark.parametrize("representative", [None, BY])
def test_what_was_noted_at_the_counter_is_read_as_it_was_written(representative: Representative | None) -> None:
    intake = PaperIntake(7, "Өтегенов Қ.", ("family-composition",), representative)
    assert PaperIntake.from_json(intake.to_json()) == intake


def test_nobody_represents_themselves() -> None:
    """Whoever applies needs no power of attorney: what was typed twice is a slip of the acceptor's."""
    service = next(
        one.id
        for one in CATALOGUE.services.values()
        if one.opens(OFFICE) and representation_on(one, OFFICE) is not Representation.NONE
    )
    himself = replace(BY, iin=PERSON.iin)
    assert ("representative_iin", PaperCode.SAME_PERSON) in codes(a_paper(service, representative=himself))
    assert ("representative_iin", PaperCode.SAME_PERSON) not in codes(a_paper(service, representative=BY))
