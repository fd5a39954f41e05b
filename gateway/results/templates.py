"""The wording of result documents, read from templates.yaml, and the documents made by it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from gateway.eds.codes import ROWS, Code
from gateway.results.dates import day_in_words, local_day
from gateway.results.document import (
    Applicant,
    Authority,
    Ground,
    Kind,
    Office,
    ResultDocument,
    Statement,
)
from gateway.results.errors import ResultCode, TemplateError
from gateway.texts import Text

_NUMBER_SIGN = "№"
"""Put before a number by the wording itself: one that was typed with it does not get it twice."""


class FactKind(StrEnum):
    """How a fact of a template is written."""

    TEXT = "text"
    DATE = "date"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fact(_Strict):
    """Something that the executor states in the certificate; a date is given as YYYY-MM-DD."""

    id: str
    kind: FactKind
    required: bool
    label: Text


class Line(_Strict):
    """One statement with its places for facts; `needs` names a fact without which it is left out."""

    kk: str
    ru: str
    needs: str | None = None


class CertificateTemplate(_Strict):
    """The wording of one service's certificate."""

    source: str
    assumed: bool
    title: Line
    facts: tuple[Fact, ...]
    body: tuple[Line, ...]


class RefusalTemplate(_Strict):
    """The wording of a refusal."""

    title: Line
    body: tuple[Line, ...]


class GroundWording(_Strict):
    """A ground of refusal with its place in the act."""

    source: str
    kk: str
    ru: str


class Templates(_Strict):
    """All of templates.yaml."""

    certificates: Mapping[str, CertificateTemplate]
    refusal: RefusalTemplate
    notice: RefusalTemplate
    grounds: Mapping[str, GroundWording]


@dataclass(frozen=True, slots=True)
class Particulars:
    """What every document on one application says, whatever its kind."""

    number: str
    application: str
    service: str
    service_title: Statement
    provider: Office
    applicant: Applicant
    issued_at: datetime
    verification: str
    simulated: bool


@functools.cache
def load_templates() -> Templates:
    """Read the wording that the package carries."""
    content = resources.files(__package__).joinpath("templates.yaml").read_text(encoding="utf-8")
    return Templates.model_validate(yaml.safe_load(content))


def certificate_template(service: str) -> CertificateTemplate:
    """Return the wording of the service's certificate; raises `TemplateError`."""
    template = load_templates().certificates.get(service)
    if template is None:
        raise TemplateError(ResultCode.TEMPLATE, "the service has no certificate", where=service)
    return template


def certificate_document(
    particulars: Particulars, facts: Mapping[str, str], *, valid_until: date | None = None
) -> ResultDocument:
    """Return the service's certificate for the head to sign; raises `TemplateError` for facts that do not fit."""
    template = certificate_template(particulars.service)
    given = _given(template, facts)
    return _document(
        particulars,
        kind=Kind.CERTIFICATE,
        authority=Authority.PROVIDER,
        issuer=particulars.provider,
        title=Statement(template.title.kk, template.title.ru),
        lines=[line for line in template.body if line.needs is None or line.needs in given],
        facts=given,
        valid_until=valid_until,
    )


def refusal_document(particulars: Particulars, ground: str, *, reason: Statement | None = None) -> ResultDocument:
    """Return the provider's reasoned refusal for the head to sign; `reason` adds the official's own words."""
    template = load_templates().refusal
    return _document(
        particulars,
        kind=Kind.REFUSAL,
        authority=Authority.PROVIDER,
        issuer=particulars.provider,
        title=Statement(template.title.kk, template.title.ru),
        lines=template.body,
        facts={},
        ground=_ground(ground, reason),
    )


def refusal_notice(
    particulars: Particulars, code: Code, *, portal: Office, reason: Statement | None = None
) -> ResultDocument:
    """Return the refusal of process 4 in the words of the verdict on the applicant's ЭЦҚ.

    The portal's own system key seals it; `portal` is that key's owner.
    """
    template = load_templates().notice
    return _document(
        particulars,
        kind=Kind.REFUSAL,
        authority=Authority.PORTAL,
        issuer=portal,
        title=Statement(template.title.kk, template.title.ru),
        lines=template.body,
        facts={},
        ground=Ground(code.value, _with_reason(Statement.of(ROWS[code].text), reason)),
    )


def _document(
    particulars: Particulars,
    *,
    kind: Kind,
    authority: Authority,
    issuer: Office,
    title: Statement,
    lines: Iterable[Line],
    facts: Mapping[str, Statement],
    ground: Ground | None = None,
    valid_until: date | None = None,
) -> ResultDocument:
    places = {
        **facts,
        "applicant_name": Statement(particulars.applicant.name, particulars.applicant.name),
        "applicant_number": Statement(str(particulars.applicant.number), str(particulars.applicant.number)),
        "provider": particulars.provider.name,
        "service": particulars.service_title,
        "issued_on": day_in_words(local_day(particulars.issued_at)),
    }
    in_kk = {name: place.kk for name, place in places.items()}
    in_ru = {name: place.ru for name, place in places.items()}
    return ResultDocument(
        kind=kind,
        authority=authority,
        number=particulars.number,
        application=particulars.application,
        service=particulars.service,
        service_title=particulars.service_title,
        provider=particulars.provider,
        issuer=issuer,
        applicant=particulars.applicant,
        title=title,
        body=tuple(Statement(line.kk.format_map(in_kk), line.ru.format_map(in_ru)) for line in lines),
        issued_at=particulars.issued_at,
        verification=particulars.verification,
        simulated=particulars.simulated,
        ground=ground,
        valid_until=valid_until,
    )


def _given(template: CertificateTemplate, facts: Mapping[str, str]) -> dict[str, Statement]:
    unknown = set(facts) - {fact.id for fact in template.facts}
    if unknown:
        raise TemplateError(ResultCode.FACT_WRONG, "the template has no such fact", where=min(unknown))
    given: dict[str, Statement] = {}
    for fact in template.facts:
        value = " ".join(facts.get(fact.id, "").split()).removeprefix(_NUMBER_SIGN).lstrip()
        if value:
            given[fact.id] = _fact(fact, value)
        elif fact.required:
            raise TemplateError(ResultCode.FACT_MISSING, "the certificate cannot be made without it", where=fact.id)
    return given


def _fact(fact: Fact, value: str) -> Statement:
    if fact.kind is FactKind.TEXT:
        return Statement(value, value)
    try:
        return day_in_words(date.fromisoformat(value))
    except ValueError as error:
        raise TemplateError(ResultCode.FACT_WRONG, "not a date of the form YYYY-MM-DD", where=fact.id) from error


def _ground(code: str, reason: Statement | None) -> Ground:
    wording = load_templates().grounds.get(code)
    if wording is None:
        raise TemplateError(ResultCode.TEMPLATE, "no such ground of refusal", where=code)
    return Ground(code, _with_reason(Statement(wording.kk, wording.ru), reason))


def _with_reason(wording: Statement, reason: Statement | None) -> Statement:
    if reason is None:
        return wording
    return Statement(f"{wording.kk} {reason.kk}", f"{wording.ru} {reason.ru}")
