"""A wording of the act with the lines where it stands."""

from __future__ import annotations

from gateway.catalogue.terms import LinesOf, Strict, Wording


class Cited(Strict):
    """A wording of the act with the lines where it stands.

    `as_printed` gives the source's own order of words where its printing misplaced a reference and the wording puts it
    back.
    """

    text: Wording
    lines: LinesOf
    as_printed: str | None = None
