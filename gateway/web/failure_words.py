"""What the log says of an exception: its type, its code and its place, for it and for what it came from.

Its words are left out: they may quote what a person typed, a name or a key, and no masking knows those.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

from structlog.typing import ExcInfo

_MOST_PLACES = 12
"""The innermost ones: the outer ones are the same for all that is done in one way."""

_PARTS_OF_PATH = 3


def without_words(exc_info: ExcInfo) -> str:
    """Return the exception for the log, the innermost place first (a formatter of structlog's `ExceptionRenderer`)."""
    return "\nfrom ".join("\n".join(_lines(error)) for error in _causes(exc_info[1]))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _lines(error: BaseException) -> Iterator[str]:
    code = getattr(error, "code", None) or getattr(error, "sqlstate", None)
    yield f"{type(error).__name__} ({code})" if isinstance(code, str) else type(error).__name__
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))[-_MOST_PLACES:]):
        file = Path(frame.f_code.co_filename)
        yield f"  {'/'.join(file.parts[-_PARTS_OF_PATH:])}:{line} {frame.f_code.co_name}"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from (f"| {line}" for line in _lines(one))
