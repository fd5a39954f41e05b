"""Making of synthetic people and organisations from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from gateway.identity.numbers import Bin, Iin, Sex
from simulators.population import dictionaries as words
from simulators.population import names, places
from simulators.population.model import (
    Address,
    Entry,
    Guardianship,
    IdentityDocument,
    Locality,
    PersonName,
    SyntheticOrganisation,
    SyntheticPerson,
)
from simulators.population.numbering import CAST_SERIALS, synthetic_bin, synthetic_iin
from simulators.population.spelling import feminine, patronymic_kk, patronymic_ru

PRESENT = date(2026, 1, 1)
"""The day to which ages and documents are fitted: always the same, so that a seed always gives the same people."""

ADULT = 18
_OLDEST = 95
_SLAVIC_SHARE = 0.2
_DEAD_SHARE = 0.01
_WITH_PASSPORT = 0.4
_LOCALITIES = [locality for locality, _ in places.LOCALITIES]
_WEIGHTS = [weight for _, weight in places.LOCALITIES]


class Maker:
    """Draws people and organisations; one instance a population, since numbers must be unique within it."""

    def __init__(self, seed: int, *, first_document: int = 0) -> None:
        self._random = Random(seed)  # noqa: S311 - repeatable, not secret
        self._documents = first_document
        self._serials: dict[tuple[int, date], int] = {}

    def person(self, *, oldest: int = _OLDEST, youngest: int = 0) -> SyntheticPerson:
        """Draw a person of an age between the two, in full years on `PRESENT`."""
        draw = self._random
        sex = draw.choice((Sex.MALE, Sex.FEMALE))
        born = self._birth_date(youngest, oldest)
        name, name_ru, nationality = self._name(sex)
        home = self.locality()
        died = self._death_date(born)
        iin = synthetic_iin(born, sex, draw.randrange(CAST_SERIALS, 9_900))
        return SyntheticPerson(
            iin=iin,
            name=name,
            name_ru=name_ru,
            birth_date=born,
            sex=sex,
            nationality=nationality,
            citizenship=words.KAZAKHSTAN,
            birth_place=self.locality(),
            address=self.address(home, since=max(born, PRESENT - timedelta(days=draw.randrange(30, 9_000)))),
            documents=self.documents(born),
            death_date=died,
        )

    def organisation(self, head: Iin) -> SyntheticOrganisation:
        """Draw a partnership that `head` leads."""
        draw = self._random
        registered = PRESENT - timedelta(days=draw.randrange(60, 9_000))
        surname_kk, surname_ru = draw.choice(names.KAZAKH_SURNAMES)
        word = draw.choice(("Сервис", "Құрылыс", "Сауда", "Агро", "Логистика"))
        return SyntheticOrganisation(
            bin=self._bin(registered),
            name_kk=f"«{surname_kk} {word}» жауапкершілігі шектеулі серіктестігі",
            name_ru=f"Товарищество с ограниченной ответственностью «{surname_ru} {word}»",
            registered_on=registered,
            head=head,
            address=self.address(self.locality(), since=registered),
            activity=draw.choice((words.TRADE, words.BUILDING, words.SCHOOLING, words.COMPUTING)),
            legal_form=words.PARTNERSHIP,
        )

    def guardianships(self, people: list[SyntheticPerson], share: float = 0.01) -> Iterator[Guardianship]:
        """Give some children guardians: living adults who are not dead and no wards themselves."""
        draw = self._random
        children = [person.iin for person in people if person.age_on(PRESENT) < ADULT and person.death_date is None]
        adults = [
            person.iin
            for person in people
            if 25 <= person.age_on(PRESENT) < 70 and person.death_date is None  # the ages usual for guardians
        ]
        if not adults:
            return
        for number, ward in enumerate(draw.sample(children, min(len(children), int(len(people) * share))), start=1):
            decided = PRESENT - timedelta(days=draw.randrange(30, 700))
            yield Guardianship(draw.choice(adults), ward, decided, f"№ {100 + number}")

    def locality(self) -> Locality:
        """Draw a place by its weight."""
        return self._random.choices(_LOCALITIES, _WEIGHTS)[0]

    def address(self, locality: Locality, *, since: date) -> Address:
        """Draw an address in the place."""
        draw = self._random
        street_kk, street_ru = draw.choice(places.STREETS)
        flat = str(draw.randrange(1, 120)) if draw.random() < 0.8 else None
        code = f"{1200 + draw.randrange(4)}{draw.randrange(10**12):012d}"
        return Address(locality, street_kk, street_ru, str(draw.randrange(1, 140)), flat, code, since)

    def documents(self, born: date) -> tuple[IdentityDocument, ...]:
        """Make the documents that a person of this age has; their numbers begin with 9, which none issued has."""
        if (PRESENT - born).days < 16 * 365:
            number = f"{9_000_000 + self._next_document():07d}"
            return (IdentityDocument(words.BIRTH_CERTIFICATE, number, born, None, words.JUSTICE, words.VALID),)
        draw = self._random
        issued = PRESENT - timedelta(days=draw.randrange(20, 3_000))
        card = f"{900_000_000 + self._next_document():09d}"
        found = [self._document(words.IDENTITY_CARD, card, issued)]
        if draw.random() < _WITH_PASSPORT:
            found.append(self._document(words.PASSPORT, f"N{90_000_000 + self._next_document():08d}", issued))
        if (PRESENT - born).days > 30 * 365 and draw.random() < 0.5:
            earlier = issued - timedelta(days=3_650)
            old = f"{900_000_000 + self._next_document():09d}"
            found.append(
                IdentityDocument(
                    words.IDENTITY_CARD,
                    old,
                    earlier,
                    issued + timedelta(days=30),
                    words.INTERIOR,
                    words.REPLACED,
                    issued,
                )
            )
        return tuple(found)

    def _document(self, kind: Entry, number: str, issued: date) -> IdentityDocument:
        return IdentityDocument(kind, number, issued, issued + timedelta(days=3_652), words.INTERIOR, words.VALID)

    def _next_document(self) -> int:
        self._documents += 1
        return self._documents

    def _birth_date(self, youngest: int, oldest: int) -> date:
        days = self._random.randrange(youngest * 366 + 1, oldest * 365)
        born = PRESENT - timedelta(days=days)
        return born.replace(day=28) if (born.month, born.day) == (2, 29) else born

    def _death_date(self, born: date) -> date | None:
        if self._random.random() >= _DEAD_SHARE:
            return None
        return max(born, PRESENT - timedelta(days=self._random.randrange(1, 3_000)))

    def _bin(self, registered: date) -> Bin:
        month = (registered.year % 10, registered.replace(day=1))
        serial = self._serials.get(month, CAST_SERIALS)
        number = synthetic_bin(registered, serial)
        self._serials[month] = int(number[6:11]) + 1
        return number

    def _name(self, sex: Sex) -> tuple[PersonName, PersonName, Entry]:
        draw = self._random
        male = sex is Sex.MALE
        if draw.random() < _SLAVIC_SHARE:
            surname = draw.choice(names.SLAVIC_SURNAMES)
            given = draw.choice(names.SLAVIC_MEN if male else names.SLAVIC_WOMEN)
            patronymic = patronymic_ru(draw.choice(names.SLAVIC_FATHERS), sex)
            name = PersonName(surname if male else feminine(surname), given, patronymic)
            return name, name, words.RUSSIAN
        surname_kk, surname_ru = draw.choice(names.KAZAKH_SURNAMES)
        given_kk, given_ru = draw.choice(names.KAZAKH_MEN if male else names.KAZAKH_WOMEN)
        father_kk, father_ru = draw.choice(names.KAZAKH_MEN)
        if not male:
            surname_kk, surname_ru = feminine(surname_kk), feminine(surname_ru)
        return (
            PersonName(surname_kk, given_kk, patronymic_kk(father_kk, sex)),
            PersonName(surname_ru, given_ru, patronymic_ru(father_ru, sex)),
            words.KAZAKH,
        )
