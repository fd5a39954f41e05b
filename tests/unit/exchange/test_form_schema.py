"""The schema of a service's application says what the form's check says, as far as XSD can."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.catalogue import FieldType, FormField, load_catalogue
from gateway.catalogue.form import TYPE_PATTERNS, check_form
from gateway.catalogue.kinds import check_application, documents_of, fields_of, kinds_on
from gateway.catalogue.model import Service
from gateway.exchange.application import Application, Attachment, build_application
from gateway.exchange.errors import PayloadNotWritable
from gateway.exchange.form_schema import ApplicationSchemas, xsd_pattern
from gateway.identity.numbers import Iin

CATALOGUE = load_catalogue()
SCHEMAS = ApplicationSchemas(CATALOGUE)
TODAY = date(2026, 3, 2)
KINDS = [(service, kind) for service in CATALOGUE.services.values() for kind in (service.kind_ids or (None,))]
NAMES = [f"{service.id} {kind or ''}".strip() for service, kind in KINDS]
SAMPLES = {
    FieldType.DATE: "2020-01-10",
    FieldType.PHONE: "+77010000001",
    FieldType.EMAIL: "a@b.kz",
    FieldType.IIN: "850101100121",
    FieldType.BIN: "740540000219",
    FieldType.CONSENT: "true",
}
PATTERNED = ["KZ123456789012345678", "123456", "12/3", "Сынақова Айгүл", "20:315:011:123", "7"]


def sample(field: FormField, kind: str | None) -> str:
    if field.type is FieldType.CHOICE:
        offered = [choice.id for choice in field.choices]
        return kind if kind in offered else offered[0]
    tried = [SAMPLES[field.type]] if field.type in SAMPLES else [*PATTERNED, "Абай даңғылы, 1-үй, 2-пәтер"]
    return next(one for one in tried if not check_form((field,), {field.id: one}, today=TODAY).problems)


def samples(service: Service, kind: str | None) -> dict[str, str]:
    return {field.id: sample(field, kind) for field in fields_of(service, kind)}


def attached(service: Service, kind: str | None) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(one.id, "көшірме.pdf", "application/pdf", one.max_bytes, "0" * 64)
        for one in documents_of(service, kind)
    )


def application(service: Service, kind: str | None, fields: dict[str, str], **others: object) -> Application:
    values: dict[str, object] = {
        "number": "20260302000017",
        "service": service.id,
        "office": "an-office",
        "applicant_number": Iin("850101100121"),
        "applicant_name": "Әсел",
        "fields": fields,
        "attachments": attached(service, kind),
        "created_at": datetime(2026, 3, 2, tzinfo=UTC),
    }
    return Application(**(values | others))


def accepted(service: Service, kind: str | None, fields: dict[str, str], **others: object) -> bool:
    """Ask the service's schema about what the general one allows."""
    written = build_application(application(service, kind, fields, **others))
    return SCHEMAS.of(service.id, kind).accepts(etree.fromstring(written))


def wrong_values(field: FormField) -> list[str]:
    wrong = ["x" * (field.max_length + 1)] if field.type in (FieldType.TEXT, FieldType.MULTILINE) else ["?!"]
    if field.min_length > 1:
        wrong.append("x" * (field.min_length - 1))
    if field.pattern is not None:
        wrong.append("<*>" * max(field.min_length, 1))
    if field.type is FieldType.DATE:
        wrong += ["10.01.2020", "2020-02-30", "20200110", "2020-01-10Z"]
    if field.type in (FieldType.IIN, FieldType.PHONE):
        wrong.append("٠" * 12)
    return wrong


@pytest.mark.parametrize(("service", "kind"), KINDS, ids=NAMES)
def test_a_good_form_of_every_service_follows_its_schema(service: Service, kind: str | None) -> None:
    fields = samples(service, kind)
    opened = [entry.channel for entry in service.channels if kind is None or kind in kinds_on(service, entry.channel)]
    assert check_application(service, opened[0], fields, today=TODAY).problems == ()
    assert accepted(service, kind, fields)


@pytest.mark.parametrize(("service", "kind"), KINDS, ids=NAMES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_whatever_the_form_accepts_the_schema_accepts(service: Service, kind: str | None, data: st.DataObject) -> None:
    fields = samples(service, kind)
    field = data.draw(st.sampled_from(fields_of(service, kind)))
    shapes = [st.text(max_size=field.max_length + 1)]
    pattern = field.own_pattern or TYPE_PATTERNS.get(field.type)
    if pattern is not None:
        shapes.append(st.from_regex(pattern, fullmatch=True))
    if field.type is FieldType.DATE:
        shapes.append(st.dates().map(date.isoformat))
    if field.type is FieldType.CHOICE and field.id != (service.kinds and service.kinds.field):
        shapes.append(st.sampled_from([choice.id for choice in field.choices]))
    reading = check_form((field,), {field.id: data.draw(st.one_of(shapes))}, today=TODAY)
    if reading.problems or (service.kinds is not None and field.id == service.kinds.field):
        return
    changed = {name: reading.values.get(name, "") if name == field.id else value for name, value in fields.items()}
    assert accepted(service, kind, {name: value for name, value in changed.items() if value})


@pytest.mark.parametrize(("service", "kind"), KINDS, ids=NAMES)
def test_a_wrong_value_is_refused_by_form_and_schema(service: Service, kind: str | None) -> None:
    fields = samples(service, kind)
    for field in fields_of(service, kind):
        for value in wrong_values(field):
            assert check_form((field,), {field.id: value}, today=TODAY).problems, (field.id, value)
            assert not accepted(service, kind, fields | {field.id: value}), (field.id, value)


@pytest.mark.parametrize("service_id", ["guardianship-certificate", "local-social-assistance"])
def test_a_wrong_value_is_not_written_for_signing_and_its_place_is_named(service_id: str) -> None:
    service = CATALOGUE.service(service_id)
    for field in service.form:
        wrong = application(service, None, samples(service, None) | {field.id: wrong_values(field)[0]})
        with pytest.raises(PayloadNotWritable) as refused:
            build_application(wrong, SCHEMAS.of(service.id))
        (problem, *_) = refused.value.problems
        assert problem.path == f"/application/form/{field.id}"
        assert problem.expected


@pytest.mark.parametrize(("service", "kind"), KINDS, ids=NAMES)
def test_what_is_required_and_absent_or_not_of_the_form_is_refused(service: Service, kind: str | None) -> None:
    fields = samples(service, kind)
    for field in fields_of(service, kind):
        rest = {name: value for name, value in fields.items() if name != field.id}
        if field.required:
            assert not accepted(service, kind, rest)
        else:
            assert accepted(service, kind, rest)
    assert not accepted(service, kind, fields | {"admin": "1"})


@pytest.mark.parametrize(("service", "kind"), KINDS, ids=NAMES)
def test_attachments_are_of_the_services_documents_each_once_and_not_too_large(
    service: Service, kind: str | None
) -> None:
    fields, good = samples(service, kind), attached(service, kind)
    strange = [*good, Attachment("strange", "x.pdf", "application/pdf", 1, "0" * 64)]
    wrong = [tuple(strange), good + good[:1]]
    if good:
        largest = max(one.size for one in good)
        wrong += [
            (Attachment(good[0].document, "x.pdf", "application/pdf", largest + 1, "0" * 64), *good[1:]),
            (Attachment(good[0].document, "x.html", "text/html", 1, "0" * 64), *good[1:]),
        ]
    if any(one.required for one in documents_of(service, kind)):
        wrong.append(())
    for attachments in wrong:
        if attachments != good:
            assert not accepted(service, kind, fields, attachments=attachments)


def test_an_application_of_another_service_is_refused() -> None:
    service, other = CATALOGUE.service("unemployed-certificate"), SCHEMAS.of("school-meals")
    written = build_application(application(service, None, samples(service, None)))
    assert not other.accepts(etree.fromstring(written))


def test_the_chosen_kind_is_the_only_one_that_its_schema_takes() -> None:
    service = CATALOGUE.service("minor-property-certificates")
    fields = samples(service, "bank")
    assert accepted(service, "bank", fields)
    assert not accepted(service, "pension-fund", fields)
    assert accepted(service, None, fields)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"[\w'’. -]+", r"[\w_'’. -]+"),
        (r"\w+", r"[\w_]+"),
        (r"KZ[0-9]{2}", r"KZ[0-9]{2}"),
        (r"[^<>]*", r"[^<>]*"),
        (r"(?i)kz", None),
        (r"^kz$", None),
        (r"a+?", None),
        (r"(a)\1", None),
        (r"\bkz", None),
    ],
)
def test_a_pattern_is_written_as_xsd_reads_it_or_left_out(pattern: str, said: str | None) -> None:
    assert xsd_pattern(pattern) == said
