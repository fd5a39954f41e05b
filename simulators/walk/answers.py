"""What a person types into the form of any service: read off the catalogue, with the numbers and names of the cast."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from gateway.catalogue import Catalogue, Channel, Service, load_catalogue
from gateway.catalogue.form import FieldType, FormField
from gateway.catalogue.kinds import fields_of, kinds_on
from gateway.catalogue.result import Fact, FactKind
from simulators.population.cast import GUARDIANSHIP_DECISION, ORGANISATIONS, PEOPLE, CastPerson

CHILD = PEOPLE["ward-almaty"]
SPOUSE = PEOPLE["representative"]
DECIDED = date(2020, 5, 15)
"""The day of whatever was decided before the application; nothing that a form asks for lies in the future then."""
_ACCOUNT = "KZ00125KZT0000000001"
_STATED = date(2026, 2, 2)
_PEOPLE = {"child": CHILD, "ward": CHILD, "recipient": CHILD, "spouse": SPOUSE}
_WORDS = {
    "address": "Бейбітшілік көшесі, 1",
    "account": _ACCOUNT,
    "cadastral_number": "20-311-001-001",
    "court": "Алматы қаласының кәмелетке толмағандардың істері жөніндегі мамандандырылған ауданаралық соты",
    "decision_number": GUARDIANSHIP_DECISION,
    "employer": ORGANISATIONS["partnership"].name_kk,
    "grade": "5 «А»",
    "position": "есепші",
    "profession": "есепші",
    "property": "екі бөлмелі пәтер, жалпы ауданы 54 шаршы метр",
    "purpose": "Қазақстан Халық банкі",
    "reason": "Отбасының айлық табысы күнкөріс деңгейінен төмен.",
    "recipient": "Қазақстан Халық банкі",
    "school": "№ 12 жалпы білім беретін мектеп",
    "wishes": "Тұрғылықты жерге жақын жұмыс орны.",
}
_ANY_WORDS = ("Қосымша мәлімет: өзгеріс жоқ.", "Бейбітшілік көшесі, 1", "3", "180", GUARDIANSHIP_DECISION, _ACCOUNT)


@cache
def catalogue() -> Catalogue:
    """Return the catalogue, read once."""
    return load_catalogue()


def kinds_of(service: Service, channel: Channel) -> tuple[str | None, ...]:
    """Return the kinds of a service that a channel takes; None alone for a service that has no kinds."""
    return kinds_on(service, channel) or (None,)


def answers_for(
    service: str, person: CastPerson, *, kind: str | None = None, channel: Channel = Channel.PORTAL
) -> Mapping[str, str]:
    """Return what stands in the form of a service, days as dd.mm.yyyy.

    Every field is filled in but the e-mail address; without `kind` it is the first that the channel takes.
    """
    law = catalogue().service(service)
    kind = kind or kinds_of(law, channel)[0]
    return {
        field.id: kind if law.kinds is not None and field.id == law.kinds.field and kind else _answer(field, person)
        for field in fields_of(law, kind)
    }


def statement_for(fact: Fact) -> str:
    """Return what the executor states of a fact that the application does not give."""
    if fact.kind is FactKind.DATE:
        return f"{_STATED:%d.%m.%Y}"
    if fact.kind is FactKind.MONEY:
        return "25000"
    if fact.kind is FactKind.CHOICE:
        return fact.choices[0].id
    return _WORDS.get(fact.id, "1" if "number" in fact.id else _ANY_WORDS[0])


def _answer(field: FormField, person: CastPerson) -> str:
    about = _PEOPLE.get(field.id.partition("_")[0], person)
    if field.type is FieldType.CHOICE:
        return field.choices[0].id
    if field.type is FieldType.DATE:
        return f"{about.born if 'birth' in field.id else DECIDED:%d.%m.%Y}"
    by_type = {
        FieldType.PHONE: "+7 701 000 00 00",
        FieldType.EMAIL: "",
        FieldType.IIN: str(about.iin),
        FieldType.BIN: str(ORGANISATIONS["partnership"].bin),
        FieldType.CONSENT: "true",
    }
    if field.type in by_type:
        return by_type[field.type]
    return _words(field, about)


def _words(field: FormField, about: CastPerson) -> str:
    known = _WORDS.get(field.id)
    if field.id.endswith("_name"):
        known = about.full_name_kk
    elif field.id == "address":
        known = f"{about.locality.city_kk}, {known}"
    candidates = _ANY_WORDS if known is None else (known, *_ANY_WORDS)
    for words in candidates:
        fits = field.min_length <= len(words) <= field.max_length
        if fits and (field.pattern is None or re.fullmatch(field.pattern, words)):
            return words
    raise LookupError(f"no answer fits the field {field.id}: {field.pattern}")
