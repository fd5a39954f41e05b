"""The State Corporation of the cast: one legal entity, and who works at the windows of its departments.

Each department of the catalogue has two operators and a supervisor; the id is the department's short name and the
post, such as `karaganda-operator`, `karaganda-operator-2` and `karaganda-supervisor`. Everybody signs with a key of an
employee under the Corporation's one BIN.
"""

from __future__ import annotations

from datetime import date

from gateway.identity.numbers import Sex
from simulators.population import places
from simulators.population.dictionaries import ADMINISTRATION, JOINT_STOCK
from simulators.population.members import CastOrganisation, CastPerson, Post, Template
from simulators.population.model import Locality

CORPORATION = "corporation"
"""The Corporation's id among the organisations of the cast."""

_MAN, _WOMAN = Sex.MALE, Sex.FEMALE
_Row = tuple[str, Post, str, str, tuple[int, int, int], Sex]

_DEPARTMENTS: dict[str, tuple[Locality, tuple[_Row, _Row, _Row]]] = {
    "karaganda-corporation": (places.KARAGANDA, (
        ("karaganda-operator", Post.OPERATOR, "Әлімбекова Гүлжан Сәрсенқызы", "Алимбекова Гульжан Сарсеновна",
         (1996, 2, 19), _WOMAN),
        ("karaganda-operator-2", Post.OPERATOR, "Төреханов Нұрсұлтан Ғалымжанұлы", "Тореханов Нурсултан Галымжанович",
         (1998, 10, 7), _MAN),
        ("karaganda-supervisor", Post.SUPERVISOR, "Құлмағамбетова Шынар Әбдіқызы", "Кулмагамбетова Шинар Абдиевна",
         (1984, 6, 3), _WOMAN),
    )),
    "temirtau-corporation": (places.TEMIRTAU, (
        ("temirtau-operator", Post.OPERATOR, "Өмірзақова Айжан Бақытқызы", "Омирзакова Айжан Бахытовна",
         (1995, 8, 24), _WOMAN),
        ("temirtau-operator-2", Post.OPERATOR, "Гриценко Марина Олеговна", "Гриценко Марина Олеговна",
         (1992, 4, 11), _WOMAN),
        ("temirtau-supervisor", Post.SUPERVISOR, "Ысқақов Марлен Дәулетұлы", "Искаков Марлен Даулетович",
         (1981, 12, 5), _MAN),
    )),
    "bukhar-zhyrau-corporation": (places.BOTAKARA, (
        ("bukhar-zhyrau-operator", Post.OPERATOR, "Сәдуақасова Індира Ғабиденқызы", "Садуакасова Индира Габиденовна",
         (1997, 1, 13), _WOMAN),
        ("bukhar-zhyrau-operator-2", Post.OPERATOR, "Жүсіпов Әділ Кеңесұлы", "Жусупов Адиль Кенесович",
         (1999, 9, 9), _MAN),
        ("bukhar-zhyrau-supervisor", Post.SUPERVISOR, "Мырзабекова Күләш Оспанқызы", "Мырзабекова Куляш Оспановна",
         (1979, 3, 22), _WOMAN),
    )),
    "almaty-corporation": (places.ALMATY_ALMALY, (
        ("almaty-operator", Post.OPERATOR, "Тұрсынбекова Аяулым Ерланқызы", "Турсынбекова Аяулым Ерлановна",
         (1998, 5, 30), _WOMAN),
        ("almaty-operator-2", Post.OPERATOR, "Қонысбаев Шыңғыс Маратұлы", "Конысбаев Чингиз Маратович",
         (1994, 11, 2), _MAN),
        ("almaty-supervisor", Post.SUPERVISOR, "Өскенбаева Сәния Қабдешқызы", "Ускенбаева Сания Кабдешовна",
         (1982, 7, 16), _WOMAN),
    )),
    "talgar-corporation": (places.TALGAR, (
        ("talgar-operator", Post.OPERATOR, "Бәйтерекова Жансая Нұрланқызы", "Байтерекова Жансая Нурлановна",
         (1997, 6, 26), _WOMAN),
        ("talgar-operator-2", Post.OPERATOR, "Ахмедияров Ғани Тұрғанұлы", "Ахмедияров Гани Турганович",
         (1993, 3, 8), _MAN),
        ("talgar-supervisor", Post.SUPERVISOR, "Ғаббасова Нәзира Мұсаханқызы", "Габбасова Назира Мусахановна",
         (1980, 10, 14), _WOMAN),
    )),
}  # fmt: skip
_FIRST_SERIAL = 59


def corporation() -> CastOrganisation:
    """Return the Corporation, whose BIN all its departments in the catalogue have."""
    return CastOrganisation(
        CORPORATION,
        "«Азаматтарға арналған үкімет» мемлекеттік корпорациясы» коммерциялық емес акционерлік қоғамы",
        "Некоммерческое акционерное общество «Государственная корпорация «Правительство для граждан»",
        date(2016, 4, 7),
        72,
        places.ASTANA_YESIL,
        JOINT_STOCK,
        ADMINISTRATION,
    )


def people() -> tuple[CastPerson, ...]:
    """Return the operators and supervisors, department by department."""
    rows = [(department, locality, row) for department, (locality, three) in _DEPARTMENTS.items() for row in three]
    return tuple(
        CastPerson(
            identifier,
            name_kk,
            name_ru,
            date(*born),
            sex,
            serial,
            locality,
            post=post,
            organisation=CORPORATION,
            department=department,
            template=Template.EMPLOYEE,
        )
        for serial, (department, locality, (identifier, post, name_kk, name_ru, born, sex)) in enumerate(
            rows, _FIRST_SERIAL
        )
    )
