"""The name under which somebody applies: one that a document can print, without digits where it is a person's.

The same rule holds at a window of the State Corporation, at a counter, and of whoever comes for the applicant.
"""

from __future__ import annotations

from enum import StrEnum

from gateway.identity.numbers import Bin, Iin
from gateway.results.alphabet import unprintable
from gateway.texts import Text

LONGEST_NAME = 200


class NameOf(StrEnum):
    """Whose name it is."""

    PERSON = "person"
    ORGANISATION = "organisation"
    ANYBODY = "anybody"
    """It is not known yet."""


_TEXTS = {
    NameOf.PERSON: Text(
        "Тегін, атын, әкесінің атын құжаттағыдай жазыңыз: {limit} таңбаға дейін, тек әріптер мен тыныс белгілері.",
        "Впишите фамилию, имя, отчество, как в документе: до {limit} знаков, только буквы и знаки препинания.",
        "Enter surname, name, patronymic as in the document: up to {limit} characters, letters and punctuation only.",
    ),
    NameOf.ORGANISATION: Text(
        "Ұйымның атауын құжаттағыдай жазыңыз: {limit} таңбаға дейін, әріптер, цифрлар және тыныс белгілері.",
        "Впишите наименование организации, как в документе: до {limit} знаков, буквы, цифры и знаки препинания.",
        "Enter the organisation's name as in the document: up to {limit} characters, letters, digits and punctuation.",
    ),
    NameOf.ANYBODY: Text(
        "Атын немесе атауын құжаттағыдай жазыңыз: {limit} таңбаға дейін.",
        "Впишите имя или наименование, как в документе: до {limit} знаков.",
        "Enter the name as in the document: up to {limit} characters.",
    ),
}


def name_of(number: Iin | Bin | None) -> NameOf:
    """Return whose name stands beside a number: a person's by an IIN, an organisation's by a BIN."""
    if number is None:
        return NameOf.ANYBODY
    return NameOf.PERSON if isinstance(number, Iin) else NameOf.ORGANISATION


def clean_name(name: str, whose: NameOf = NameOf.ANYBODY) -> str | None:
    """Return a name with single spaces; None for one that nobody of this kind can have.

    A person's name has no digits, an organisation's may have some. No name is without a letter, longer than
    `LONGEST_NAME`, or more than a document can print.
    """
    cleaned = " ".join(name.split())
    if not any(letter.isalpha() for letter in cleaned) or len(cleaned) > LONGEST_NAME or unprintable(cleaned):
        return None
    if whose is NameOf.PERSON and any(letter.isnumeric() for letter in cleaned):
        return None
    return cleaned


def name_text(whose: NameOf) -> Text:
    """Say what a name has to be."""
    return _TEXTS[whose].format(limit=LONGEST_NAME)
