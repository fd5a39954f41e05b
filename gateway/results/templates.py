"""The documents made of a service's results, and the wording that all services share, read from templates.yaml."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from gateway.catalogue import ResultKind, Service
from gateway.catalogue.result import Fact, FactKind, ResultTemplate, StatementWording
from gateway.eds.codes import ROWS, Code
from gateway.results.dates import day_in_words, local_day
from gateway.results.document import (
    Applicant,
    Authority,
    DocumentSigner,
    Ground,
    Kind,
    Office,
    ResultDocument,
    Statement,
)
from gateway.results.errors import ResultCode, TemplateError

_LONGEST_SUM = 15
_NUMBER_SIGN = "№"
"""Put before a number by the wording itself: one that was typed with it does not get it twice."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(_Strict):
    """One statement with its places."""

    kk: str
    ru: str


class RefusalTemplate(_Strict):
    """The wording of a refusal."""

    title: Line
    body: tuple[Line, ...]


class GroundWording(_Strict):
    """A ground of refusal that all services share, with its place in the act."""

    source: str
    kk: str
    ru: str


class Templates(_Strict):
    """All of templates.yaml; the results of each service stand in its own file of the catalogue."""

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
    signers: tuple[DocumentSigner, ...] = ()
    """All who must sign, in order, where that is not the provider's head alone."""

    @property
    def issuer(self) -> Office:
        """In whose name the document is issued: the last signer's office."""
        return self.signers[-1].office if self.signers else self.provider


@functools.cache
def load_templates() -> Templates:
    """Read the wording that the package carries."""
    content = resources.files(__package__).joinpath("templates.yaml").read_text(encoding="utf-8")
    return Templates.model_validate(yaml.safe_load(content))


def ground_of(service: Service, code: str) -> Ground:
    """Return a ground of refusal, the service's own or one that all share; raises `TemplateError`."""
    own = next((one.text for one in service.grounds if one.id == code), None)
    if own is not None:
        return Ground(code, Statement.of(own))
    shared = load_templates().grounds.get(code)
    if shared is None:
        raise TemplateError(ResultCode.TEMPLATE, "no such ground of refusal", where=code)
    return Ground(code, Statement(shared.kk, shared.ru))


def result_document(
    particulars: Particulars, result: ResultKind, facts: Mapping[str, str], *, valid_until: date | None = None
) -> ResultDocument:
    """Return a result of the service for the head to sign; raises `TemplateError` for facts that do not fit."""
    if result.template is None:
        raise TemplateError(ResultCode.TEMPLATE, "this result has no wording of its own", where=result.id)
    given = _given(result.template, facts)
    return _document(
        particulars,
        kind=Kind.CERTIFICATE,
        authority=Authority.PROVIDER,
        issuer=particulars.issuer,
        title=Statement.of(result.title),
        lines=[line for line in result.template.body if line.needs is None or line.needs in given],
        facts=given,
        valid_until=valid_until,
    )


def refusal_document(particulars: Particulars, ground: Ground, *, reason: Statement | None = None) -> ResultDocument:
    """Return the provider's reasoned refusal for the head to sign; `reason` adds the official's own words."""
    template = load_templates().refusal
    return _document(
        particulars,
        kind=Kind.REFUSAL,
        authority=Authority.PROVIDER,
        issuer=particulars.issuer,
        title=Statement(template.title.kk, template.title.ru),
        lines=template.body,
        facts={},
        ground=Ground(ground.code, _with_reason(ground.text, reason)),
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
    lines: Iterable[Line | StatementWording],
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
        signers=() if authority is Authority.PORTAL else particulars.signers,
    )


def _given(template: ResultTemplate, facts: Mapping[str, str]) -> dict[str, Statement]:
    unknown = set(facts) - {fact.id for fact in template.facts}
    if unknown:
        raise TemplateError(ResultCode.FACT_WRONG, "the template has no such fact", where=min(unknown))
    given: dict[str, Statement] = {}
    for fact in template.facts:
        value = " ".join(facts.get(fact.id, "").split()).removeprefix(_NUMBER_SIGN).lstrip()
        if value:
            given[fact.id] = _fact(fact, value)
        elif fact.required:
            raise TemplateError(ResultCode.FACT_MISSING, "the document cannot be made without it", where=fact.id)
    return given


def _fact(fact: Fact, value: str) -> Statement:
    if fact.kind is FactKind.DATE:
        return _day(fact, value)
    if fact.kind is FactKind.MONEY:
        return _tenge(fact, value)
    if fact.kind is FactKind.CHOICE:
        chosen = next((choice.label for choice in fact.choices if choice.id == value), None)
        if chosen is None:
            raise TemplateError(ResultCode.FACT_WRONG, "not one of the choices", where=fact.id)
        return Statement.of(chosen)
    return Statement(value, value)


def _day(fact: Fact, value: str) -> Statement:
    try:
        return day_in_words(date.fromisoformat(value))
    except ValueError as error:
        raise TemplateError(ResultCode.FACT_WRONG, "not a date of the form YYYY-MM-DD", where=fact.id) from error


def _tenge(fact: Fact, value: str) -> Statement:
    digits = value.replace(" ", "").replace("\u00a0", "")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > _LONGEST_SUM:
        raise TemplateError(ResultCode.FACT_WRONG, "not a whole number of tenge", where=fact.id)
    grouped = f"{int(digits):,}".replace(",", "\u00a0")
    return Statement(f"{grouped} теңге", f"{grouped} тенге")


def _with_reason(wording: Statement, reason: Statement | None) -> Statement:
    if reason is None:
        return wording
    return Statement(f"{wording.kk} {reason.kk}", f"{wording.ru} {reason.ru}")
