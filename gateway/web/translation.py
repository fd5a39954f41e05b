"""Translations of the pages, loaded at start from `locale/<language>/<domain>.po`; the msgid is the English text.

The language of the request stands in a context variable, so that handlers, macros and error pages agree on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from gateway.texts import Language, Text

LOCALE = Path(__file__).with_name("locale")
TRANSLATED = (Language.KK, Language.RU)

_language: ContextVar[Language] = ContextVar("qyzmet_language", default=Language.KK)
_current: ContextVar[Translations | None] = ContextVar("qyzmet_translations", default=None)


class Translations:
    """The messages of several domains in every language; a message that is in none of them stays English."""

    def __init__(self, catalogs: Mapping[Language, Sequence[Catalog]]) -> None:
        self._catalogs = catalogs

    @classmethod
    def load(cls, domains: Sequence[str], folder: Path = LOCALE) -> Translations:
        """Read the .po files of `domains`; a domain may lack a file in a language."""
        catalogs: dict[Language, list[Catalog]] = {}
        for language in TRANSLATED:
            paths = [folder / language / f"{domain}.po" for domain in domains]
            catalogs[language] = [_read(path, language) for path in paths if path.exists()]
        return cls(catalogs)

    def singular(self, language: Language, message: str) -> str:
        """Return the translation of a message without a number."""
        for catalog in self._catalogs.get(language, ()):
            found = catalog.get(message)
            if found is not None and isinstance(found.string, str) and found.string:
                return found.string
        return message

    def plural(self, language: Language, one: str, many: str, number: int) -> str:
        """Return the form that goes with `number`."""
        for catalog in self._catalogs.get(language, ()):
            found = catalog.get(one)
            if found is not None and isinstance(found.string, tuple | list):
                form = found.string[_plural_index(language, number)]
                if form:
                    return str(form)
        return one if number == 1 else many


def _read(path: Path, language: Language) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language.value, abort_invalid=True)


def _plural_index(language: Language, number: int) -> int:
    if language is not Language.RU:
        return 0 if number == 1 else 1
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else 2


def use(translations: Translations, language: Language) -> None:
    """Let the rest of this task speak `language`."""
    _current.set(translations)
    _language.set(language)


def language() -> Language:
    """Return the language of the page that is being made."""
    return _language.get()


def gettext(message: str, **values: object) -> str:
    """Translate `message` and fill its `%(name)s` fields."""
    translations = _current.get()
    text = translations.singular(language(), message) if translations else message
    return text % values if values else text


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """Translate with the form that goes with `number`, which may stand in the text as `%(num)s`."""
    translations = _current.get()
    text = translations.plural(language(), one, many, number) if translations else (one if number == 1 else many)
    return text % {"num": number, **values}


def mark(message: str) -> str:
    """Name a message for the translators where it is not translated yet (a constant of a module)."""
    return message


def spoken(text: Text | str) -> str:
    """Return a text in the language of the page."""
    return text.to(language()) if isinstance(text, Text) else text


def said(what: Text, advice: Text | None) -> str:
    """Return what happened and, where there is advice, what to do about it, in the language of the page."""
    return spoken(what) if advice is None else f"{spoken(what)} {spoken(advice)}"
