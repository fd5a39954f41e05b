"""Identity numbers of Kazakhstan: the IIN (ЖСН, ИИН) of a person and the BIN (БСН, БИН) of an organisation.

Formed by the rules that Government Decree No 406 of 22 May 2007 approved.

Both have 12 digits of which the last is a check digit. An IIN begins with the birth date (YYMMDD) and a digit for
century and sex; a BIN begins with the registration's year and month (YYMM) and a digit for the kind of entity, which
is above 3, so that one number can never be read as the other.

Synthetic numbers, the only ones that this project makes, stand in ranges that nobody living holds: an IIN whose
century digit is 1 or 2 (births in 1800-1899), and a BIN registered in a year 70-79.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Self

from gateway.texts import Text

LENGTH = 12
_LONGEST_INPUT = 64
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
_FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}


class Sex(StrEnum):
    """Sex by the parity of an IIN's seventh digit; the values are the codes of ГБД ФЛ."""

    MALE = "1"
    FEMALE = "2"


class EntityKind(StrEnum):
    """Kind of entity, the fifth digit of a BIN."""

    RESIDENT = "4"
    NON_RESIDENT = "5"
    JOINT_ENTREPRENEUR = "6"


class NumberErrorCode(StrEnum):
    """What is wrong with a number."""

    LENGTH = "number-length"
    DIGITS = "number-digits"
    DATE = "number-date"
    KIND = "number-kind"
    CHECK_DIGIT = "number-check-digit"


_TEXTS = {
    NumberErrorCode.LENGTH: Text(
        "{name} 12 цифрдан тұруға тиіс.", "{name} должен состоять из 12 цифр.", "{name} has 12 digits."
    ),
    NumberErrorCode.DIGITS: Text(
        "{name} тек цифрлардан тұруға тиіс.", "{name} должен содержать только цифры.", "{name} has digits only."
    ),
    NumberErrorCode.DATE: Text(
        "{name} басындағы күн дұрыс емес: бірінші цифрларды тексеріңіз.",
        "{name} начинается с неверной даты: проверьте первые цифры.",
        "{name} begins with a date, and this one does not exist: check the first digits.",
    ),
    NumberErrorCode.KIND: Text(
        "Бұл {name} емес: бесінші цифр 4, 5 немесе 6 болуға тиіс.",
        "Это не {name}: пятая цифра должна быть 4, 5 или 6.",
        "This is not {plain}: its fifth digit is 4, 5 or 6.",
    ),
    NumberErrorCode.CHECK_DIGIT: Text(
        "{name} қате терілген: бақылау цифры сәйкес келмейді.",
        "{name} введён с ошибкой: контрольная цифра не сходится.",
        "{name} was mistyped: its check digit does not agree.",
    ),
}


class NumberError(ValueError):
    """A text is not an identity number; `code` is stable, `text` is for the person who typed it."""

    def __init__(self, code: NumberErrorCode, text: Text) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text


def check_digit(first_eleven: str) -> str | None:
    """Return the twelfth digit, or None when both rounds of weights give 10 and no such number is ever issued.

    The first round weighs the eleventh digit by 11, which is nothing modulo 11: a slip there goes unnoticed.
    """
    digits = [int(digit) for digit in first_eleven]
    for weights in (_FIRST_WEIGHTS, _SECOND_WEIGHTS):
        rest = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        if rest < 10:
            return str(rest)
    return None


class _Number(str):
    """Twelve digits with a check digit."""

    __slots__ = ()
    _name: Text

    def __new__(cls, text: str) -> Self:
        """Check `text`, which must be exactly twelve digits; raises `NumberError`."""
        if len(text) != LENGTH:
            raise cls._error(NumberErrorCode.LENGTH)
        if not (text.isascii() and text.isdigit()):
            raise cls._error(NumberErrorCode.DIGITS)
        cls._check_beginning(text)
        if check_digit(text[:-1]) != text[-1]:
            raise cls._error(NumberErrorCode.CHECK_DIGIT)
        return super().__new__(cls, text)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person typed, spaces and hyphens left out; raises `NumberError`."""
        return cls(_without_separators(text))

    @classmethod
    def _check_beginning(cls, text: str) -> None:
        raise TypeError(f"{cls.__name__} says nothing about its beginning: {len(text)} digits")

    @classmethod
    def _error(cls, code: NumberErrorCode) -> NumberError:
        plain = cls._name
        article, rest = plain.en.split(" ", 1)
        beginning = replace(plain, en=f"{article.capitalize()} {rest}")
        return NumberError(code, _TEXTS[code].format(name=beginning, plain=plain))

    @property
    def masked(self) -> str:
        """The number for logs: the last four digits behind asterisks."""
        return "*" * 8 + self[-4:]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.masked})"


class Iin(_Number):
    """Individual identification number of a person."""

    __slots__ = ()
    _name = Text("ЖСН", "ИИН", "an IIN")

    @classmethod
    def _check_beginning(cls, text: str) -> None:
        if _birth_date(text) is None:
            raise cls._error(NumberErrorCode.DATE)

    @property
    def birth_date(self) -> date:
        """The birth date that the number says; of a synthetic number only the century is untrue."""
        born = _birth_date(self)
        if born is None:
            raise self._error(NumberErrorCode.DATE)
        return born

    @property
    def century(self) -> int:
        """The first year of the century that the number says: 1800, 1900 or 2000."""
        return _CENTURIES[self[6]]

    @property
    def sex(self) -> Sex:
        """The sex that the number says: an odd seventh digit is male."""
        return Sex.MALE if int(self[6]) % 2 else Sex.FEMALE

    @property
    def synthetic(self) -> bool:
        """Whether the number stands in the range that nobody living can hold."""
        return self.century == 1800


class Bin(_Number):
    """Business identification number of an organisation."""

    __slots__ = ()
    _name = Text("БСН", "БИН", "a BIN")

    @classmethod
    def _check_beginning(cls, text: str) -> None:
        if text[4] not in set(EntityKind):
            raise cls._error(NumberErrorCode.KIND)
        if not 1 <= int(text[2:4]) <= 12:
            raise cls._error(NumberErrorCode.DATE)

    @property
    def registration_month(self) -> tuple[int, int]:
        """The registration's two-digit year and its month."""
        return int(self[:2]), int(self[2:4])

    @property
    def kind(self) -> EntityKind:
        """The kind of entity that the number says."""
        return EntityKind(self[4])

    @property
    def synthetic(self) -> bool:
        """Whether the number stands in the range in which nothing was ever registered."""
        return 70 <= int(self[:2]) <= 79


def parse_number(text: str) -> Iin | Bin:
    """Read an IIN or a BIN, told apart by the fifth digit; raises `NumberError`."""
    digits = _without_separators(text)
    return Bin(digits) if digits[4:5] in set(EntityKind) else Iin(digits)


def _without_separators(text: str) -> str:
    return _SEPARATORS.sub("", text[:_LONGEST_INPUT]) if len(text) <= _LONGEST_INPUT else text


def _birth_date(text: str) -> date | None:
    century = _CENTURIES.get(text[6])
    if century is None:
        return None
    try:
        return date(century + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        return None
