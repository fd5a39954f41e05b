"""When a result is due, by the act."""

from __future__ import annotations

from datetime import datetime

from gateway.catalogue import Catalogue, Channel, Office, Service
from gateway.catalogue import result_due as due_by_the_act


def result_due(
    catalogue: Catalogue, service: Service, office: Office, accepted_at: datetime, *, kind: str | None
) -> datetime:
    """Return the moment by which the portal's applicant has the result, for the kind of the service."""
    return due_by_the_act(catalogue.calendar, service, office.hours, Channel.PORTAL, accepted_at, kind=kind)
