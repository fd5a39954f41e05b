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
| `applicant-temirtau` | lives in Temirtau | the portal proposes the Temirtau office |
| `applicant-kokpekti` | lives in Kokpekti, far from the district's office | an application at the akim's |
| `applicant-talgar` | lives in Talgar, Almaty Region | `birth-registration` |
| `applicant-other` | anybody else | condition 2 fails: IIN mismatch |
| `director-partnership` | head of an organisation | an application under a BIN |
| `official-gbdfl`, `official-gbdul` | officials of the registries' owners | signatures of answers; the second in RSA |
| `official-enis` | official of the notary chamber | signatures of answers |
| `representative` | holds powers of attorney (`powers.py`) | applications through a representative |

The offices and their staff stand in `staff.py`, the State Corporation and its operators in `departments.py`.
"""

from __future__ import annotations

from datetime import date

from gateway.identity.numbers import Sex
from simulators.population import departments, places, staff
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
from simulators.population.members import (
    CastOrganisation,
    CastPerson,
    CastSystem,
    KeyChain,
    KeyState,
    Post,
    Template,
)

__all__ = [
    "ENIS_OWNER",
    "GBDFL_OWNER",
    "GBDUL_OWNER",
    "GUARDIANSHIP_DECISION",
    "ORGANISATIONS",
    "PEOPLE",
    "SYSTEMS",
    "CastOrganisation",
    "CastPerson",
    "CastSystem",
    "KeyChain",
    "KeyState",
    "Post",
    "Template",
]


def _organisations() -> dict[str, CastOrganisation]:
    cast = (
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
    return {one.id: one for one in (*staff.organisations(), *cast, departments.corporation())}


def _people() -> dict[str, CastPerson]:
    man, woman = Sex.MALE, Sex.FEMALE
    bostandyk, yesil = places.ALMATY_BOSTANDYK, places.ASTANA_YESIL
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
        CastPerson("applicant-temirtau", "Әубәкірова Дана Серікқызы", "Аубакирова Дана Сериковна",
                   date(1992, 9, 16), woman, 56, places.TEMIRTAU),
        CastPerson("applicant-kokpekti", "Шәкенов Марат Әміржанұлы", "Шакенов Марат Амиржанович",
                   date(1975, 7, 25), man, 57, places.KOKPEKTI),
        CastPerson("applicant-talgar", "Нұрлыбаева Меруерт Айдарқызы", "Нурлыбаева Меруерт Айдаровна",
                   date(1993, 5, 31), woman, 58, places.TALGAR),
    )  # fmt: skip
    return {person.id: person for person in (*cast, *staff.people(), *departments.people())}


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
