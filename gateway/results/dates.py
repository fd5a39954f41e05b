"""Dates as official documents write them, in the time of Almaty."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from gateway.clock import ALMATY
from gateway.results.document import Statement

_ZONE = ZoneInfo(ALMATY)
_KK = (
    "қаңтар",
    "ақпан",
    "наурыз",
    "сәуір",
    "мамыр",
    "маусым",
    "шілде",
    "тамыз",
    "қыркүйек",
    "қазан",
    "қараша",
    "желтоқсан",
)
_RU = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)


def day_in_words(day: date) -> Statement:
    """Return the date as «2026 жылғы 2 наурыз» and «2 марта 2026 года»."""
    return Statement(
        f"{day.year} жылғы {day.day} {_KK[day.month - 1]}", f"{day.day} {_RU[day.month - 1]} {day.year} года"
    )


def local_day(moment: datetime) -> date:
    """Return the day in Almaty on which the moment fell."""
    return moment.astimezone(_ZONE).date()


def local_moment(moment: datetime) -> str:
    """Return date and time in Almaty as 02.03.2026 10:00:00."""
    return moment.astimezone(_ZONE).strftime("%d.%m.%Y %H:%M:%S")
