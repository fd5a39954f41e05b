"""Texts that a person reads, always in Kazakh, Russian and English together."""

from __future__ import annotations

import string
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language of the pages, by its ISO 639-1 code; Kazakh is the default everywhere."""

    KK = "kk"
    RU = "ru"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in the three languages."""

    kk: str
    ru: str
    en: str

    def to(self, language: Language) -> str:
        """Return the text in `language`."""
        return {Language.KK: self.kk, Language.RU: self.ru, Language.EN: self.en}[language]

    def format(self, **values: object) -> Text:
        """Return the text with `str.format` fields filled in; a value that is a text stands in each language's own."""
        kk, ru, en = ({name: _to(value, one) for name, value in values.items()} for one in Language)
        return Text(self.kk.format(**kk), self.ru.format(**ru), self.en.format(**en))


def _to(value: object, language: Language) -> object:
    return value.to(language) if isinstance(value, Text) else value


def places_of(message: str) -> set[str]:
    """Return the names of a message's `str.format` fields; raises `ValueError` when its braces do not pair."""
    return {place for _text, place, _format, _conversion in string.Formatter().parse(message) if place is not None}
