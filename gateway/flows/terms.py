"""When a result is due, by the act."""

from __future__ import annotations

from datetime import datetime

from gateway.catalogue.load import Catalogue
from gateway.catalogue.model import Service
from gateway.catalogue.office import Office
from gateway.catalogue.terms import Channel


def result_due(catalogue: Catalogue, service: Service, office: Office, accepted_at: datetime) -> datetime:
    """Return the moment by which the portal's applicant has the result.

    The term that the act states for the channel (Karaganda, line 1353), else the provider's steps one after another
    (Almaty, lines 162-184), in the office's time.
    """
    total = service.total(Channel.PORTAL)
    if total is not None:
        return catalogue.calendar.deadline(accepted_at, total, office.hours)
    moment = accepted_at
    for step in service.procedure(Channel.PORTAL).steps:
        moment = catalogue.calendar.deadline(moment, step.duration, office.hours)
    return moment
