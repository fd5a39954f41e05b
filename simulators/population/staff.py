"""The offices of the catalogue and their staff, as organisations and people of the cast.

Names and BINs of the organisations are the catalogue's. Each member of the staff holds one post at one office; the id
is the office's short name and the post, such as `temirtau-executor`.

| office | staff |
|---|---|
| employment departments of Karaganda, Temirtau and Bukhar-Zhyrau | `karaganda-clerk`, `-head`, `-executor`, … |
| employment department of the region | `karaganda-region-head`, `-executor`: the act has no clerk there |
| education department of Almaty | `almaty-clerk`, `-head`, `-executor`; the head has RSA keys |
| labour inspection and migration of Almaty | `almaty-labour-clerk`, `-head`, `-executor` |
| registry and agriculture bodies of Talgar | `talgar-registry-clerk`, … `talgar-agriculture-clerk`, … |
| rural akims | `kokpekti-clerk`, `-head`, `-executor`, `botakara-clerk`, …; the head is the akim |
| precinct commissions | `karaganda-precinct`, `temirtau-precinct`, `bukhar-zhyrau-precinct` |
| labour commission of the region | `karaganda-labour` |
| akims of Almaty's districts | `almaty-medeu-akim`, … |
"""

from __future__ import annotations

from datetime import date

from gateway.catalogue import Body
from gateway.catalogue.load import read_offices
from gateway.identity.numbers import Sex
from simulators.population import places
from simulators.population.dictionaries import ADMINISTRATION, STATE_INSTITUTION
from simulators.population.members import CastOrganisation, CastPerson, KeyChain, Post, Template
from simulators.population.model import Locality

_REGISTERED: dict[str, tuple[date, int, Locality]] = {
    "karaganda-employment": (date(2005, 3, 14), 51, places.KARAGANDA),
    "temirtau-employment": (date(2005, 4, 11), 52, places.TEMIRTAU),
    "bukhar-zhyrau-employment": (date(2005, 5, 16), 53, places.BOTAKARA),
    "karaganda-region-employment": (date(2004, 11, 8), 54, places.KARAGANDA),
    "almaty-education": (date(2004, 5, 20), 21, places.ALMATY_ALMALY),
    "almaty-labour-migration": (date(2014, 3, 17), 55, places.ALMATY_ALMALY),
    "talgar-registry": (date(2015, 11, 2), 56, places.TALGAR),
    "talgar-agriculture": (date(2005, 2, 7), 57, places.TALGAR),
    "kokpekti-akim": (date(2004, 1, 12), 58, places.KOKPEKTI),
    "botakara-akim": (date(2004, 2, 9), 59, places.BOTAKARA),
    "karaganda-precinct-commission": (date(2014, 6, 2), 60, places.KARAGANDA),
    "temirtau-precinct-commission": (date(2014, 7, 7), 61, places.TEMIRTAU),
    "bukhar-zhyrau-precinct-commission": (date(2014, 8, 4), 62, places.BOTAKARA),
    "karaganda-labour-commission": (date(2014, 9, 1), 63, places.KARAGANDA),
    "almaty-alatau-akim": (date(2004, 3, 1), 64, places.ALMATY_ALMALY),
    "almaty-almaly-akim": (date(2004, 4, 5), 65, places.ALMATY_ALMALY),
    "almaty-auezov-akim": (date(2004, 5, 3), 66, places.ALMATY_ALMALY),
    "almaty-bostandyk-akim": (date(2004, 6, 7), 67, places.ALMATY_BOSTANDYK),
    "almaty-zhetysu-akim": (date(2004, 7, 5), 68, places.ALMATY_ALMALY),
    "almaty-medeu-akim": (date(2004, 8, 2), 69, places.ALMATY_ALMALY),
    "almaty-nauryzbay-akim": (date(2004, 9, 6), 70, places.ALMATY_BOSTANDYK),
    "almaty-turksib-akim": (date(2004, 10, 4), 71, places.ALMATY_ALMALY),
}
"""When each office was registered, by which serial number, and where it sits."""

_MAN, _WOMAN = Sex.MALE, Sex.FEMALE
_Row = tuple[str, str, str, tuple[int, int, int], Sex, int]

_STAFF: dict[tuple[str, Post], _Row] = {
    ("karaganda-employment", Post.CLERK): (
        "karaganda-clerk", "Есенова Жанар Талғатқызы", "Есенова Жанар Талгатовна", (1995, 5, 9), _WOMAN, 11),
    ("karaganda-employment", Post.HEAD): (
        "karaganda-head", "Досмағамбетов Мұрат Ғалымұлы", "Досмагамбетов Мурат Галымович", (1971, 9, 2), _MAN, 12),
    ("karaganda-employment", Post.EXECUTOR): (
        "karaganda-executor", "Смағұлова Ботагөз Үсенқызы", "Смагулова Ботагоз Усеновна", (1988, 1, 21), _WOMAN, 13),
    ("almaty-education", Post.CLERK): (
        "almaty-clerk", "Ілиясова Әсел Сәкенқызы", "Ильясова Асель Сакеновна", (1996, 6, 14), _WOMAN, 14),
    ("almaty-education", Post.HEAD): (
        "almaty-head", "Әбдірахманова Сәуле Жәнібекқызы", "Абдрахманова Сауле Жанибековна", (1969, 8, 11), _WOMAN, 15),
    ("almaty-education", Post.EXECUTOR): (
        "almaty-executor", "Құрманов Айдос Өмірбекұлы", "Курманов Айдос Омирбекович", (1986, 4, 3), _MAN, 16),
    ("temirtau-employment", Post.CLERK): (
        "temirtau-clerk", "Қалиева Динара Маратқызы", "Калиева Динара Маратовна", (1997, 3, 18), _WOMAN, 21),
    ("temirtau-employment", Post.HEAD): (
        "temirtau-head", "Омаров Бауыржан Сейітұлы", "Омаров Бауржан Сеитович", (1973, 11, 6), _MAN, 22),
    ("temirtau-employment", Post.EXECUTOR): (
        "temirtau-executor", "Төлегенова Гүлнар Асқарқызы", "Тулегенова Гульнар Аскаровна", (1985, 2, 12), _WOMAN, 23),
    ("bukhar-zhyrau-employment", Post.CLERK): (
        "bukhar-zhyrau-clerk", "Рахымова Айнұр Бекболатқызы", "Рахимова Айнур Бекболатовна",
        (1993, 7, 30), _WOMAN, 24),
    ("bukhar-zhyrau-employment", Post.HEAD): (
        "bukhar-zhyrau-head", "Жүнісов Серік Қанатұлы", "Жунусов Серик Канатович", (1968, 5, 14), _MAN, 25),
    ("bukhar-zhyrau-employment", Post.EXECUTOR): (
        "bukhar-zhyrau-executor", "Мұсаева Назгүл Ерікқызы", "Мусаева Назгуль Ериковна", (1990, 10, 23), _WOMAN, 26),
    ("karaganda-region-employment", Post.HEAD): (
        "karaganda-region-head", "Тілеубердиев Қайрат Нұрланұлы", "Тлеубердиев Кайрат Нурланович",
        (1967, 1, 29), _MAN, 27),
    ("karaganda-region-employment", Post.EXECUTOR): (
        "karaganda-region-executor", "Шаймерденова Ләззат Ғабитқызы", "Шаймерденова Ляззат Габитовна",
        (1984, 8, 8), _WOMAN, 28),
    ("almaty-labour-migration", Post.CLERK): (
        "almaty-labour-clerk", "Сұлтанова Мөлдір Ерболқызы", "Султанова Молдир Ерболовна", (1998, 4, 25), _WOMAN, 29),
    ("almaty-labour-migration", Post.HEAD): (
        "almaty-labour-head", "Бейсенбаев Арман Төлегенұлы", "Бейсенбаев Арман Тулегенович", (1975, 6, 17), _MAN, 30),
    ("almaty-labour-migration", Post.EXECUTOR): (
        "almaty-labour-executor", "Нұрғалиева Жібек Сәбитқызы", "Нургалиева Жибек Сабитовна",
        (1987, 12, 1), _WOMAN, 31),
    ("talgar-registry", Post.CLERK): (
        "talgar-registry-clerk", "Әлімжанова Раушан Қасымқызы", "Алимжанова Раушан Касымовна",
        (1994, 9, 19), _WOMAN, 32),
    ("talgar-registry", Post.HEAD): (
        "talgar-registry-head", "Оразалиева Шолпан Дүйсенқызы", "Оразалиева Шолпан Дуйсеновна",
        (1970, 3, 3), _WOMAN, 33),
    ("talgar-registry", Post.EXECUTOR): (
        "talgar-registry-executor", "Көшербаев Данияр Әлібекұлы", "Кушербаев Данияр Алибекович",
        (1989, 5, 27), _MAN, 34),
    ("talgar-agriculture", Post.CLERK): (
        "talgar-agriculture-clerk", "Исаева Әйгерім Болатқызы", "Исаева Айгерим Болатовна", (1996, 1, 16), _WOMAN, 35),
    ("talgar-agriculture", Post.HEAD): (
        "talgar-agriculture-head", "Қожабеков Ермек Жұмабайұлы", "Кожабеков Ермек Жумабаевич",
        (1966, 10, 9), _MAN, 36),
    ("talgar-agriculture", Post.EXECUTOR): (
        "talgar-agriculture-executor", "Садықов Нұржан Мұхтарұлы", "Садыков Нуржан Мухтарович",
        (1983, 2, 20), _MAN, 37),
    ("kokpekti-akim", Post.CLERK): (
        "kokpekti-clerk", "Ахметова Самал Тұрарқызы", "Ахметова Самал Тураровна", (1995, 11, 11), _WOMAN, 38),
    ("kokpekti-akim", Post.HEAD): (
        "kokpekti-head", "Есімов Қуаныш Әбілұлы", "Есимов Куаныш Абилевич", (1972, 7, 22), _MAN, 39),
    ("kokpekti-akim", Post.EXECUTOR): (
        "kokpekti-executor", "Жақсыбекова Ұлжан Сәрсенқызы", "Жаксыбекова Улжан Сарсеновна",
        (1986, 9, 5), _WOMAN, 40),
    ("botakara-akim", Post.CLERK): (
        "botakara-clerk", "Молдабекова Аружан Нұржанқызы", "Молдабекова Аружан Нуржановна",
        (1999, 2, 2), _WOMAN, 41),
    ("botakara-akim", Post.HEAD): (
        "botakara-head", "Кәрімов Талғат Зейнуллаұлы", "Каримов Талгат Зейнуллаевич", (1974, 12, 13), _MAN, 42),
    ("botakara-akim", Post.EXECUTOR): (
        "botakara-executor", "Сейітқалиева Бақыт Оразқызы", "Сейткалиева Бакыт Оразовна", (1982, 6, 28), _WOMAN, 43),
    ("karaganda-precinct-commission", Post.COMMISSION): (
        "karaganda-precinct", "Баймұханова Гүлсім Ахметқызы", "Баймуханова Гульсим Ахметовна",
        (1977, 4, 7), _WOMAN, 44),
    ("temirtau-precinct-commission", Post.COMMISSION): (
        "temirtau-precinct", "Ковалева Наталья Викторовна", "Ковалева Наталья Викторовна", (1981, 8, 15), _WOMAN, 45),
    ("bukhar-zhyrau-precinct-commission", Post.COMMISSION): (
        "bukhar-zhyrau-precinct", "Тоқтаров Айбек Қалиұлы", "Токтаров Айбек Калиевич", (1979, 1, 24), _MAN, 46),
    ("karaganda-labour-commission", Post.COMMISSION): (
        "karaganda-labour", "Әшірбеков Нұрлыбек Сағатұлы", "Аширбеков Нурлыбек Сагатович", (1976, 3, 10), _MAN, 47),
    ("almaty-alatau-akim", Post.HEAD): (
        "almaty-alatau-akim", "Дәулетов Асхат Мәлікұлы", "Даулетов Асхат Маликович", (1970, 5, 6), _MAN, 48),
    ("almaty-almaly-akim", Post.HEAD): (
        "almaty-almaly-akim", "Сатыбалдиев Ерлан Өтегенұлы", "Сатыбалдиев Ерлан Утегенович", (1971, 2, 27), _MAN, 49),
    ("almaty-auezov-akim", Post.HEAD): (
        "almaty-auezov-akim", "Қайырбекова Зәуре Темірқызы", "Каирбекова Зауре Темировна", (1973, 8, 21), _WOMAN, 50),
    ("almaty-bostandyk-akim", Post.HEAD): (
        "almaty-bostandyk-akim", "Мәмбетов Жандос Рүстемұлы", "Мамбетов Жандос Рустемович", (1974, 9, 12), _MAN, 51),
    ("almaty-zhetysu-akim", Post.HEAD): (
        "almaty-zhetysu-akim", "Бекенов Рақымжан Қайратұлы", "Бекенов Рахимжан Кайратович", (1969, 11, 18), _MAN, 52),
    ("almaty-medeu-akim", Post.HEAD): (
        "almaty-medeu-akim", "Тұрғанбаева Әлима Ғалиқызы", "Турганбаева Алима Галиевна", (1972, 10, 30), _WOMAN, 53),
    ("almaty-nauryzbay-akim", Post.HEAD): (
        "almaty-nauryzbay-akim", "Орынбаев Мейрам Ілиясұлы", "Орынбаев Мейрам Ильясович", (1978, 6, 4), _MAN, 54),
    ("almaty-turksib-akim", Post.HEAD): (
        "almaty-turksib-akim", "Жанәділов Рүстем Хамитұлы", "Жанадилов Рустем Хамитович", (1968, 12, 26), _MAN, 55),
}  # fmt: skip
_WITH_RSA_KEYS = ("almaty-head",)


def organisations() -> tuple[CastOrganisation, ...]:
    """Return the offices of the catalogue as organisations, in the catalogue's order; raises `CatalogueFileError`.

    The departments of the State Corporation are one organisation, which is not among these.
    """
    made = []
    for office in read_offices():
        if office.body is Body.CORPORATION:
            continue
        registered_on, serial, locality = _REGISTERED[office.id]
        made.append(
            CastOrganisation(
                office.id,
                office.name.kk,
                office.name.ru,
                registered_on,
                serial,
                locality,
                STATE_INSTITUTION,
                ADMINISTRATION,
            )
        )
    return tuple(made)


def people() -> tuple[CastPerson, ...]:
    """Return the staff of all offices."""
    return tuple(
        CastPerson(
            identifier,
            name_kk,
            name_ru,
            date(*born),
            sex,
            serial,
            _REGISTERED[office][2],
            post=post,
            organisation=office,
            template=Template.OFFICIAL_HEAD if post is Post.HEAD else Template.EMPLOYEE,
            chain=KeyChain.RSA if identifier in _WITH_RSA_KEYS else KeyChain.GOST,
        )
        for (office, post), (identifier, name_kk, name_ru, born, sex, serial) in _STAFF.items()
    )
