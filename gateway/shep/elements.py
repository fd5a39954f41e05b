"""Reading and writing the unqualified elements under a wrapper.

Reading is lenient as real gateways are: any order, empty optional elements count as absent, other elements are passed
over. It is strict where two readers could disagree: an element that may stand once stands once, and a field has text
and nothing else.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Literal, TypeVar, overload
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.clock import ALMATY

_ALMATY = ZoneInfo(ALMATY)
_Choice = TypeVar("_Choice", bound=StrEnum)
LONGEST_IDENTIFIER: Final = 200
"""Characters of an id: what gateways issue has 20 to 40, and an index of the database takes at most 2,700 bytes."""
LONGEST_TEXT: Final = 2000
"""Characters that are kept of a code's explanation."""
_LONGEST_NAME: Final = 80
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_DATE_TIME = re.compile(r"-?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


class Malformed(ValueError):
    """What came is not the message that the schema describes; says where and why."""

    def __init__(self, element: etree._Element | None, reason: str) -> None:
        self.path = "" if element is None else _path(element)
        self.reason = reason
        super().__init__(f"{self.path}: {reason}" if self.path else reason)


def _path(element: etree._Element) -> str:
    above = [each for each in element.iterancestors() if isinstance(each.tag, str)]
    return "".join("/" + etree.QName(each).localname[:_LONGEST_NAME] for each in [*reversed(above), element])


def add(parent: etree._Element, name: str, value: str | None) -> None:
    """Append the element `name` with text; nothing when `value` is None."""
    if value is not None:
        etree.SubElement(parent, name).text = value


def moment(value: datetime) -> str:
    """Return `xsd:dateTime` with milliseconds and the offset of Almaty, as messages have it."""
    return value.astimezone(_ALMATY).isoformat(timespec="milliseconds")


@overload
def child(parent: etree._Element, name: str) -> etree._Element: ...
@overload
def child(parent: etree._Element, name: str, *, required: Literal[False]) -> etree._Element | None: ...
def child(parent: etree._Element, name: str, *, required: bool = True) -> etree._Element | None:
    """Return the unqualified child `name`; raises `Malformed` when it is absent or stands twice."""
    found = list(parent.iterchildren(name))
    if len(found) > 1:
        raise Malformed(parent, f"{name} stands {len(found)} times")
    if found:
        return found[0]
    if required:
        raise Malformed(parent, f"{name} is missing")
    return None


def optional_text(parent: etree._Element, name: str) -> str | None:
    """Return the text of the child `name`, or None when it is absent or empty."""
    found = child(parent, name, required=False)
    if found is None:
        return None
    if len(found):
        raise Malformed(found, "text is expected, and nothing else")
    return (found.text or "").strip() or None


def text(parent: etree._Element, name: str) -> str:
    """Return the text of the child `name`; raises `Malformed` when there is none."""
    value = optional_text(parent, name)
    if value is None:
        raise Malformed(parent, f"{name} is missing or empty")
    return value


def optional_identifier(parent: etree._Element, name: str) -> str | None:
    """Return the id in the child `name`, or None when it is absent or empty.

    Raises `Malformed` for one that no system issues: of more than `LONGEST_IDENTIFIER` characters, or with control
    characters. It would stand in indexes, logs and answers.
    """
    value = optional_text(parent, name)
    if value is None:
        return None
    if len(value) > LONGEST_IDENTIFIER:
        reason = f"{name} has {len(value)} characters, at most {LONGEST_IDENTIFIER} are taken: {value[:40]!r}"
        raise Malformed(child(parent, name), reason)
    if _CONTROL.search(value):
        raise Malformed(child(parent, name), f"{name} has control characters: {value[:40]!r}")
    return value


def identifier(parent: etree._Element, name: str) -> str:
    """Return the id in the child `name`; raises `Malformed` as `optional_identifier` does, and when there is none."""
    value = optional_identifier(parent, name)
    if value is None:
        raise Malformed(parent, f"{name} is missing or empty")
    return value


def read_code(parent: etree._Element, name: str) -> str:
    """Return the code in the child `name`, cut where no code goes on; raises `Malformed` when there is none."""
    return text(parent, name)[:LONGEST_IDENTIFIER]


def cut_text(parent: etree._Element, name: str, longest: int = LONGEST_TEXT) -> str | None:
    """Return the text of the child `name`, cut at `longest` characters, or None when it is absent or empty.

    For what an answer only tells: refusing it for its length would lose the answer.
    """
    value = optional_text(parent, name)
    return None if value is None else value[:longest]


def read_moment(parent: etree._Element, name: str) -> datetime:
    """Return the child's `xsd:dateTime`; one without a zone is Almaty time. Raises `Malformed`."""
    value = text(parent, name)
    if not _DATE_TIME.fullmatch(value):
        raise Malformed(parent, f"{name} is not a date and time: {value[:40]!r}")
    try:
        read = datetime.fromisoformat(value)
        zoned = read if read.tzinfo else read.replace(tzinfo=_ALMATY)
        zoned.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Malformed(parent, f"{name} is not a date and time: {value[:40]!r}") from error
    return zoned


def choice(parent: etree._Element, name: str, choices: type[_Choice]) -> _Choice:
    """Return the child's text as one of `choices`; raises `Malformed`."""
    value = text(parent, name)
    try:
        return choices(value)
    except ValueError:
        raise Malformed(parent, f"{name} is none of {', '.join(choices)}") from None
