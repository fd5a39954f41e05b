"""The schema of a service's application that is taken in at the State Corporation, beside the applicant's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree

from gateway.catalogue import Channel
from gateway.catalogue.kinds import documents_of, kinds_on
from gateway.catalogue.model import Service
from gateway.exchange.acceptance import Acceptance, Power, PowerKind, Representative
from gateway.exchange.application import Application, build_application, read_application
from gateway.exchange.errors import ExchangeCode, PayloadNotWritable, PayloadRefused
from gateway.identity.numbers import Iin
from tests.unit.exchange.test_form_schema import CATALOGUE, SCHEMAS, application, samples

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
OPERATOR = Iin("850101100121")
ACCEPTED = Acceptance("karaganda-corporation", OPERATOR, "Оператор", NOW)
WAYS = [
    (service, kind)
    for service in CATALOGUE.services.values()
    if service.opens(Channel.CORPORATION)
    for kind in (kinds_on(service, Channel.CORPORATION) or (None,))
]
NAMES = [f"{service.id} {kind or ''}".strip() for service, kind in WAYS]


def taken_in(service: Service, kind: str | None, **others: object) -> Application:
    values: dict[str, object] = {"attachments": (), "acceptance": ACCEPTED}
    return application(service, kind, samples(service, kind), **(values | others))


def accepted(service: Service, kind: str | None, app: Application) -> bool:
    return SCHEMAS.of(service.id, kind, accepted=True).accepts(etree.fromstring(build_application(app)))


@pytest.mark.parametrize(("service", "kind"), WAYS, ids=NAMES)
def test_documents_may_all_be_on_paper_each_of_the_service_and_once(service: Service, kind: str | None) -> None:
    papers = tuple(one.id for one in documents_of(service, kind))
    assert accepted(service, kind, taken_in(service, kind, acceptance=replace(ACCEPTED, on_paper=papers)))
    assert accepted(service, kind, taken_in(service, kind))
    strange = replace(ACCEPTED, on_paper=(*papers, "strange-document"))
    assert not accepted(service, kind, taken_in(service, kind, acceptance=strange))
    if papers:
        twice = replace(ACCEPTED, on_paper=(papers[0], *papers[:1]))
        assert not accepted(service, kind, taken_in(service, kind, acceptance=twice))


@pytest.mark.parametrize(("service", "kind"), WAYS, ids=NAMES)
def test_an_acceptance_stands_in_the_operators_application_alone(service: Service, kind: str | None) -> None:
    app = taken_in(service, kind)
    own = SCHEMAS.of(service.id, kind)
    assert not own.accepts(etree.fromstring(build_application(app)))
    assert not accepted(service, kind, replace(app, acceptance=None))
    with pytest.raises(PayloadNotWritable):
        build_application(app, own)
    with pytest.raises(PayloadNotWritable):
        build_application(replace(app, acceptance=None), SCHEMAS.of(service.id, kind, accepted=True))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<medium>electronic</medium>", "<medium>pigeon</medium>"),
        ('<power kind="notarised"', '<power kind="forged"'),
        ('<power kind="notarised"', "<power"),
        ("<department>karaganda-corporation</department>", ""),
        ("<issuedOn>2026-01-10</issuedOn>", "<issuedOn>10.01.2026</issuedOn>"),
        ("</acceptance>", "</acceptance><acceptance/>"),
        ("</representative>", "</representative><window>1</window>"),
    ],
)
def test_a_wrong_acceptance_is_not_read(before: str, after: str) -> None:
    written = build_application(taken_in(*WAYS[0], acceptance=represented())).decode()
    changed = "".join(written.splitlines()).replace("  ", "")
    assert before in changed
    with pytest.raises(PayloadRefused) as refused:
        read_application(etree.fromstring(changed.replace(before, after)))
    assert refused.value.code is ExchangeCode.SCHEMA


def test_an_operators_number_with_a_wrong_check_digit_is_not_read() -> None:
    written = build_application(taken_in(*WAYS[0], acceptance=represented())).decode()
    wrong = written.replace(f"<operator>\n      <number>{OPERATOR}", "<operator>\n      <number>850101100122")
    assert wrong != written
    with pytest.raises(PayloadRefused) as refused:
        read_application(etree.fromstring(wrong))
    assert refused.value.code is ExchangeCode.VALUE


def test_all_that_the_operator_noted_stands_in_what_the_operator_signs() -> None:
    written = build_application(taken_in(*WAYS[0], acceptance=represented())).decode()
    for shown in ("karaganda-corporation", str(OPERATOR), "Оператор", "electronic", "Өкіл", "1-245", "2026-01-10"):
        assert shown in written


def represented() -> Acceptance:
    power = Power(PowerKind.NOTARISED, "1-245", datetime(2026, 1, 10, tzinfo=UTC).date())
    return replace(ACCEPTED, representative=Representative(OPERATOR, "Өкіл", power), consent_at=NOW)
