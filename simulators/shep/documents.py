"""`?wsdl` and the schemas that it refers to."""

from __future__ import annotations

from aiohttp import web
from lxml import etree

from gateway.schema_folder import schema_folder
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.shep.schema import EDITION

_SOAP_ADDRESS = "{http://schemas.xmlsoap.org/wsdl/soap/}address"
_SERVICES = {SYNC_PATH: "SyncChannel.wsdl", ASYNC_PATH: "AsyncChannel.wsdl"}


def document_routes() -> list[web.RouteDef]:
    """Return the routes of the descriptions beside the channels."""
    routes = []
    for path in _SERVICES:
        routes += [web.get(path, _wsdl), web.get(path.rstrip("/"), _add_slash), web.get(path + "{file}", _file)]
    return routes


async def _wsdl(request: web.Request) -> web.Response:
    if "wsdl" not in {name.lower() for name in request.query}:
        raise web.HTTPMethodNotAllowed("GET", ["POST"])
    document = etree.fromstring((schema_folder(EDITION) / _SERVICES[request.path]).read_bytes())
    for address in document.iter(_SOAP_ADDRESS):
        address.set("location", str(request.url.with_query(None)))
    return _xml(etree.tostring(document, encoding="UTF-8", xml_declaration=True))


async def _add_slash(request: web.Request) -> web.Response:
    raise web.HTTPMovedPermanently(request.url.with_path(request.path + "/").with_query(request.query))


async def _file(request: web.Request) -> web.Response:
    known = {each.name: each for each in schema_folder(EDITION).iterdir()}
    found = known.get(request.match_info["file"])
    if found is None:
        raise web.HTTPNotFound
    return _xml(found.read_bytes())


def _xml(content: bytes) -> web.Response:
    return web.Response(body=content, content_type="text/xml", charset="utf-8")
