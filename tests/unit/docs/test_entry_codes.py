"""Every code of an unfinished entry has its row, with its words in three languages and what to do."""

from gateway.desk.entry_errors import EntryCode, EntryError
from gateway.scans import ScanCode, ScanRefused
from gateway.texts import places_of
from tests.unit.docs.test_reference import _rows

FACTS = {"number": "72000000000001", "limit": 4000}


def test_every_code_of_an_entry_has_its_row() -> None:
    rows = _rows("flow-and-desk-codes.md")
    said = {code: EntryError(code, number="{number}", limit="{limit}").text.en for code in EntryCode}
    assert {code: rows.get(code.value) for code in EntryCode} == {code: [text] for code, text in said.items()}


def test_every_refusal_says_in_each_language_what_happened_and_what_to_do() -> None:
    scan = ScanRefused(ScanCode.UNREADABLE)
    for code in EntryCode:
        words = {"text": scan.text, "advice": scan.advice} if code is EntryCode.SCAN_REFUSED else {}
        refused = EntryError(code, **words, **FACTS)
        assert refused.advice is not None, code
        for text in (refused.text, refused.advice):
            assert all((text.kk, text.ru, text.en))
            assert not any(places_of(one) for one in (text.kk, text.ru, text.en))
