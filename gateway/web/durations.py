"""Spans of time in words."""

from __future__ import annotations

from gateway.catalogue.terms import Duration, Unit
from gateway.web.translation import ngettext


def duration_words(value: int, unit: Unit) -> str:
    """Return a span of time in words."""
    match unit:
        case Unit.MINUTES:
            return ngettext("%(num)s minute", "%(num)s minutes", value)
        case Unit.HOURS:
            return ngettext("%(num)s hour", "%(num)s hours", value)
        case Unit.WORKING_DAYS:
            return ngettext("%(num)s working day", "%(num)s working days", value)
        case Unit.CALENDAR_DAYS:
            return ngettext("%(num)s calendar day", "%(num)s calendar days", value)
        case Unit.MONTHS:
            return ngettext("%(num)s month", "%(num)s months", value)


def term_words(term: Duration) -> str:
    """Return a term of an act in words."""
    return duration_words(term.value, term.unit)
