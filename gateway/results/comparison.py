"""Whether the page of a PDF shows what was signed: the page is made anew from the signed file and laid beside it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.results.container import Printed, bare, printed, stored_plainly
from gateway.results.page import Page

_AROUND = 40
_MOST_DIFFERENCES = 20


class PageMatch(StrEnum):
    """How near the page is to the one that the signed file gives."""

    IDENTICAL = "identical"
    """The same bytes."""
    SAME_DRAWING = "same-drawing"
    """The file is stored in another way, but every page draws the same."""
    SAME_TEXT = "same-text"
    """The text is the same, but it is not drawn as this program draws it: the eye may see something else."""
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where the page does not say what was signed."""

    signed: str
    printed: str


def compare_page(data: bytes, made_anew: bytes, page: Page) -> tuple[PageMatch, tuple[Difference, ...]]:
    """Compare a PDF with the one made anew from its signed file; raises `PageError` when it cannot be read."""
    # (1) The same bytes: nothing of the given file needs to be interpreted.
    if data == made_anew:
        return PageMatch.IDENTICAL, ()
    # (2) The same pages, drawn with the same fonts, and nothing in the catalogue that could change them.
    given, expected = printed(data), printed(made_anew)
    if _draws(given, expected) and stored_plainly(data) and _draws(printed(data, strict=True), expected):
        return PageMatch.SAME_DRAWING, ()
    # (3) The text, every character of it.
    if given.text == expected.text:
        return PageMatch.SAME_TEXT, ()
    return PageMatch.DIFFERENT, _differences(given, expected, page)


def _draws(given: Printed, expected: Printed) -> bool:
    return given.drawings == expected.drawings and given.catalogue <= expected.catalogue


def _differences(given: Printed, expected: Printed, page: Page) -> tuple[Difference, ...]:
    missing = [value for value in page.values() if bare(value) not in given.text]
    place = next(
        (index for index, (left, right) in enumerate(zip(given.text, expected.text, strict=False)) if left != right),
        min(len(given.text), len(expected.text)),
    )
    start = max(0, place - _AROUND)
    first = Difference(expected.text[start : place + _AROUND], given.text[start : place + _AROUND])
    return (first, *(Difference(value, "") for value in missing[:_MOST_DIFFERENCES]))
