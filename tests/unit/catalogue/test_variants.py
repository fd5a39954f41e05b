"""Flows by variant: what a service takes over, what it words otherwise, and what is refused with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.catalogue.errors import CatalogueFileError
from gateway.catalogue.flow import Flow
from gateway.catalogue.reading import Document
from gateway.catalogue.terms import HandOver, Lines, StepKind, Strict
from gateway.catalogue.variants import expand_flows, read_variants

VARIANT = """
id: portal-somewhere
channel: portal
words:
  process: {kk: процесс, ru: процесс, en: process}
  condition: {kk: шарт, ru: условие, en: condition}
registration: {kk: тіркеу, ru: регистрация, en: registration}
steps:
  - {kind: process, number: 1, party: channels, text: {kk: кіру, ru: вход, en: login}}
  - kind: condition
    number: 1
    party: desk
    check: documents
    ground: documents-violations
    on_fail: process 2
    text: {kk: тексеру, ru: проверка, en: check}
  - {kind: process, number: 2, party: desk, terminal: true, text: {kk: бас тарту, ru: отказ, en: refusal}}
  - {kind: process, number: 3, party: desk, hand_over: electronic, text: {kk: нәтиже, ru: результат, en: result}}
"""
USE = """
id: some-service
flows:
  - id: portal
    channel: portal
    variant: portal-somewhere
    lines: 10-20
    registration: 9
    steps:
      process 1: 10
      condition 1: 11-12
      process 2: 13
      process 3: 14
    differences:
      - step: process 3
        text: {kk: құжат, ru: документ, en: document}
        as_printed: жатқұ
        hand_over: pick-up-notice
"""


class Flows(Strict):
    """Only what is looked at here."""

    id: str
    flows: tuple[Flow, ...]


@pytest.fixture
def expanded(tmp_path: Path) -> Callable[[str], Flow]:
    """Read a service's file with its flow by variant."""
    folder = tmp_path / "flows"
    folder.mkdir()
    (folder / "portal-somewhere.yaml").write_text(VARIANT, encoding="utf-8")

    def read(text: str) -> Flow:
        file = tmp_path / "some-service.yaml"
        file.write_text(text, encoding="utf-8")
        document = Document(file)
        expand_flows(document, read_variants(folder))
        return document.part((), Flows).flows[0]

    return read


def test_a_service_has_the_variants_words_at_its_own_lines(expanded: Callable[[str], Flow]) -> None:
    flow = expanded(USE)
    assert flow.variant == "portal-somewhere"
    assert flow.registration is not None
    assert (flow.registration.text.kk, flow.registration.lines) == ("тіркеу", Lines(9, 9))
    condition = flow.step(StepKind.CONDITION, 1)
    assert (condition.text.ru, condition.lines, condition.ground) == ("проверка", Lines(11, 12), "documents-violations")


def test_a_difference_replaces_only_what_it_names(expanded: Callable[[str], Flow]) -> None:
    last = expanded(USE).step(StepKind.PROCESS, 3)
    assert (last.text.kk, last.as_printed, last.hand_over) == ("құжат", "жатқұ", HandOver.PICK_UP_NOTICE)
    assert expanded(USE).step(StepKind.PROCESS, 2).terminal


def test_a_number_that_the_act_skips_is_named_and_left_out(expanded: Callable[[str], Flow]) -> None:
    text = USE.replace("      condition 1: 11-12\n", "").replace("    steps:", "    skips: [condition 1]\n    steps:")
    flow = expanded(text)
    assert [str(step.ref) for step in flow.steps] == ["process 1", "process 2", "process 3"]


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        ("      process 2: 13\n", "", 9, "process 2"),
        ("      process 2: 13\n", "      process 2: 13\n      process 7: 15\n", 9, "process 7"),
        ("variant: portal-somewhere", "variant: portal-nowhere", 6, "portal-somewhere"),
        ("channel: portal\n", "channel: corporation\n", 5, "channel portal"),
        ("step: process 3", "step: process 8", 14, "process 8"),
        ("process 1: 10", "process one: 10", 10, "the name of a step"),
        ("lines: 10-20", "lines: 20-10", 7, "backwards"),
    ],
)
def test_what_does_not_fit_the_variant_is_refused_at_its_line(
    expanded: Callable[[str], Flow], old: str, new: str, line: int, expected: str
) -> None:
    assert old in USE
    with pytest.raises(CatalogueFileError) as caught:
        expanded(USE.replace(old, new, 1))
    assert expected in str(caught.value)
    assert caught.value.line == line, str(caught.value)


def test_a_variant_is_named_as_its_file(tmp_path: Path) -> None:
    (tmp_path / "portal-elsewhere.yaml").write_text(VARIANT, encoding="utf-8")
    with pytest.raises(CatalogueFileError, match="own name portal-elsewhere"):
        read_variants(tmp_path)
