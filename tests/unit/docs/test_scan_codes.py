"""Every code of a scan that is not taken has its row, with its words in three languages and what to do."""

from gateway.scans import ScanCode, ScanRefused
from gateway.scans.errors import _TEXTS
from gateway.texts import places_of
from tests.unit.docs.test_reference import _rows


def test_every_code_of_a_scan_has_its_row() -> None:
    rows = _rows("flow-and-desk-codes.md")
    assert {code: rows.get(code.value) for code in ScanCode} == {code: [_TEXTS[code].en] for code in ScanCode}


def test_every_refusal_says_in_each_language_what_happened_and_what_to_do() -> None:
    for code in ScanCode:
        refused = ScanRefused(code)
        for text in (refused.text, refused.advice):
            assert all((text.kk, text.ru, text.en))
            assert not any(places_of(words) or "None" in words for words in (text.kk, text.ru, text.en))
