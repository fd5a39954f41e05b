"""The journal as a page for people: one table, no script."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from aiohttp import web
from yarl import URL

_COLUMNS: Final = (
    "id",
    "at",
    "event",
    "channel",
    "fault_code",
    "service_id",
    "sender_id",
    "party",
    "message_id",
    "correlation_id",
    "session_id",
)
_SEARCHED: Final = frozenset({"event", "fault_code", "service_id", "sender_id", "message_id", "correlation_id"})
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Journal of {name}</title>
<style>body{{font:14px sans-serif}}td,th{{border:1px solid #ccc;padding:2px 6px;text-align:left;vertical-align:top}}
table{{border-collapse:collapse}}</style></head>
<body><h1>Journal of {name}</h1><p>Newest first; simulated.</p>
<table><thead><tr>{head}</tr></thead><tbody>
{rows}
</tbody></table>{older}</body></html>
"""


def journal_page(name: str, lines: list[dict[str, Any]], request: web.Request, following: int | None) -> web.Response:
    """Return the page; everything in it that came from a message is escaped."""
    head = "".join(f"<th scope=col>{column.replace('_', ' ')}</th>" for column in (*_COLUMNS, "facts"))
    older = ""
    if following is not None:
        url = request.rel_url.update_query(before=str(following))
        older = f'<p><a href="{escape(str(url))}">older</a></p>'
    page = _PAGE.format(name=escape(name), head=head, rows="\n".join(map(_row, lines)), older=older)
    return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": _POLICY})


def _row(line: dict[str, Any]) -> str:
    cells = "".join(f"<td>{_cell(column, line[column])}</td>" for column in _COLUMNS)
    facts = "<br>".join(f"{escape(key)}: {escape(str(value)[:300])}" for key, value in line["facts"].items())
    return f"<tr>{cells}<td>{facts}</td></tr>"


def _cell(column: str, value: Any) -> str:
    if value is None:
        return ""
    text = escape(str(value))
    if column == "id":
        return f'<a href="/admin/journal/{text}">{text}</a>'
    if column in _SEARCHED:
        return f'<a href="{escape(str(URL("/admin/journal").with_query({column: str(value)})))}">{text}</a>'
    return text
