"""How names are formed: patronymics, feminine surnames, Latin letters."""

from __future__ import annotations

from gateway.identity.numbers import Sex

_SIBILANTS = "жшщчц"
_VOWELS = "аәеёиіоөуұүыэюя"
_LATIN = str.maketrans(
    {
        "А": "A", "Ә": "A", "Б": "B", "В": "V", "Г": "G", "Ғ": "G", "Д": "D", "Е": "E", "Ё": "YO", "Ж": "ZH",
        "З": "Z", "И": "I", "Й": "I", "К": "K", "Қ": "K", "Л": "L", "М": "M", "Н": "N", "Ң": "N", "О": "O",
        "Ө": "O", "П": "P", "Р": "R", "С": "S", "Т": "T", "У": "U", "Ұ": "U", "Ү": "U", "Ф": "F", "Х": "KH",
        "Һ": "H", "Ц": "TS", "Ч": "CH", "Ш": "SH", "Щ": "SHCH", "Ъ": "", "Ы": "Y", "І": "I", "Ь": "", "Э": "E",
        "Ю": "YU", "Я": "YA",
    }
)  # fmt: skip


def latin(name: str) -> str:
    """Return the name in the Latin capitals of passports."""
    return name.upper().translate(_LATIN)


def feminine(surname: str) -> str:
    """Return the feminine form of a surname: those in -ов, -ев, -ин take an -а, others stay."""
    return surname + "а" if surname.endswith(("ов", "ев", "ёв", "ин", "ын")) else surname


def patronymic_kk(father: str, sex: Sex) -> str:
    """Return the Kazakh patronymic."""
    return father + ("ұлы" if sex is Sex.MALE else "қызы")


def patronymic_ru(father: str, sex: Sex) -> str:
    """Return the Russian patronymic; the father's name must not end in a vowel."""
    last = father[-1]
    if last in _VOWELS:
        raise ValueError(f"no rule for the patronymic of {father}")
    if last in "йь":
        stem, soft = father[:-1], True
    else:
        stem, soft = father, last in _SIBILANTS
    male, female = ("евич", "евна") if soft else ("ович", "овна")
    return stem + (male if sex is Sex.MALE else female)
