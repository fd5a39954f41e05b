"""What an operator is told: every code with its words in three languages, and with its row in the reference."""

import re
from pathlib import Path

import pytest

from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.texts import Text

ROOT = Path(__file__).resolve().parents[4]
FACTS = {name: f"{{{name}}}" for name in ("seconds", "name", "windows", "limit", "day", "place")}
ROW = re.compile(r"^\| `(arm-[a-z-]+)` \| (.+) \|$", re.MULTILINE)


@pytest.mark.parametrize("code", ArmCode)
def test_every_code_says_in_three_languages_what_is_wrong(code):
    error = ArmError(code, **FACTS)
    told = (error.text.kk, error.text.ru, error.text.en)
    assert all(told)
    assert len(set(told)) == 3
    if error.advice is not None:
        assert error.advice.kk
        assert error.advice.ru
        assert error.advice.en


def test_every_code_has_its_row_in_the_reference():
    page = (ROOT / "docs/reference/flow-and-desk-codes.md").read_text(encoding="utf-8")
    assert dict(ROW.findall(page)) == {code.value: ArmError(code, **FACTS).text.en for code in ArmCode}


def test_words_that_are_given_stand_in_place_of_the_codes_own():
    text = Text("кк", "рр", "ee")
    error = ArmError(ArmCode.SCAN_REFUSED, text, reason="why")
    assert (error.text, error.advice, error.facts) == (text, None, {"reason": "why"})
    assert str(error) == "arm-scan-refused, reason: why"
