"""What a person downloads: key stores of the demo people, and the page that lists everything."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from simulators.nca.authority import Authority
from simulators.nca.errors import UnknownHolder
from simulators.nca.holders import Holder
from simulators.nca.http.page import index_page

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Downloads:
    """Handlers over the holders; only published ones are seen here."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/", self.index),
            web.get("/people", self.people),
            web.get("/people/{id:[a-z0-9_-]+}.p12", self.key_store),
            web.get("/people/{id:[a-z0-9_-]+}.{purpose:[a-z_]+}.p12", self.key_store),
        ]

    async def index(self, _request: web.Request) -> web.Response:
        """The page with the chain, the revocation lists and the demo people."""
        holders = await self._authority.holders.all()
        html = index_page(self._authority, [(holder, self._files(holder)) for holder in holders])
        return web.Response(text=html, content_type="text/html", headers=_HEADERS)

    async def people(self, _request: web.Request) -> web.Response:
        """The demo people as JSON, with the addresses of their key stores by purpose."""
        holders = await self._authority.holders.all()
        return web.json_response({"people": [self._said(holder) for holder in holders]}, headers=_HEADERS)

    async def key_store(self, request: web.Request) -> web.Response:
        """A key store; without a purpose in the address, that of the holder's first purpose (signing for people)."""
        holder = await self._authority.holders.get(request.match_info["id"])
        if not holder.published:
            raise UnknownHolder(id=holder.id)
        purpose = request.match_info.get("purpose") or self._authority.holders.purposes_of(holder)[0]
        store = await self._authority.holders.key_store(holder.id, purpose)
        return web.Response(
            body=store.pkcs12,
            content_type="application/x-pkcs12",
            headers={**_HEADERS, "Content-Disposition": f'attachment; filename="{store.file_name}"'},
        )

    def _files(self, holder: Holder) -> dict[str, str]:
        base = self._authority.addresses.base_url
        purposes = self._authority.holders.purposes_of(holder)
        return {purpose: f"{base}/people/{holder.id}.{purpose}.p12" for purpose in purposes}

    def _said(self, holder: Holder) -> dict[str, Any]:
        return {
            "id": holder.id,
            "kind": holder.kind,
            "chain": holder.chain,
            "algorithm": self._authority.holders.algorithm_of(holder),
            "subject": holder.subject.to_json(),
            "files": self._files(holder),
        }
