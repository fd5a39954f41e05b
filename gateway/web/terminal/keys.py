"""The keys of a terminal where its pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiohttp import web
from markupsafe import Markup

_KEYED = Markup('{} <kbd class="arm-key">Alt+{}</kbd>')


def keyed_sections(request: web.Request, sections: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the sections of a site, each (address, text), with the key that leads there."""
    return [
        {"text": _KEYED.format(text, place), "href": path, "current": request.path == path}
        for place, (path, text) in enumerate(sections, start=1)
    ]
