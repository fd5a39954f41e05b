"""What holds for an application on paper: the form, the documents, the applicant, and whoever comes for the applicant.

The form is checked as the portal's is. Documents need no scan: the acts have originals compared with copies at the
counter and given back (Karaganda, lines 1931-1933, 2060-2062), so that a copy on paper is as good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gateway.catalogue import Channel, DocumentKind, Service, check_document
from gateway.catalogue.acceptance import Representation
from gateway.catalogue.form import FormProblem
from gateway.catalogue.kinds import check_application, documents_of, kind_of
from gateway.desk.paper import Paper, PaperCode, PaperProblem, problem_at
from gateway.desk.representation import is_stated, representation_on
from gateway.exchange.acceptance import Power, PowerKind, Representative
from gateway.exchange.applicants import may_apply
from gateway.exchange.form_checks import NUMBER_CHECKS
from gateway.results.names import NameOf, clean_name, name_of, name_text
from gateway.texts import Text

_NOTARISED_ONLY = Text(
    "Акт бойынша сенімхат нотариат куәландырған болуға тиіс.",
    "По акту доверенность должна быть нотариально удостоверена.",
    "By the act it must be notarised.",
)
_ANY_POWER = Text("", "", "")


@dataclass(frozen=True, slots=True)
class PaperReading:
    """A paper, cleaned, and what is wrong with it."""

    values: Mapping[str, str]
    kind: str | None
    name: str
    representative: Representative | None
    problems: tuple[PaperProblem, ...]
    missing: tuple[DocumentKind, ...]
    """The required documents that were not handed in."""


def read_paper(service: Service, channel: Channel, paper: Paper, *, today: date) -> PaperReading:
    """Check a paper against the service as the act and its form state it for the channel."""
    problems: list[PaperProblem] = []
    # (1) Who applies, by the act, and under a name that the result's document can print.
    if paper.applicant is None:
        problems.append(problem_at("applicant_number", PaperCode.APPLICANT))
    elif not may_apply(service, channel, paper.applicant):
        problems.append(problem_at("applicant_number", PaperCode.NOT_AN_APPLICANT))
    whose = name_of(paper.applicant)
    name = clean_name(paper.applicant_name, whose)
    if name is None:
        problems.append(PaperProblem("applicant_name", PaperCode.NAME, name_text(whose)))
    # (2) Structure and format of the form, and whether the channel provides the kind that it chooses.
    form = check_application(service, channel, paper.fields, today=today, checks=NUMBER_CHECKS)
    problems += [PaperProblem(one.field, PaperCode.FORM, one.text) for one in form.problems]
    kind = kind_of(service, form.values)
    # (3) The documents of that kind, each once, as a file that can be read or on paper.
    missing: tuple[DocumentKind, ...] = ()
    if service.kinds is None or kind is not None:
        asked = documents_of(service, kind, represented=paper.representative is not None)
        missing = _missing(asked, paper)
        problems += _document_problems(asked, paper)
        problems += [problem_at(one.id, PaperCode.DOCUMENT_MISSING, label=one.title) for one in missing]
    # (4) Who came for the applicant, where the act lets anybody.
    representative, wrong = _representative(service, channel, paper, today)
    problems += wrong
    return PaperReading(form.values, kind, name or "", representative, tuple(problems), missing)


def _missing(asked: tuple[DocumentKind, ...], paper: Paper) -> tuple[DocumentKind, ...]:
    there = {scan.document for scan in paper.documents} | set(paper.on_paper)
    return tuple(document for document in asked if document.required and document.id not in there)


def _document_problems(asked: tuple[DocumentKind, ...], paper: Paper) -> list[PaperProblem]:
    known = {document.id: document for document in asked}
    counted = Counter(scan.document for scan in paper.documents) + Counter(set(paper.on_paper) - known.keys())
    problems = [
        problem_at(document[:60], PaperCode.DOCUMENT_WRONG)
        for document, times in counted.items()
        if document not in known or times > 1
    ]
    for scan in paper.documents:
        if scan.document in known:
            found: FormProblem | None = check_document(known[scan.document], scan.media_type, scan.content)
            if found is not None:
                problems.append(PaperProblem(scan.document, PaperCode.DOCUMENT_WRONG, found.text))
    return problems


def _representative(
    service: Service, channel: Channel, paper: Paper, today: date
) -> tuple[Representative | None, list[PaperProblem]]:
    given = paper.representative
    if given is None:
        return None, []
    rule = representation_on(service, channel)
    if rule is Representation.NONE:
        return None, [problem_at("representative", PaperCode.NO_REPRESENTATIVE)]
    problems = []
    if given.iin == paper.applicant:
        problems.append(problem_at("representative_iin", PaperCode.SAME_PERSON))
    name = clean_name(given.name, NameOf.PERSON)
    if name is None:
        problems.append(PaperProblem("representative_name", PaperCode.NAME, name_text(NameOf.PERSON)))
    notarised = given.power.kind is PowerKind.NOTARISED
    if (rule is Representation.NOTARISED and not notarised) or not is_stated(given.power, today):
        required = _NOTARISED_ONLY if rule is Representation.NOTARISED else _ANY_POWER
        problems.append(problem_at("power_kind", PaperCode.POWER, rule=required))
    # The data of a power of attorney are entered only when it is notarised, where the act says so.
    kept = given.power if notarised or rule is not Representation.NOTARISED_DATA else Power(given.power.kind)
    return Representative(given.iin, name or "", kept), problems
