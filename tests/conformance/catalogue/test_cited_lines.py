"""Every cited line range of the services' files, laid beside the acts."""

from __future__ import annotations

import functools
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.catalogue import (
    Catalogue,
    Duration,
    Lines,
    Service,
    StepKind,
    Unit,
    load_catalogue,
)
from gateway.catalogue.citation import Cited

SHARED = Path(os.environ.get("QYZMET_SHARED", Path(__file__).resolve().parents[3].parent / "shared"))
SOURCES = SHARED / "regulations" / "sources"
CATALOGUE = load_catalogue()

pytestmark = pytest.mark.skipif(not SOURCES.is_dir(), reason=f"the acts are not here: {SOURCES}")


def bare(text: str) -> str:
    """Without white space, case, and the printing's Latin i for Cyrillic і."""
    return re.sub(r"\s", "", text).casefold().replace("i", "і")


def unbroken(text: str) -> str:
    """Bare, and without hyphens and dashes, which the printing takes for one another and breaks words with."""
    return re.sub(r"[-–—]", "", bare(text))


@functools.cache
def printed(source: str) -> list[str]:
    return (SOURCES / source).read_text(encoding="utf-8").split("\n")


def act_lines(catalogue: Catalogue, act_id: str, lines: Lines) -> str:
    source = printed(catalogue.acts[act_id].source)
    assert lines.last <= len(source)
    return "\n".join(source[lines.first - 1 : lines.last])


def wordings(service: Service) -> Iterator[tuple[str, str, str | None, Lines]]:
    for name, cited in (("title", service.title), ("provider", service.provider), ("start", service.start)):
        yield name, cited.text.kk, cited.as_printed, cited.lines
    if service.consent:
        yield "consent", service.consent.text.kk, service.consent.as_printed, service.consent.lines
    cited: list[tuple[str, Cited | None]] = [(f"other title {one.lines}", one) for one in service.other_titles]
    cited += [(f"only on {entry.channel}", entry.only) for entry in service.channels]
    cited += [(f"receipt {receipt.id}", receipt) for receipt in service.receipts]
    cited += [(f"notification {notice.id}", notice) for notice in service.notifications]
    for flow in service.flows:
        cited.append((f"{flow.id} registration", flow.registration))
        cited += [(f"{flow.id} {step.ref}", step) for step in flow.steps]
    for procedure in service.procedures:
        cited.append((f"{procedure.id} title", procedure.title))
        for step in procedure.steps:
            cited.append((f"{procedure.id} {step.kind} {step.number}", step))
            cited.append((f"{procedure.id} outcome {step.number}", step.outcome))
    for name, one in cited:
        if one is not None:
            yield name, one.text.kk, one.as_printed, one.lines


EACH_SERVICE = pytest.mark.parametrize("service", CATALOGUE.services.values(), ids=lambda service: service.id)


@EACH_SERVICE
def test_every_kazakh_wording_stands_in_its_lines(service: Service) -> None:
    missing, shortened = [], []
    for name, wording, as_printed, lines in wordings(service):
        if unbroken(as_printed or wording) not in unbroken(act_lines(CATALOGUE, service.act, lines)):
            missing.append((name, str(lines)))
        if as_printed and name != "start" and Counter(bare(wording)) - Counter(bare(as_printed)):
            shortened.append((name, str(lines)))
    assert missing == []
    assert shortened == [], "the printing may say a word twice, not leave one out"


@EACH_SERVICE
def test_the_number_of_every_step_of_a_flow_stands_in_its_lines(service: Service) -> None:
    wrong = []
    for flow in service.flows:
        for step in flow.steps:
            text = bare(act_lines(CATALOGUE, service.act, step.lines))
            word = flow.words.of(step.kind)
            signs = (
                [f"{step.number})"] if word is None else [f"{step.number}{dash}{bare(word.kk)}" for dash in ("-", "")]
            )
            if any(sign in text for sign in signs) is step.unnumbered:
                wrong.append((flow.id, str(step.ref), str(step.lines)))
    assert wrong == []


UNITS = {
    Unit.MINUTES: "минут",
    Unit.HOURS: "сағат",
    Unit.WORKING_DAYS: "жұмыскүн",
    Unit.CALENDAR_DAYS: "(?:күнтізбелік|күн)",
    Unit.MONTHS: "ай",
}
WORDS = {1: "бір", 3: "үш"}


def states(text: str, duration: Duration) -> bool:
    """Whether the text states the duration, its number in figures (perhaps with the word behind) or in words."""
    number, unit = duration.value, UNITS[duration.unit]
    figures = rf"(?<!\d){number}(\([^)]*\))?-?{unit}|{unit}{number}(?!\d)"
    return bool(re.search(figures, text) or (number in WORDS and re.search(WORDS[number] + unit, text)))


@EACH_SERVICE
def test_the_number_and_the_terms_of_every_step_of_a_procedure_stand_in_its_lines(service: Service) -> None:
    wrong: list[tuple[str, str]] = []
    for procedure in service.procedures:
        for step in procedure.steps:
            text = bare(act_lines(CATALOGUE, service.act, step.lines))
            signs = (")", "-", "ісәрекет", "іс-әрекет") if step.kind == "step" else ("шарт", "-шарт")
            if not text.lstrip(",;").startswith(tuple(f"{step.number}{sign}" for sign in signs)):
                wrong.append((f"{procedure.id} {step.number}", str(step.lines)))
            terms = [(step.duration, step.lines), *((term.duration, term.lines) for term in step.terms)]
            wrong += [
                (f"{procedure.id} {step.number}: {term.value} {term.unit}", str(lines))
                for term, lines in terms
                if not term.assumed and not states(bare(act_lines(CATALOGUE, service.act, lines)), term)
            ]
    assert wrong == []


@EACH_SERVICE
def test_totals_and_repeal_stand_in_the_cited_lines(service: Service) -> None:
    for total in service.totals:
        assert states(bare(act_lines(CATALOGUE, service.act, total.lines)), total.duration)
    act = CATALOGUE.act_of(service)
    assert bare(act.title.kk) in bare(act_lines(CATALOGUE, act.id, act.lines))
    assert act.repealed is not None
    assert bare(act.repealed.text.kk) in bare(act_lines(CATALOGUE, act.id, act.repealed.lines))


@EACH_SERVICE
def test_flow_has_every_process_and_condition_of_its_lines(service: Service) -> None:
    for flow in service.flows:
        text = bare(act_lines(CATALOGUE, service.act, flow.lines))
        for kind in StepKind:
            word = flow.words.of(kind)
            if word is not None:
                numbers = re.findall(rf"(?<!\d)(\d+)-?{bare(word.kk)}[–-]", text)
                known = [str(step.number) for step in flow.steps if step.kind is kind and not step.unnumbered]
                assert numbers == known, (flow.id, kind)
