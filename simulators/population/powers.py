"""Powers of attorney of the synthetic population, with the notaries that attested them.

Numbers of the register and of licences begin with `SIM-`, which no real one does.

| id | principal and representative | what for |
|---|---|---|
| `valid` | `applicant-karaganda` for `representative` | an application through a representative |
| `valid-guardian` | `applicant-almaty` for `representative` | the same for the other service |
| `expired` | `applicant-other` for `representative` | its time has run out |
| `revoked` | `applicant-on-hold` for `representative` | taken back before its time ran out |
| `of-another` | `applicant-expired` for `applicant-other` | a power that is good, but of other people |
| `other-scope` | `applicant-revoked` for `representative` | a power that is good, but not for services of the state |
| `not-notarised` | `applicant-revoked` for `representative` | a paper that no notary attested: ЕНИС does not know it |
| `partnership` | `partnership` (a BIN) for `representative` | a power of a legal entity |
| `expired-karaganda`, `revoked-karaganda` | `applicant-karaganda` for `applicant-temirtau` | of no use any more |
| `expired-guardian`, `revoked-guardian` | `applicant-almaty` for `applicant-temirtau` | of no use any more |
| `valid-talgar` | `applicant-talgar` for `representative` | an application in Talgar through a representative |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random

from gateway.identity.numbers import Bin, Iin
from simulators.population import cast, places
from simulators.population.generation import ADULT, PRESENT
from simulators.population.model import Entry, SyntheticPerson

PUBLIC_SERVICES = Entry("01", "Получение государственных услуг", "Мемлекеттік қызметтер көрсетуді алу")
PROPERTY = Entry("02", "Распоряжение имуществом", "Мүлікке билік ету")
COURTS = Entry("03", "Представление интересов в суде", "Сотта мүдделерін білдіру")
SCOPES = (PUBLIC_SERVICES, PROPERTY, COURTS)
"""What powers are given for. The codes are inventions."""
CAST_POWERS = 100
"""Register numbers below this belong to the cast, the others to the generator."""


@dataclass(frozen=True, slots=True)
class Notary:
    """A notary of a region; the licence's number is made up."""

    name_kk: str
    name_ru: str
    licence: str
    region: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticPower:
    """A power of attorney; `known_to_enis` tells a notarised one from a mere paper."""

    number: str
    attested_on: date
    notary: Notary
    principals: tuple[Iin | Bin, ...]
    representatives: tuple[Iin, ...]
    scopes: tuple[Entry, ...]
    valid_from: date
    valid_until: date
    revoked_at: datetime | None = None
    known_to_enis: bool = True


NOTARIES = (
    Notary("Серікбаев Нұржан Тоқтарұлы", "Серикбаев Нуржан Токтарович", "SIM-0001", places.KARAGANDA.district),
    Notary("Жақсылықова Динара Маратқызы", "Жаксылыкова Динара Маратовна", "SIM-0002", places.ALMATY_ALMALY.district),
    Notary("Гончаренко Виктор Павлович", "Гончаренко Виктор Павлович", "SIM-0003", places.ASTANA_YESIL.district),
    Notary("Үсенова Гүлнәр Әліқызы", "Усенова Гульнар Алиевна", "SIM-0004", places.ORAL.district),
)


def register_number(serial: int) -> str:
    """Return a number of the register; none such is ever given out."""
    return f"SIM-{serial:06d}"


@dataclass(frozen=True, slots=True)
class _Given:
    """A power of the cast: who gave it to whom, for how long, and what is the matter with it."""

    principal: str
    """An id of `cast.PEOPLE`, or of `cast.ORGANISATIONS`."""
    attested: date
    until: date
    representative: str = "representative"
    notary: Notary = NOTARIES[0]
    scopes: tuple[Entry, ...] = (PUBLIC_SERVICES,)
    revoked_at: datetime | None = None
    known_to_enis: bool = True


_OF_ALMATY = NOTARIES[1]
_GIVEN = {
    "valid": _Given("applicant-karaganda", date(2025, 10, 6), date(2028, 10, 5)),
    "valid-guardian": _Given("applicant-almaty", date(2025, 9, 15), date(2028, 9, 14), notary=_OF_ALMATY),
    "expired": _Given("applicant-other", date(2022, 2, 3), date(2025, 2, 2)),
    "revoked": _Given(
        "applicant-on-hold", date(2025, 6, 2), date(2028, 6, 1),
        notary=_OF_ALMATY, revoked_at=datetime(2025, 12, 15, 6, 30, tzinfo=UTC),
    ),
    "of-another": _Given(
        "applicant-expired", date(2025, 11, 10), date(2028, 11, 9), representative="applicant-other"
    ),
    "other-scope": _Given("applicant-revoked", date(2025, 8, 4), date(2028, 8, 3), scopes=(PROPERTY, COURTS)),
    "not-notarised": _Given("applicant-revoked", date(2025, 12, 1), date(2028, 11, 30), known_to_enis=False),
    "partnership": _Given("partnership", date(2025, 7, 21), date(2026, 12, 31), scopes=SCOPES),
    "expired-karaganda": _Given(
        "applicant-karaganda", date(2022, 3, 14), date(2025, 3, 13), representative="applicant-temirtau"
    ),
    "revoked-karaganda": _Given(
        "applicant-karaganda", date(2025, 4, 7), date(2028, 4, 6),
        representative="applicant-temirtau", revoked_at=datetime(2025, 9, 30, 10, 15, tzinfo=UTC),
    ),
    "expired-guardian": _Given(
        "applicant-almaty", date(2022, 5, 16), date(2025, 5, 15),
        representative="applicant-temirtau", notary=_OF_ALMATY,
    ),
    "revoked-guardian": _Given(
        "applicant-almaty", date(2025, 3, 3), date(2028, 3, 2),
        representative="applicant-temirtau", notary=_OF_ALMATY,
        revoked_at=datetime(2025, 8, 18, 5, 40, tzinfo=UTC),
    ),
    "valid-talgar": _Given("applicant-talgar", date(2025, 11, 24), date(2028, 11, 23)),
}  # fmt: skip
"""The cast's powers in the order of their register numbers; a new one comes last."""


def _power(serial: int, given: _Given) -> SyntheticPower:
    organisation = cast.ORGANISATIONS.get(given.principal)
    return SyntheticPower(
        number=register_number(serial),
        attested_on=given.attested,
        notary=given.notary,
        principals=(cast.PEOPLE[given.principal].iin if organisation is None else organisation.bin,),
        representatives=(cast.PEOPLE[given.representative].iin,),
        scopes=given.scopes,
        valid_from=given.attested,
        valid_until=given.until,
        revoked_at=given.revoked_at,
        known_to_enis=given.known_to_enis,
    )


def drawn_powers(people: Iterable[SyntheticPerson], seed: int, share: float = 0.02) -> Iterator[SyntheticPower]:
    """Let some of the living adults give others their powers: most good, some expired or revoked, some on paper."""
    draw = Random(seed)  # noqa: S311 - repeatable, not secret
    adults = [one.iin for one in people if one.age_on(PRESENT) >= ADULT and one.death_date is None]
    if len(adults) < 2:
        return
    for serial in range(int(len(adults) * share)):
        principal, representative = draw.sample(adults, 2)
        attested = date.fromordinal(PRESENT.toordinal() - draw.randrange(1, 5 * 365))
        fate = draw.random()
        revoked = datetime(attested.year, attested.month, attested.day, 5, tzinfo=UTC) if fate < 0.1 else None
        yield SyntheticPower(
            number=register_number(CAST_POWERS + serial),
            attested_on=attested,
            notary=draw.choice(NOTARIES),
            principals=(principal,),
            representatives=(representative,),
            scopes=tuple(draw.sample(SCOPES, draw.randrange(1, len(SCOPES) + 1))),
            valid_from=attested,
            valid_until=date.fromordinal(attested.toordinal() + 3 * 365),
            revoked_at=revoked,
            known_to_enis=fate < 0.9,
        )


class Powers:
    """All powers of attorney in memory, found by number or by the people in them."""

    def __init__(self, powers: Iterable[SyntheticPower]) -> None:
        self._powers = {power.number: power for power in powers}

    @property
    def all(self) -> tuple[SyntheticPower, ...]:
        """Every power of attorney, the cast's first."""
        return tuple(self._powers.values())

    def get(self, number: str) -> SyntheticPower | None:
        """Return the power of attorney of this number."""
        return self._powers.get(number)

    def between(self, principal: str, representative: str) -> tuple[SyntheticPower, ...]:
        """Return those that the one gave to the other."""
        return tuple(
            power
            for power in self._powers.values()
            if principal in power.principals and representative in power.representatives
        )

    def put(self, power: SyntheticPower) -> None:
        """Enter a power of attorney, in the place of an earlier one of its number."""
        self._powers[power.number] = power


CAST = {name: _power(serial, given) for serial, (name, given) in enumerate(_GIVEN.items(), start=1)}
