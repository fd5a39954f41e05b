"""What is typed, as a form's script sends it between one key and the next."""

from __future__ import annotations

from aiohttp import web

from gateway.web.refusals import BadRequest

_MOST_TYPED = 200
_LONGEST_VERSION = 9


async def read_typed(request: web.Request) -> tuple[dict[str, str], int]:
    """Return the fields of the page's own, by name, and the version that the page was shown with.

    Raises `BadRequest` for what no script of ours sends. Names that begin with `_` are the form's own affair. Values
    are stripped at both ends, as `Form` strips them: the same fields bring the same, whichever way they come.
    """
    try:
        sent = await request.json()
    except (ValueError, LookupError, RecursionError) as error:
        # No JSON, an unknown charset, a number too long to be read, or arrays too deep.
        raise BadRequest from error
    typed = sent.get("typed") if isinstance(sent, dict) else None
    version = sent.get("version") if isinstance(sent, dict) else None
    if not isinstance(typed, dict) or not isinstance(version, int) or len(typed) > _MOST_TYPED:
        raise BadRequest
    if not 0 <= version < 10**_LONGEST_VERSION:
        raise BadRequest
    if not all(isinstance(name, str) and isinstance(value, str) for name, value in typed.items()):
        raise BadRequest
    return {name: value.strip() for name, value in typed.items() if name[:1] != "_"}, version


def version_in(text: str) -> int:
    """Return the version of what is typed that a form was shown with; raises `BadRequest`."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_VERSION):
        raise BadRequest
    return int(text)
