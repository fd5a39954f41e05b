"""The date of receiving the result, which every receipt and every notice of acceptance states."""

from __future__ import annotations

from datetime import datetime

from gateway.catalogue.calendar import WorkingCalendar
from gateway.catalogue.model import Service
from gateway.catalogue.office import OfficeHours
from gateway.catalogue.terms import Channel, CountedFrom


def result_due(
    calendar: WorkingCalendar,
    service: Service,
    hours: OfficeHours,
    channel: Channel,
    accepted_at: datetime,
    *,
    kind: str | None = None,
) -> datetime:
    """Return the moment by which the applicant has the result, in the office's time.

    The total that the act states for the channel (Karaganda, line 1353), else the provider's steps one after another
    (Almaty, lines 162-184); a step counted from the submission ends no earlier than that term does (Karaganda, lines
    2607-2610).
    """
    total = service.total(channel, kind)
    if total is not None:
        return calendar.deadline(accepted_at, total, hours)
    moment = accepted_at
    for term in service.procedure(channel, kind).terms_that_add_up(channel, kind):
        if term.counted_from is CountedFrom.SUBMISSION:
            moment = max(moment, calendar.deadline(accepted_at, term, hours))
        else:
            moment = calendar.deadline(moment, term, hours)
    return moment
