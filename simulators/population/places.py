"""Where synthetic people live: real localities and streets, house numbers and register codes made up.

Of the dictionary codes of ГБД ФЛ only 1926 and 1926401 (Oral) were seen in a real answer; the others have the same
shape and are inventions, as are the codes of the address register.
"""

from __future__ import annotations

from simulators.population.model import Entry, Locality

_KARAGANDA = Entry("1930", "КАРАГАНДИНСКАЯ", "ҚАРАҒАНДЫ")
_ALMATY = Entry("1975", "АЛМАТЫ", "АЛМАТЫ")
_ASTANA = Entry("1971", "АСТАНА", "АСТАНА")
_ALMATY_REGION = Entry("1907", "АЛМАТИНСКАЯ", "АЛМАТЫ ОБЛЫСЫ")
_WEST = Entry("1926", "З-КАЗАХСТАНСКАЯ", "БАТ-ҚАЗАҚСТАН")

KARAGANDA = Locality(
    _KARAGANDA, Entry("1930401", "КАРАГАНДА", "ҚАРАҒАНДЫ"), "Қарағанды", "Караганда", "351010000", "100000"
)
TEMIRTAU = Locality(_KARAGANDA, Entry("1930403", "ТЕМИРТАУ", "ТЕМІРТАУ"), "Теміртау", "Темиртау", "352310000", "101400")
BALKHASH = Locality(_KARAGANDA, Entry("1930405", "БАЛХАШ", "БАЛҚАШ"), "Балқаш", "Балхаш", "351610000", "100300")
BOTAKARA = Locality(
    _KARAGANDA,
    Entry("1930210", "БУХАР-ЖЫРАУСКИЙ РАЙОН", "БҰҚАР ЖЫРАУ АУДАНЫ"),
    "Ботақара",
    "Ботакара",
    "354030100",
    "100400",
)
KOKPEKTI = Locality(
    _KARAGANDA,
    Entry("1930210", "БУХАР-ЖЫРАУСКИЙ РАЙОН", "БҰҚАР ЖЫРАУ АУДАНЫ"),
    "Көкпекті",
    "Кокпекты",
    "354053100",
    "100408",
)
TALGAR = Locality(
    _ALMATY_REGION, Entry("1907224", "ТАЛГАРСКИЙ РАЙОН", "ТАЛҒАР АУДАНЫ"), "Талғар", "Талгар", "196220100", "041600"
)
ALMATY_BOSTANDYK = Locality(
    _ALMATY, Entry("1975403", "БОСТАНДЫКСКИЙ РАЙОН", "БОСТАНДЫҚ АУДАНЫ"), "Алматы", "Алматы", "751410000", "050000"
)
ALMATY_ALMALY = Locality(
    _ALMATY, Entry("1975401", "АЛМАЛИНСКИЙ РАЙОН", "АЛМАЛЫ АУДАНЫ"), "Алматы", "Алматы", "751110000", "050000"
)
ASTANA_YESIL = Locality(
    _ASTANA, Entry("1971403", "РАЙОН ЕСИЛЬ", "ЕСІЛ АУДАНЫ"), "Астана", "Астана", "711510000", "010000"
)
ORAL = Locality(_WEST, Entry("1926401", "УРАЛЬСК", "ОРАЛ"), "Орал", "Уральск", "271010000", "090000")

LOCALITIES: tuple[tuple[Locality, int], ...] = (
    (KARAGANDA, 30),
    (TEMIRTAU, 12),
    (BALKHASH, 6),
    (BOTAKARA, 4),
    (ALMATY_BOSTANDYK, 18),
    (ALMATY_ALMALY, 16),
    (ASTANA_YESIL, 9),
    (ORAL, 5),
)
"""Localities with their weight in the population."""

STREETS: tuple[tuple[str, str], ...] = (
    ("Абай көшесі", "улица Абая"),
    ("Бұқар жырау даңғылы", "проспект Бухар жырау"),
    ("Ерубаев көшесі", "улица Ерубаева"),
    ("Нұркен Әбдіров даңғылы", "проспект Нуркена Абдирова"),
    ("Әлихан Бөкейханов көшесі", "улица Алихана Букейханова"),
    ("Төле би көшесі", "улица Толе би"),
    ("Жібек жолы көшесі", "улица Жибек жолы"),
    ("Қаныш Сәтбаев көшесі", "улица Каныша Сатпаева"),
    ("Мәншүк Мәметова көшесі", "улица Маншук Маметовой"),
    ("Бейбітшілік бульвары", "бульвар Мира"),
    ("Мұқағали Мақатаев көшесі", "улица Мукагали Макатаева"),
    ("Ыбырай Алтынсарин көшесі", "улица Ыбрая Алтынсарина"),
)
"""Street names in Kazakh and in Russian."""
