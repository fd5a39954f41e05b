"""Which language a page speaks: `?lang=`, else the cookie, else Kazakh."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web
from yarl import URL

from gateway.texts import Language
from gateway.web.sessions import Handler
from gateway.web.translation import Translations, language, use

COOKIE = "lang"
PARAMETER = "lang"
_REMEMBERED = timedelta(days=365)
NAMES = {Language.KK: "Қазақша", Language.RU: "Русский", Language.EN: "English"}


def _known(value: str | None) -> Language | None:
    return Language(value) if value in set(Language) else None


class LanguageChoice:
    """Sets the language for the request and remembers a choice in a cookie."""

    def __init__(self, translations: Translations, *, secure: bool) -> None:
        self._translations = translations
        self._secure = secure

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let everything below speak the chosen language."""
        asked = _known(request.query.get(PARAMETER))
        use(self._translations, asked or _known(request.cookies.get(COOKIE)) or Language.KK)
        response = await handler(request)
        response.headers.setdefault("Content-Language", language().value)
        if asked:
            response.set_cookie(
                COOKIE,
                asked.value,
                max_age=int(_REMEMBERED.total_seconds()),
                path="/",
                httponly=True,
                secure=self._secure,
                samesite="Lax",
            )
        return response


def language_links(request: web.Request) -> list[dict[str, str | bool]]:
    """Return the links of the language switch: the same page, the other parameters kept.

    A link is a query alone: repeated with its path, a path that begins with two slashes would name another host.
    """
    links: list[dict[str, str | bool]] = []
    for one, name in NAMES.items():
        query = [(key, value) for key, value in request.query.items() if key != PARAMETER]
        href = str(URL.build(query=[*query, (PARAMETER, one.value)]))
        links.append({"code": one.value, "name": name, "href": href, "current": one is language()})
    return links
