"""The acts in which the services are regulated."""

from __future__ import annotations

from datetime import date

from gateway.catalogue.terms import Identifier, LinesOf, Strict, Wording


class Repeal(Strict):
    """The decision that ended the act."""

    on: str
    text: Wording
    lines: LinesOf

    @property
    def day(self) -> date:
        """Return the date of the repealing decision."""
        return date.fromisoformat(self.on)


class Act(Strict):
    """A regulation's act: who made it, its number, and the file of the reference that its lines count."""

    id: Identifier
    title: Wording
    body: Wording
    number: str
    date: str
    source: str
    lines: LinesOf
    repealed: Repeal | None = None
