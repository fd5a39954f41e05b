from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.catalogue import CatalogueFileError, Channel, Check, Outcome, StepKind, Verb, load_catalogue, reading
from gateway.catalogue.load import FOLDER
from gateway.catalogue.reading import Document, read_model
from gateway.catalogue.terms import Strict, clean_wording


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "catalogue"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


def spoil(folder: Path, old: str, new: str, name: str = "services/unemployed-certificate.yaml") -> int:
    """Change the first `old` and return its line."""
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("unit: minutes, counted_from", "unit: minute, counted_from", "'minutes', 'hours'"),
        ("number: 5\n", "number: five\n", "valid integer"),
        ("lines: 1139\n", "lines: 1139-1138\n", "backwards"),
        ("process 2: 1367-1372", "process two: 1367-1372", "the name of a step"),
        ("    ru: Выдача справок безработным гражданам\n", "", "exactly kk, ru and en"),
        ("kk: Жұмыссыз азаматтарға", "kk: Жұмыссыз азаматтарғa", "one alphabet"),
        ("title:", "titel:", "no such key"),
        ("paragraph: 9", "paragraph: &nine 9\n    repeats: *nine", "anchors"),
        ("kinds: [individual]", "kinds: [martian]", "'individual'"),
    ],
)
def test_an_error_in_a_file_names_the_file_the_line_and_the_expectation(
    folder: Path, old: str, new: str, expected: str
) -> None:
    line = spoil(folder, old, new)
    with pytest.raises(CatalogueFileError) as caught:
        load_catalogue(folder)
    assert caught.value.file.name == "unemployed-certificate.yaml"
    assert expected in str(caught.value)
    if expected not in ("anchors", "one alphabet", "exactly kk, ru and en"):
        assert caught.value.line == line


def test_a_representatives_document_needs_a_rule_of_representation(folder: Path) -> None:
    rule = "powers_of_attorney:\n  - {rule: notarised-data, channels: [corporation], lines: 981-986}\n"
    spoil(folder, rule, "", "services/unemployed-registration.yaml")
    with pytest.raises(CatalogueFileError, match="expected powers_of_attorney beside the document power-of-attorney"):
        load_catalogue(folder)


def test_a_missing_key_is_named(folder: Path) -> None:
    spoil(folder, "act: karaganda-2014-34-05\n", "")
    with pytest.raises(CatalogueFileError, match="act: expected this key"):
        load_catalogue(folder)


def test_a_step_that_leads_nowhere_is_refused(folder: Path) -> None:
    spoil(folder, "on_fail: process 2", "on_fail: process 12", "flows/portal-karaganda.yaml")
    with pytest.raises(CatalogueFileError, match="found process 12 at condition 1"):
        load_catalogue(folder)


def test_numbers_that_do_not_run_on_are_refused(folder: Path) -> None:
    spoil(folder, "      - number: 5\n", "      - number: 6\n")
    with pytest.raises(CatalogueFileError, match="run on from 1"):
        load_catalogue(folder)


def test_yaml_that_cannot_be_read_names_its_line(folder: Path) -> None:
    spoil(folder, "id: unemployed-certificate", "id: [unemployed-certificate")
    with pytest.raises(CatalogueFileError, match=r"unemployed-certificate\.yaml:\d+"):
        load_catalogue(folder)


def test_a_key_given_twice_is_refused(folder: Path) -> None:
    spoil(folder, "number: 5\n", "number: 5\nnumber: 6\n")
    with pytest.raises(CatalogueFileError, match="each key once"):
        load_catalogue(folder)


def test_an_office_of_an_unknown_service_is_refused(folder: Path) -> None:
    spoil(folder, "- unemployed-certificate\n", "- unemployed-certificates\n", "offices.yaml")
    with pytest.raises(CatalogueFileError, match="expected a service"):
        load_catalogue(folder)


def test_letter_spacing_and_latin_letters_never_come_through() -> None:
    with pytest.raises(ValueError, match="letter-spacing"):
        clean_wording("қ ы з м е т  к ө р с е т у", "kk")
    with pytest.raises(ValueError, match="one alphabet"):
        clean_wording("мемлекеттiк", "kk")


def test_both_services_have_the_shape_the_desk_and_portal_need() -> None:
    catalogue = load_catalogue()
    karaganda = catalogue.service("unemployed-certificate")
    almaty = catalogue.service("guardianship-certificate")
    for service in (karaganda, almaty):
        flow = service.portal_flow
        assert [step.number for step in flow.steps if step.kind is StepKind.PROCESS] == [1, 2, 3, 4, 5, 6, 7, 8]
        assert [step.number for step in flow.steps if step.kind is StepKind.CONDITION] == [1, 2, 3]
        assert catalogue.offices_of(service.id)
        verbs = [action.verb for step in service.procedure(Channel.PORTAL).steps for action in step.actions]
        assert verbs[0] is Verb.REGISTER
        assert verbs[-3:] == [Verb.DRAFT, Verb.SIGN, Verb.HAND_OVER]
        assert {result.outcome for result in service.results} == {Outcome.ISSUED, Outcome.REFUSED}
    assert karaganda.portal_flow.condition(Check.STATE_DATA) is not None
    assert almaty.portal_flow.condition(Check.DOCUMENTS) is not None
    assert karaganda.shep_service_id == "QYZMET_UNEMPLOYED_CERTIFICATE"
    assert karaganda.portal_flow.label(karaganda.portal_flow.step(StepKind.PROCESS, 4)).kk == "4-үдеріс"
    assert almaty.portal_flow.label(almaty.portal_flow.step(StepKind.PROCESS, 4)).kk == "4-процесс"


@pytest.mark.parametrize(
    "written",
    [
        "number: !!int '5'",
        "number: ~",
        "number:",
        "number: 5.0",
        "number: 5\nnumber: 6",
        "number: [5",
        "number: " + "[" * 30 + "]" * 30,
        "? [a]\n: 5",
        "number: 5\n---\nnumber: 6",
        "number: *five",
    ],
)
def test_what_the_quick_parser_takes_and_the_format_does_not_is_refused(tmp_path: Path, written: str) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(written + "\n", encoding="utf-8")
    with pytest.raises(CatalogueFileError):
        read_model(file, Numbered)


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.yaml")), ids=lambda file: file.stem)
def test_both_parsers_read_the_same(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = Document(file).value
    monkeypatch.setattr(reading, "_may_name_nodes", lambda _: True)
    assert Document(file).value == quick


class Numbered(Strict):
    number: int
