"""The whole population in memory, found by number, document or name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from gateway.identity.numbers import Iin
from simulators.population import cast
from simulators.population import dictionaries as words
from simulators.population.generation import PRESENT, Maker
from simulators.population.model import Guardianship, PersonName, SyntheticOrganisation, SyntheticPerson
from simulators.population.powers import CAST, Powers, SyntheticPower, drawn_powers

DEFAULT_SEED = 2016
DEFAULT_SIZE = 3_000
CAST_DOCUMENTS = 1_000
"""Document numbers up to this belong to the cast."""
_CAST_SEED = 1


class Population:
    """Synthetic people and organisations; the cast is always among them, whatever the seed."""

    def __init__(
        self,
        people: Iterable[SyntheticPerson],
        organisations: Iterable[SyntheticOrganisation],
        guardianships: Iterable[Guardianship],
        powers: Iterable[SyntheticPower] = (),
    ) -> None:
        self._people: dict[str, SyntheticPerson] = {person.iin: person for person in people}
        self._organisations: dict[str, SyntheticOrganisation] = {one.bin: one for one in organisations}
        self.guardianships = tuple(guardianships)
        self.powers = Powers(powers)
        self._documents: dict[str, Iin] = {}
        self._names: dict[tuple[str, str], list[Iin]] = {}
        for person in self._people.values():
            self._index(person)

    @classmethod
    def generate(cls, seed: int = DEFAULT_SEED, size: int = DEFAULT_SIZE) -> Population:
        """Make the cast and `size` more people, one organisation for every ten, from the seed alone."""
        extras = Maker(_CAST_SEED)
        people = {person.iin: person for person in (_cast_person(extras, member) for member in cast.PEOPLE.values())}
        organisations = [_cast_organisation(extras, one) for one in cast.ORGANISATIONS.values()]
        maker = Maker(seed, first_document=CAST_DOCUMENTS)
        wanted = len(people) + size
        drawn: list[SyntheticPerson] = []
        while len(people) < wanted:
            person = maker.person()
            if person.iin not in people:
                people[person.iin] = person
                drawn.append(person)
        heads = [person.iin for person in drawn if 21 <= person.age_on(PRESENT) < 70 and person.death_date is None]
        organisations += [maker.organisation(head) for head in heads[: size // 10]]
        guardianships = [*_cast_guardianships(), *maker.guardianships(drawn)]
        return cls(people.values(), organisations, guardianships, [*CAST.values(), *drawn_powers(drawn, seed)])

    @property
    def people(self) -> tuple[SyntheticPerson, ...]:
        """Everybody, the cast first."""
        return tuple(self._people.values())

    @property
    def organisations(self) -> tuple[SyntheticOrganisation, ...]:
        """All organisations, the cast first."""
        return tuple(self._organisations.values())

    def person(self, iin: str) -> SyntheticPerson | None:
        """Return the person of this IIN."""
        return self._people.get(iin)

    def organisation(self, bin_: str) -> SyntheticOrganisation | None:
        """Return the organisation of this BIN."""
        return self._organisations.get(bin_)

    def person_by_document(self, number: str) -> SyntheticPerson | None:
        """Return the holder of an identity document, also of one that is no longer valid."""
        iin = self._documents.get(number)
        return None if iin is None else self._people[iin]

    def people_by_name(
        self, *, surname: str, given: str, patronymic: str | None, birth_date: date, until: date | None = None
    ) -> tuple[SyntheticPerson, ...]:
        """Return the people of this name and birth date, whatever the case of the letters; patronymic if asked.

        With `until`, those who were born on the two days or between them.
        """
        named = (self._people[iin] for iin in self._names.get((surname.upper(), given.upper()), ()))
        found = (person for person in named if birth_date <= person.birth_date <= (until or birth_date))
        wanted = None if patronymic is None else patronymic.upper()
        return tuple(person for person in found if wanted is None or (person.name.patronymic or "").upper() == wanted)

    def wards_of(self, guardian: Iin) -> tuple[SyntheticPerson, ...]:
        """Return the children whose guardian this is."""
        return tuple(self._people[one.ward] for one in self.guardianships if one.guardian == guardian)

    def cast_person(self, identifier: str) -> SyntheticPerson:
        """Return the person of the cast with this id; raises `KeyError`."""
        return self._people[cast.PEOPLE[identifier].iin]

    def replace(self, person: SyntheticPerson) -> None:
        """Put an edited person in the place of the earlier one; raises `KeyError` when there is none."""
        self._forget(self._people[person.iin])
        self._people[person.iin] = person
        self._index(person)

    def replace_organisation(self, organisation: SyntheticOrganisation) -> None:
        """Put an edited organisation in the place of the earlier one; raises `KeyError` when there is none."""
        if organisation.bin not in self._organisations:
            raise KeyError(organisation.bin)
        self._organisations[organisation.bin] = organisation

    def _index(self, person: SyntheticPerson) -> None:
        for document in person.documents:
            self._documents[document.number] = person.iin
        self._names.setdefault(_name_key(person.name), []).append(person.iin)

    def _forget(self, person: SyntheticPerson) -> None:
        for document in person.documents:
            self._documents.pop(document.number, None)
        self._names[_name_key(person.name)].remove(person.iin)


def _name_key(name: PersonName) -> tuple[str, str]:
    return name.surname.upper(), name.given.upper()


def _cast_person(maker: Maker, member: cast.CastPerson) -> SyntheticPerson:
    home = maker.address(member.locality, since=max(member.born, date(2015, 6, 1)))
    return SyntheticPerson(
        iin=member.iin,
        name=member.name,
        name_ru=member.name_ru,
        birth_date=member.born,
        sex=member.sex,
        nationality=words.RUSSIAN if member.name == member.name_ru else words.KAZAKH,
        citizenship=words.KAZAKHSTAN,
        birth_place=member.locality,
        address=home,
        documents=maker.documents(member.born),
        death_date=member.died,
        known_to_gbdfl=member.known_to_gbdfl,
    )


def _cast_organisation(maker: Maker, one: cast.CastOrganisation) -> SyntheticOrganisation:
    leaders = [member for member in cast.PEOPLE.values() if member.organisation == one.id]
    leaders.sort(key=lambda member: member.post is not cast.Post.HEAD)
    head = leaders[0] if leaders else cast.PEOPLE["director-partnership"]
    return SyntheticOrganisation(
        bin=one.bin,
        name_kk=one.name_kk,
        name_ru=one.name_ru,
        registered_on=one.registered_on,
        head=head.iin,
        address=maker.address(one.locality, since=one.registered_on),
        activity=one.activity,
        legal_form=one.legal_form,
    )


def _cast_guardianships() -> list[Guardianship]:
    return [
        Guardianship(member.iin, cast.PEOPLE[ward].iin, date(2021, 4, 19), cast.GUARDIANSHIP_DECISION)
        for member in cast.PEOPLE.values()
        for ward in member.guardian_of
    ]
