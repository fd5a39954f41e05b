"""Synthetic identity numbers: always in the ranges that nobody living holds."""

from __future__ import annotations

from datetime import date

from gateway.identity.numbers import Bin, EntityKind, Iin, Sex, check_digit

CAST_SERIALS = 100
"""Serials below this belong to the named cast, the others to the generator."""


def synthetic_iin(birth_date: date, sex: Sex, serial: int) -> Iin:
    """Return the IIN of the first usable serial from `serial` on; the century is 1800-1899 whatever the year.

    Raises `ValueError` for 29 February of a year that is no leap year in that century, or when serials run out.
    """
    if not _exists_in_synthetic_century(birth_date):
        raise ValueError(f"no synthetic IIN can say {birth_date:%d %B}, year ending {birth_date:%y}")
    beginning = f"{birth_date:%y%m%d}{sex.value}"
    for candidate in range(serial, 10_000):
        first_eleven = f"{beginning}{candidate:04d}"
        last = check_digit(first_eleven)
        if last is not None:
            return Iin(first_eleven + last)
    raise ValueError(f"no serial is left for {beginning}")


def synthetic_bin(registered_on: date, serial: int, kind: EntityKind = EntityKind.RESIDENT) -> Bin:
    """Return the BIN of the first usable serial from `serial` on, with a year 70-79."""
    beginning = f"{70 + registered_on.year % 10}{registered_on:%m}{kind.value}0"
    for candidate in range(serial, 100_000):
        first_eleven = f"{beginning}{candidate:05d}"
        last = check_digit(first_eleven)
        if last is not None:
            return Bin(first_eleven + last)
    raise ValueError(f"no serial is left for {beginning}")


def _exists_in_synthetic_century(day: date) -> bool:
    return not (day.month == 2 and day.day == 29 and day.year % 100 == 0)
