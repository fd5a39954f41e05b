"""What a paper says of a service: its kind and its documents by their titles."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.catalogue.kinds import documents_of, kind_field
from gateway.catalogue.model import Service
from gateway.results.document import Statement


def kind_words(service: Service, kind: str | None) -> Statement | None:
    """Return what a kind of the service is called; None without one."""
    field = kind_field(service)
    if field is None or kind is None:
        return None
    return next((Statement.of(choice.label) for choice in field.choices if choice.id == kind), None)


def document_titles(service: Service, kind: str | None, named: Iterable[str]) -> tuple[Statement, ...]:
    """Return the titles of the named kinds of documents, in the order in which the service lists them."""
    there = set(named)
    return tuple(Statement.of(document.title) for document in documents_of(service, kind) if document.id in there)
