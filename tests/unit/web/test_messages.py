import re

import pytest
from babel.messages.pofile import read_po

from gateway.texts import Language
from gateway.web.messages import messages, untranslated
from gateway.web.refusals import PageError
from gateway.web.translation import LOCALE, TRANSLATED

FILES = sorted(path for language in TRANSLATED for path in (LOCALE / language).glob("*.po"))
_FIELD = re.compile(r"%\((\w+)\)s")


def test_no_page_says_anything_that_is_not_translated():
    assert [f"{one.language}: {one.message.file}:{one.message.line} {one.message.text}" for one in untranslated()] == []


def test_the_pages_say_something_at_all():
    assert len(list(messages())) > 30


def test_a_missing_translation_is_found(tmp_path):
    (tmp_path / "page.html").write_text('{{ _("Nobody translated this") }}')
    (tmp_path / "page.py").write_text('mark("Nor this")\n')
    (tmp_path / "locale/kk").mkdir(parents=True)
    found = untranslated(tmp_path, tmp_path / "locale")
    assert {(one.message.text, one.language) for one in found} == {
        (text, language) for text in ("Nobody translated this", "Nor this") for language in TRANSLATED
    }


def _entries(path):
    with path.open("rb") as file:
        return [entry for entry in read_po(file, locale=path.parent.name) if entry.id]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_translation_keeps_the_fields_of_its_message(path):
    for entry in _entries(path):
        ids = entry.id if isinstance(entry.id, tuple | list) else [entry.id]
        strings = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
        fields = {name for one in ids for name in _FIELD.findall(one)}
        for string in strings:
            assert set(_FIELD.findall(string)) <= fields, entry.id


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_translation_is_left_in_english(path):
    for entry in _entries(path):
        strings = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
        for string in strings:
            if re.search(r"[A-Za-z]{4,} [a-z]{2,} ", str(entry.id)):
                assert re.search("[а-яәғқңөұүһі]", string.lower()), entry.id


def test_every_refusal_speaks_three_languages():
    kinds = [PageError, *PageError.__subclasses__()]
    for kind in kinds:
        for text in (kind.title, kind.what, kind.kept, kind.advice):
            assert len({text.to(language) for language in Language}) == 3
        assert re.search("[әғқңөұүһі]", (kind.what.kk + kind.advice.kk).lower())
    assert len({kind.code for kind in kinds}) == len(kinds)
