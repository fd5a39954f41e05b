"""The named cast: the people, organisations and systems that demonstrations and tests are played by.

Their numbers and names never depend on the seed or the size of the population. `template` names the profile (in
`certs/`) that a person's certificates follow, `chain` the НУЦ's chain: one GOST key for signing and entering, as
people have since 2024, or two RSA keys, as before. `key` is the state in which the certificates are handed out.

| id | who | what for |
|---|---|---|
| `applicant-karaganda` | unemployed, lives in Karaganda | the good path of `unemployed-certificate` |
| `applicant-almaty` | guardian of a ward, lives in Almaty | the good path of `guardianship-certificate`; RSA keys |
| `applicant-absent` | holds keys, but ГБД ФЛ has no data | condition 3 fails: data are absent |
| `applicant-dead` | died, the keys were never revoked | ГБД ФЛ answers with a date of death |
| `applicant-expired` | the certificate has expired | condition 2 fails: validity period |
| `applicant-revoked` | the certificate is revoked | condition 2 fails: revocation |
| `applicant-on-hold` | the certificate is suspended | condition 2 fails: revocation |
| `applicant-other` | anybody else | condition 2 fails: IIN mismatch |
| `director-partnership` | head of an organisation | an application under a BIN |
| `karaganda-clerk`, `-head`, `-executor` | officials of the Karaganda office | the desk |
| `almaty-clerk`, `-head`, `-executor` | officials of the Almaty office | the desk; the head has RSA keys |
| `official-gbdfl`, `official-gbdul` | officials of the registries' owners | signatures of answers; the second in RSA |
| `official-enis` | official of the notary chamber | signatures of answers |
| `representative` | holds powers of attorney (`powers.py`) | applications through a representative |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from gateway.identity.numbers import Bin, Iin, Sex
from simulators.population import places
from simulators.population.dictionaries import (
    ADMINISTRATION,
    COMPUTING,
    JOINT_STOCK,
    LEGAL_WORK,
    NOT_FOR_PROFIT,
    PARTNERSHIP,
    STATE_INSTITUTION,
    TRADE,
)
from simulators.population.model import Entry, Locality, PersonName
from simulators.population.numbering import synthetic_bin, synthetic_iin


class KeyState(StrEnum):
    """The state in which a person's certificates are handed out."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ON_HOLD = "on-hold"


class Post(StrEnum):
    """The post of an official or of a head of an organisation."""

    CLERK = "clerk"
    HEAD = "head"
    EXECUTOR = "executor"
    REGISTRY_OFFICIAL = "registry-official"


class KeyChain(StrEnum):
    """The chain of the simulated НУЦ from which a holder's certificates are."""

    GOST = "gost"
    RSA = "rsa"


class Template(StrEnum):
    """The certificate profile of the simulated НУЦ that a holder's certificates follow; `-sign` or `-auth` is added."""

    INDIVIDUAL = "individual"
    HEAD = "head"
    OFFICIAL_HEAD = "official_head"
    OFFICIAL = "official"
    EMPLOYEE = "employee"
    SYSTEM = "system"


@dataclass(frozen=True)
class CastOrganisation:
    """An organisation of the cast."""

    id: str
    name_kk: str
    name_ru: str
    registered_on: date
    serial: int
    locality: Locality
    legal_form: Entry
    activity: Entry

    @cached_property
    def bin(self) -> Bin:
        """The organisation's BIN."""
        return synthetic_bin(self.registered_on, self.serial)


@dataclass(frozen=True)
class CastPerson:
    """A person of the cast, named in Kazakh and in Russian; `organisation` is an id of `ORGANISATIONS`."""

    id: str
    full_name_kk: str
    full_name_ru: str
    born: date
    sex: Sex
    serial: int
    locality: Locality = places.KARAGANDA
    post: Post | None = None
    organisation: str | None = None
    template: Template = Template.INDIVIDUAL
    chain: KeyChain = KeyChain.GOST
    key: KeyState = KeyState.VALID
    died: date | None = None
    known_to_gbdfl: bool = True
    guardian_of: tuple[str, ...] = ()
    holds_keys: bool = True

    @cached_property
    def iin(self) -> Iin:
        """The person's IIN."""
        return synthetic_iin(self.born, self.sex, self.serial)

    @cached_property
    def name(self) -> PersonName:
        """The name in Kazakh spelling, as in the person's documents."""
        return PersonName(*self.full_name_kk.split())

    @cached_property
    def name_ru(self) -> PersonName:
        """The name in Russian spelling."""
        return PersonName(*self.full_name_ru.split())


@dataclass(frozen=True)
class CastSystem:
    """An information system: a participant of ЭҮШ (`sender_id`) or a gateway itself."""

    id: str
    sender_id: str
    name: str
    organisation: str
    template: Template = Template.SYSTEM
    chain: KeyChain = KeyChain.RSA


def _organisations() -> dict[str, CastOrganisation]:
    cast = (
        CastOrganisation(
            "karaganda-employment",
            "Қарағанды қаласының жұмыспен қамту және әлеуметтік бағдарламалар бөлімі",
            "Отдел занятости и социальных программ города Караганды",
            date(2005, 3, 14), 51, places.KARAGANDA, STATE_INSTITUTION, ADMINISTRATION,
        ),
        CastOrganisation(
            "almaty-education",
            '"Алматы қаласы Білім басқармасы" коммуналдық мемлекеттік мекемесі',
            "КГУ «Управление образования города Алматы»",
            date(2004, 5, 20), 21, places.ALMATY_ALMALY, STATE_INSTITUTION, ADMINISTRATION,
        ),
        CastOrganisation(
            "registration-committee",
            "Қазақстан Республикасы Әділет министрлігінің Тіркеу қызметі және құқықтық көмек көрсету комитеті",
            "Комитет регистрационной службы и оказания правовой помощи Министерства юстиции Республики Казахстан",
            date(2007, 1, 12), 3, places.ASTANA_YESIL, STATE_INSTITUTION, ADMINISTRATION,
        ),
        CastOrganisation(
            "justice-ministry",
            "Қазақстан Республикасының Әділет министрлігі",
            "Министерство юстиции Республики Казахстан",
            date(1998, 2, 9), 4, places.ASTANA_YESIL, STATE_INSTITUTION, ADMINISTRATION,
        ),
        CastOrganisation(
            "nit",
            "«Ұлттық ақпараттық технологиялар» акционерлік қоғамы",
            "Акционерное общество «Национальные информационные технологии»",
            date(2000, 4, 4), 5, places.ASTANA_YESIL, JOINT_STOCK, COMPUTING,
        ),
        CastOrganisation(
            "karaganda-akimat",
            "Қарағанды облысы әкімінің аппараты",
            "Аппарат акима Карагандинской области",
            date(1996, 7, 1), 6, places.KARAGANDA, STATE_INSTITUTION, ADMINISTRATION,
        ),
        CastOrganisation(
            "partnership",
            "«Сарыарқа» жауапкершілігі шектеулі серіктестігі",
            "Товарищество с ограниченной ответственностью «Сарыарка»",
            date(2014, 9, 3), 7, places.KARAGANDA, PARTNERSHIP, TRADE,
        ),
        CastOrganisation(
            "notary-chamber",
            "Республикалық нотариаттық палата",
            "Республиканская нотариальная палата",
            date(1998, 3, 16), 8, places.ASTANA_YESIL, NOT_FOR_PROFIT, LEGAL_WORK,
        ),
    )  # fmt: skip
    return {organisation.id: organisation for organisation in cast}


def _people() -> dict[str, CastPerson]:
    man, woman = Sex.MALE, Sex.FEMALE
    karaganda, almaty = "karaganda-employment", "almaty-education"
    bostandyk, almaly, yesil = places.ALMATY_BOSTANDYK, places.ALMATY_ALMALY, places.ASTANA_YESIL
    cast = (
        CastPerson("applicant-karaganda", "Сәрсенбаев Ержан Қайратұлы", "Сарсенбаев Ержан Кайратович",
                   date(1987, 4, 12), man, 1),
        CastPerson("applicant-almaty", "Өтегенова Гүлмира Әділетқызы", "Утегенова Гульмира Адилетовна",
                   date(1983, 11, 5), woman, 2, bostandyk, guardian_of=("ward-almaty",), chain=KeyChain.RSA),
        CastPerson("ward-almaty", "Өтегенов Әлихан Нұрланұлы", "Утегенов Алихан Нурланович",
                   date(2014, 6, 23), man, 3, bostandyk, holds_keys=False),
        CastPerson("applicant-absent", "Қаһарманов Дәурен Мұратұлы", "Кахарманов Даурен Муратович",
                   date(1991, 8, 30), man, 4, known_to_gbdfl=False),
        CastPerson("applicant-dead", "Ыбыраев Тұрсын Болатұлы", "Ибраев Турсын Болатович",
                   date(1958, 1, 17), man, 5, died=date(2025, 11, 20)),
        CastPerson("applicant-expired", "Жұмабаева Айгүл Серікқызы", "Жумабаева Айгуль Сериковна",
                   date(1990, 2, 8), woman, 6, key=KeyState.EXPIRED),
        CastPerson("applicant-revoked", "Қасымов Олжас Ерланұлы", "Касымов Олжас Ерланович",
                   date(1985, 7, 19), man, 7, key=KeyState.REVOKED),
        CastPerson("applicant-on-hold", "Нұрпейісова Мәдина Асқарқызы", "Нурпеисова Мадина Аскаровна",
                   date(1994, 10, 1), woman, 8, bostandyk, key=KeyState.ON_HOLD),
        CastPerson("applicant-other", "Кузнецова Елена Сергеевна", "Кузнецова Елена Сергеевна",
                   date(1979, 3, 27), woman, 9),
        CastPerson("director-partnership", "Мұқанов Санжар Бауыржанұлы", "Муканов Санжар Бауржанович",
                   date(1976, 12, 15), man, 10,
                   post=Post.HEAD, organisation="partnership", template=Template.HEAD),
        CastPerson("karaganda-clerk", "Есенова Жанар Талғатқызы", "Есенова Жанар Талгатовна",
                   date(1995, 5, 9), woman, 11,
                   post=Post.CLERK, organisation=karaganda, template=Template.EMPLOYEE),
        CastPerson("karaganda-head", "Досмағамбетов Мұрат Ғалымұлы", "Досмагамбетов Мурат Галымович",
                   date(1971, 9, 2), man, 12,
                   post=Post.HEAD, organisation=karaganda, template=Template.OFFICIAL_HEAD),
        CastPerson("karaganda-executor", "Смағұлова Ботагөз Үсенқызы", "Смагулова Ботагоз Усеновна",
                   date(1988, 1, 21), woman, 13,
                   post=Post.EXECUTOR, organisation=karaganda, template=Template.EMPLOYEE),
        CastPerson("almaty-clerk", "Ілиясова Әсел Сәкенқызы", "Ильясова Асель Сакеновна",
                   date(1996, 6, 14), woman, 14, almaly,
                   post=Post.CLERK, organisation=almaty, template=Template.EMPLOYEE),
        CastPerson("almaty-head", "Әбдірахманова Сәуле Жәнібекқызы", "Абдрахманова Сауле Жанибековна",
                   date(1969, 8, 11), woman, 15, almaly,
                   post=Post.HEAD, organisation=almaty, template=Template.OFFICIAL_HEAD, chain=KeyChain.RSA),
        CastPerson("almaty-executor", "Құрманов Айдос Өмірбекұлы", "Курманов Айдос Омирбекович",
                   date(1986, 4, 3), man, 16, almaly,
                   post=Post.EXECUTOR, organisation=almaty, template=Template.EMPLOYEE),
        CastPerson("official-gbdfl", "Тәжібаева Раушан Дарханқызы", "Тажибаева Раушан Дархановна",
                   date(1980, 2, 25), woman, 17, yesil,
                   post=Post.REGISTRY_OFFICIAL, organisation="registration-committee", template=Template.OFFICIAL),
        CastPerson("official-gbdul", "Байжанов Талғат Абайұлы", "Байжанов Талгат Абаевич",
                   date(1978, 10, 10), man, 18, yesil,
                   post=Post.REGISTRY_OFFICIAL, organisation="justice-ministry", template=Template.OFFICIAL,
                   chain=KeyChain.RSA),
        CastPerson("official-enis", "Қожахметова Әлия Ерболқызы", "Кожахметова Алия Ерболовна",
                   date(1984, 9, 13), woman, 19, yesil,
                   post=Post.REGISTRY_OFFICIAL, organisation="notary-chamber", template=Template.OFFICIAL),
        CastPerson("representative", "Бекмұхамбетов Ілияс Өмірұлы", "Бекмухамбетов Ильяс Омирович",
                   date(1989, 7, 4), man, 20),
    )  # fmt: skip
    return {person.id: person for person in cast}


def _systems() -> dict[str, CastSystem]:
    cast = (
        CastSystem("channels", "QYZMET_PORTAL", "ИС «Портал» СИМУЛЯЦИЯ", "nit"),
        CastSystem("desk", "QYZMET_DESK", "ИС «АРМ услугодателя» СИМУЛЯЦИЯ", "karaganda-akimat"),
        CastSystem("shep", "SHEP", "Шлюз «электронного правительства» СИМУЛЯЦИЯ", "nit"),
        CastSystem("rshep", "RSHEP_KARAGANDA", "Региональный шлюз «электронного правительства» СИМУЛЯЦИЯ",
                   "karaganda-akimat"),
        CastSystem("gbdfl", "GBDFL", "ИС «ГБД ФЛ» СИМУЛЯЦИЯ", "registration-committee"),
        CastSystem("gbdul", "GBDUL", "ИС «ГБД ЮЛ» СИМУЛЯЦИЯ", "justice-ministry"),
        CastSystem("enis", "ENIS", "Единая нотариальная информационная система СИМУЛЯЦИЯ", "notary-chamber"),
        CastSystem("kdp", "KDP", "Сервис контроля доступа к персональным данным СИМУЛЯЦИЯ", "nit"),
        CastSystem("tempstorage", "TEMPSTORAGE", "Хранилище электронных документов СИМУЛЯЦИЯ", "nit"),
        CastSystem("echo", "ECHO", "ИС «Эхо» СИМУЛЯЦИЯ", "nit"),
    )  # fmt: skip
    return {system.id: system for system in cast}


ORGANISATIONS = _organisations()
PEOPLE = _people()
SYSTEMS = _systems()
GBDFL_OWNER = ORGANISATIONS["registration-committee"]
GBDUL_OWNER = ORGANISATIONS["justice-ministry"]
ENIS_OWNER = ORGANISATIONS["notary-chamber"]
GUARDIANSHIP_DECISION = "№ 214"
"""The decision by which the guardian of the cast was appointed."""
