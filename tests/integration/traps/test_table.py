"""The tables of traps are whole: every trap of the notes has its row, and every row its test.

A row of a module's docstring is the trap's number with what it is, and below it the test that holds the reading, in
that module or as `path::test`, or one of the words that say why there is none.
"""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NOTES = Path(os.environ.get("QYZMET_SHARED", ROOT.parent / "shared")) / "regulations"
HERE = Path(__file__).parent
TABLES = {
    "test_almaty.py": ("notes-almaty-2015-services-01-11.md", 34, "a"),
    "test_karaganda_1_to_10.py": ("notes-karaganda-2014-services-01-10.md", 25, "k"),
    "test_karaganda_11_to_19_and_three_acts.py": (
        "notes-karaganda-2014-services-11-19-and-three-acts.md",
        26,
        "t",
    ),
}
NO_TEST = {
    "wording": "about the print alone",
    "later": "of the State Corporation's workplace, which is not built",
}
_ROW = re.compile(r"^(\d+)\. (\S.*)\n    (\S+)$", re.MULTILINE)
_TRAP = re.compile(r"^(\d+)\. \S", re.MULTILINE)


def module(name: str) -> ast.Module:
    return ast.parse((HERE / name).read_text(encoding="utf-8"))


def rows(name: str) -> dict[int, tuple[str, str]]:
    docstring = ast.get_docstring(module(name)) or ""
    found = {int(number): (what, held) for number, what, held in _ROW.findall(docstring)}
    assert len(found) == len(_ROW.findall(docstring)), "a trap has two rows"
    return found


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, functions) and node.name.startswith("test_")}


@pytest.mark.parametrize("name", TABLES)
def test_every_trap_has_a_row(name: str) -> None:
    _, count, _ = TABLES[name]
    assert list(rows(name)) == list(range(1, count + 1))


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_its_test_or_says_why_not(name: str) -> None:
    own, letter = names_in(HERE / name), TABLES[name][2]
    for number, (what, held) in rows(name).items():
        if held in NO_TEST:
            continue
        path, _, test = held.rpartition("::")
        if path:
            assert test in names_in(ROOT / path), f"{number}: {what}"
        else:
            assert test in own, f"{number}: {what}"
            assert test.startswith(f"test_{letter}{number:02}_"), f"{test} is not named after trap {number}"


@pytest.mark.parametrize("name", TABLES)
def test_every_test_belongs_to_a_row(name: str) -> None:
    numbers, letter = set(rows(name)), TABLES[name][2]
    for test in names_in(HERE / name):
        match = re.match(rf"test_{letter}(\d\d)_", test)
        assert match is not None, test
        assert int(match[1]) in numbers


@pytest.mark.parametrize("name", TABLES)
def test_the_notes_have_no_other_traps(name: str) -> None:
    notes, _, _ = TABLES[name]
    file = NOTES / notes
    if not file.is_file():
        pytest.skip(f"the reference material is not here: {file}")
    section = file.read_text(encoding="utf-8").split("\n## 3.", 1)[1].split("\n## ", 1)[0]
    assert [int(number) for number in _TRAP.findall(section)] == list(rows(name))
