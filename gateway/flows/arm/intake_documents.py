"""The documents that an intake asks for, by what is typed of it: the kind of the service, and who came."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.catalogue.form import DocumentKind
from gateway.catalogue.kinds import documents_of, kind_of
from gateway.catalogue.model import Service


def documents_on(service: Service, typed: Mapping[str, str]) -> tuple[DocumentKind, ...]:
    """Return the documents of an intake; those of a representative only where one came for the applicant."""
    return documents_of(service, kind_of(service, typed), represented=typed.get("representative") == "yes")
