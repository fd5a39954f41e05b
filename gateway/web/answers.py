"""An answer of a request's form as people read it."""

from __future__ import annotations

from gateway.catalogue import FieldType, FormField
from gateway.web.days import typed_day
from gateway.web.translation import spoken


def shown_answer(field: FormField, value: str, *, consent: tuple[str, str]) -> str:
    """Return an answer as people read it; `consent` has the words for one that was given and one that was not."""
    if field.type is FieldType.CHOICE:
        return next((spoken(choice.label) for choice in field.choices if choice.id == value), value)
    if field.type is FieldType.DATE:
        return typed_day(value)
    if field.type is FieldType.CONSENT:
        return consent[0] if value == "true" else consent[1]
    return value
