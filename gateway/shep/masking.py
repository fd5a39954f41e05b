"""Passwords in an envelope, covered before it is kept or shown: however they are written, and in broken XML too.

A secret stands in an element of the envelope, or in one of a payload that is a string, escaped once or more. Where the
end of a tag or of an element is in doubt, more is covered and not less. Each byte is looked at a bounded number of
times: a search begins where the one before it ended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

COVER: Final = b"***"
_DEEPEST: Final = 8
"""How often a payload is escaped at most; beyond it levels are not told apart."""
_FLAGS: Final = re.DOTALL | re.IGNORECASE
_AMPERSAND: Final = rb"(?:amp|#0*+38|#x0*+26);"
_NAME: Final = rb"(?:[^\s<>&;:/=\"']*+:)?+password(?![\w.:-])"
_OPENED: Final = re.compile(rb"(?:<|&((?:%b)*+)(?:lt|#0*+60|#x0*+3c);)%b" % (_AMPERSAND, _NAME), _FLAGS)


def without_passwords(envelope: bytes) -> bytes:
    """Return the bytes with `***` for what stands in elements called `password`, in upper or lower case."""
    if b"password" not in envelope.lower():
        return envelope
    kept: list[bytes] = []
    end = 0
    while opened := _OPENED.search(envelope, end):
        level = _level(0 if opened[1] is None else min(opened[1].count(b";"), _DEEPEST) + 1)
        tag = level.tag(envelope, opened.end())
        if tag["empty"] is not None:
            kept.append(envelope[end : tag.end()])
            end = tag.end()
            continue
        # Where a tag does not end, what may be an attribute may be the secret as well.
        shown = tag.end() if tag["end"] is not None else opened.end()
        kept += [envelope[end:shown], COVER]
        end = level.closing(envelope, tag.end())
    return b"".join([*kept, envelope[end:]])


@dataclass(frozen=True, slots=True)
class _Level:
    """XML that is escaped a number of times; what need not be escaped may be so less often."""

    rest: re.Pattern[bytes]
    """What follows the name in a tag, as far as it can be read."""
    part: re.Pattern[bytes]
    """What an element's content is told apart by."""

    def tag(self, data: bytes, start: int) -> re.Match[bytes]:
        """Return the rest of a tag, with a group `empty` or `end` if it ends."""
        rest = self.rest.match(data, start)
        assert rest is not None
        return rest

    def closing(self, data: bytes, start: int) -> int:
        """Return where the end tag of an element begins, or where the data end."""
        depth, end = 1, start
        while part := self.part.search(data, end):
            end = part.end()
            if part["closed"] is not None:
                depth -= 1
                if not depth:
                    return part.start()
            elif part["opened"] is not None:
                tag = self.tag(data, end)
                end, depth = tag.end(), depth + (tag["empty"] is None)
        return len(data)


@cache
def _level(escaped: int) -> _Level:
    """Return the level of XML that is escaped so often."""

    def sign(raw: bytes, name: bytes, number: int) -> bytes:
        if not escaped:
            return re.escape(raw)
        ampersands = rb"(?:%b)%b+" % (_AMPERSAND, b"*" if escaped > _DEEPEST else b"{0,%d}" % (escaped - 1))
        return rb"(?:%b|&%b(?:%b|#0*+%d|#x0*+%x);)" % (re.escape(raw), ampersands, name, number, number)

    less, greater = sign(b"<", b"lt", 60), sign(b">", b"gt", 62)
    quotes = [sign(b'"', b"quot", 34), sign(b"'", b"apos", 39)]
    quoted = b"|".join(b"%b.*?%b" % (quote, quote) for quote in quotes)
    other = b"(?!%b)." % b"|".join([less, greater, *quotes, b"/" + greater])
    rest = rb"(?>%b|%b)*+(?:(?P<empty>/%b)|(?P<end>%b))?" % (quoted, other, greater, greater)
    sections = [(rb"!\[CDATA\[", rb"\]\]"), (b"!--", b"--"), (rb"\?", rb"\?")]
    skipped = b"|".join(b"%b.*?(?:%b%b|\\Z)" % (start, end, greater) for start, end in sections)
    part = rb"%b(?:%b|(?P<closed>/%b)|(?P<opened>%b))" % (less, skipped, _NAME, _NAME)
    return _Level(re.compile(rest, _FLAGS), re.compile(part, _FLAGS))
