"""What the desk tells the applicant: words in the two languages of the acts, and where to come for a result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from lxml import etree

from gateway.exchange.document import Draft, Reading


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in Kazakh and Russian."""

    kk: str
    ru: str


@dataclass(frozen=True, slots=True)
class PickUp:
    """Date, time (to the minute, Asia/Almaty) and place of receiving a result (Almaty act, lines 310-311)."""

    day: date
    time: time
    place: Wording


def add_wording(draft: Draft, parent: etree._Element, name: str, wording: Wording) -> None:
    """Append `wording` as an element with `kk` and `ru`."""
    element = draft.add(parent, name)
    draft.add(element, "kk", wording.kk)
    draft.add(element, "ru", wording.ru)


def read_wording(reading: Reading, *path: str) -> Wording:
    """Return the wording at `path`."""
    return Wording(reading.text(*path, "kk"), reading.text(*path, "ru"))


def add_pick_up(draft: Draft, pick_up: PickUp) -> None:
    """Append `pick_up` to the document element."""
    element = draft.add(draft.root, "pickUp")
    draft.add(element, "date", pick_up.day.isoformat())
    draft.add(element, "time", pick_up.time.strftime("%H:%M:00"))
    add_wording(draft, element, "place", pick_up.place)


def read_pick_up(reading: Reading) -> PickUp | None:
    """Return where and when to come, when the document says so."""
    if not reading.has("pickUp"):
        return None
    return PickUp(
        day=reading.value(date.fromisoformat, "pickUp", "date"),
        time=reading.value(time.fromisoformat, "pickUp", "time"),
        place=read_wording(reading, "pickUp", "place"),
    )
