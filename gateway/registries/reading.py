"""Reading of the values that registries write: dates with and without zones, dictionary values, booleans."""

from __future__ import annotations

import re
from datetime import date

from lxml import etree

from gateway.registries.outcome import Entry
from gateway.shep.elements import Malformed, child, optional_text, text

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?")
MAX_ITEMS = 1_000
"""People, documents or addresses in one answer."""


def read_date(parent: etree._Element, name: str) -> date:
    """Return `xsd:date` as it is written, its zone left out. Raises `Malformed`."""
    value = optional_date(parent, name)
    if value is None:
        raise Malformed(parent, f"{name} is missing or empty")
    return value


def optional_date(parent: etree._Element, name: str) -> date | None:
    """Return `xsd:date` or None. Raises `Malformed` for a text that is no date."""
    value = optional_text(parent, name)
    if value is None:
        return None
    found = _DATE.fullmatch(value)
    try:
        if found is not None:
            return date.fromisoformat(found[1])
    except ValueError as error:
        raise Malformed(parent, f"{name} is not a date: {value[:40]!r}") from error
    raise Malformed(parent, f"{name} is not a date: {value[:40]!r}")


def read_flag(parent: etree._Element, name: str) -> bool:
    """Return `xsd:boolean`; an absent one is false. Raises `Malformed`."""
    value = optional_text(parent, name)
    if value in {"1", "true"}:
        return True
    if value in {None, "0", "false"}:
        return False
    raise Malformed(parent, f"{name} is not a boolean")


def entry_of_gbdfl(element: etree._Element) -> Entry:
    """Return a dictionary value of ГБД ФЛ. Raises `Malformed`."""
    return Entry(text(element, "code"), optional_text(element, "nameRu") or "", optional_text(element, "nameKz") or "")


def entry_of_gbdul(element: etree._Element) -> Entry:
    """Return a dictionary value of ГБД ЮЛ. Raises `Malformed`."""
    return Entry(text(element, "Code"), optional_text(element, "NameRu") or "", optional_text(element, "NameKz") or "")


def items(parent: etree._Element, name: str) -> list[etree._Element]:
    """Return the children `name`; raises `Malformed` when there are more than any answer needs."""
    found = parent.findall(name)
    if len(found) > MAX_ITEMS:
        raise Malformed(parent, f"{name} stands {len(found)} times")
    return found


def listed(parent: etree._Element, group: str, name: str) -> list[etree._Element]:
    """Return the children `name` of the child `group`, which may be absent."""
    holder = child(parent, group, required=False)
    return [] if holder is None else items(holder, name)
