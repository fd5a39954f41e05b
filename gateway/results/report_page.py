"""The verdict on a file as one page for a clerk: no scripts, no addresses, readable when printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.clock import ALMATY
from gateway.eds.names import COMMON_NAME
from gateway.eds.stamped import JudgedTimestamp
from gateway.eds.verdict import Verdict
from gateway.results.document import DocumentSigner, ResultDocument
from gateway.results.posts import signer_in_words
from gateway.results.report import VerificationReport
from gateway.results.words import FACTS, HEADINGS, STATUSES, fact_value
from gateway.texts import Language

_ZONE = ZoneInfo(ALMATY)
_environment = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("html")),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its rows."""

    title: str
    rows: tuple[tuple[str, str], ...]


def report_page(report: VerificationReport, *, name: str, language: Language) -> str:
    """Return the report on the file `name` as an HTML document; the signers' IINs stand in it, as on the signature."""
    return _environment.get_template("report.html").render(
        report=report,
        name=name,
        language=language,
        heading=HEADINGS["file"].to(language),
        status=STATUSES[report.verdict].to(language),
        sections=_sections(report, language),
    )


def _sections(report: VerificationReport, language: Language) -> list[Section]:
    sections: list[Section] = []
    if report.document is not None:
        sections.append(_document(report.document, language))
    sections += [_signer(*one, language) for one in report.each_signer()]
    rows = [(HEADINGS["judged_at"].to(language), _moment(report.judged_at))]
    facts = ((name, fact_value(value, language)) for name, value in report.facts.items() if name in FACTS)
    rows += [(FACTS[name].to(language), value) for name, value in facts]
    if "sha256" in report.content:
        rows.append((HEADINGS["content"].to(language), report.content["sha256"]))
    for one in report.differences:
        rows.append((HEADINGS["signed"].to(language), one.signed))
        rows.append((HEADINGS["printed"].to(language), one.printed or "–"))
    return [*sections, Section(HEADINGS["judgement"].to(language), tuple(rows))]


def _document(document: ResultDocument, language: Language) -> Section:
    kazakh = language is Language.KK
    provider, title = document.provider.name, document.title
    rows = [
        (HEADINGS["number"].to(language), document.number),
        (HEADINGS["applicant"].to(language), document.applicant.name),
        (HEADINGS["provider"].to(language), provider.kk if kazakh else provider.ru),
        (HEADINGS["issued_at"].to(language), _moment(document.issued_at)),
    ]
    if document.ground is not None:
        text = document.ground.text
        rows.append((HEADINGS["ground"].to(language), text.kk if kazakh else text.ru))
    rows += [(HEADINGS["must_sign"].to(language), signer_in_words(one, language)) for one in document.signers]
    return Section(title.kk if kazakh else title.ru, tuple(rows))


def _signer(
    verdict: Verdict, stamp: JudgedTimestamp | None, named: DocumentSigner | None, language: Language
) -> Section:
    certificate = verdict.certificate
    finding = f"{STATUSES[verdict.status].to(language)}. {verdict.text.to(language)}"
    rows = [(HEADINGS["result"].to(language), finding)]
    if certificate is None:
        return Section(HEADINGS["signer"].to(language), tuple(rows))
    subject = certificate.subject
    if named is not None:
        rows.append((HEADINGS["post"].to(language), signer_in_words(named, language)))
    given = {"organisation": subject.organisation, "iin": subject.iin, "bin": subject.bin}
    rows += [(HEADINGS[key].to(language), value) for key, value in given.items() if value]
    rows.append((HEADINGS["serial"].to(language), certificate.serial_hex))
    issuer = certificate.issuer.first(COMMON_NAME) or certificate.issuer_dn
    rows.append((HEADINGS["issuer"].to(language), issuer))
    period = f"{_day(certificate.not_before)} – {_day(certificate.not_after)}"
    rows.append((HEADINGS["period"].to(language), period))
    if verdict.revocation is not None:
        answer = verdict.revocation
        rows.append(
            (HEADINGS["revocation"].to(language), f"{str(answer.source).upper()}, {_moment(answer.produced_at)}")
        )
        if answer.revoked_at is not None:
            rows.append((HEADINGS["revoked_at"].to(language), _moment(answer.revoked_at)))
    if stamp is not None:
        said = f"{STATUSES[stamp.verdict.status].to(language)}: {stamp.verdict.text.to(language)}"
        if stamp.timestamp is not None:
            said = f"{_moment(stamp.timestamp.moment)}. {said}"
        rows.append((HEADINGS["timestamp"].to(language), said))
    name = " ".join(filter(None, (subject.common_name, subject.given_name))) or subject.dn
    return Section(f"{HEADINGS['signer'].to(language)}: {name}", tuple(rows))


def _moment(moment: datetime) -> str:
    return moment.astimezone(_ZONE).strftime("%d.%m.%Y %H:%M:%S")


def _day(moment: datetime) -> str:
    return moment.astimezone(_ZONE).strftime("%d.%m.%Y")
