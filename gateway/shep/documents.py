"""`?wsdl` of a channel and the files that it refers to, in both published editions.

A description is served with the address at which it was asked for; `?wsdl=types` asks for an edition by name.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Final

from aiohttp import web
from lxml import etree
from yarl import URL

from gateway.schema_folder import schema_folder
from gateway.shep.schema import Edition

_ADDRESS: Final = "{http://schemas.xmlsoap.org/wsdl/soap/}address"
_IMPORT: Final = "{http://schemas.xmlsoap.org/wsdl/}import"


class WsdlService(StrEnum):
    """What can be described; the value is the file of its WSDL."""

    SYNC = "SyncChannel.wsdl"
    ASYNC = "AsyncChannel.wsdl"
    ASYNC_CLIENT = "AsyncChannelClient.wsdl"


def channel_documents(path: str, service: WsdlService, edition: Edition = Edition.ITYPES) -> list[web.RouteDef]:
    """Return the routes that describe `service` at `path`, with and without the last slash.

    The files stand below `path`, and below the name of each edition there; `edition` is the one that is served unasked.
    """
    bare = path.rstrip("/")

    async def wsdl(request: web.Request) -> web.Response:
        url = _address(request).with_path(path)
        return _xml(_description(service, _asked_edition(request, edition), url))

    async def file(request: web.Request) -> web.Response:
        return _xml(_file(edition, request.match_info["file"]))

    async def file_of_edition(request: web.Request) -> web.Response:
        try:
            return _xml(_file(Edition(request.match_info["edition"]), request.match_info["file"]))
        except ValueError:
            raise web.HTTPNotFound from None

    return [
        *(web.get(each, wsdl) for each in (bare, f"{bare}/") if each),
        web.get(f"{bare}/{{file}}", file),
        web.get(f"{bare}/{{edition}}/{{file}}", file_of_edition),
    ]


def _asked_edition(request: web.Request, default: Edition) -> Edition:
    asked = next((value for name, value in request.query.items() if name.lower() == "wsdl"), None)
    if asked is None:
        raise web.HTTPMethodNotAllowed("GET", ["POST"])
    try:
        return Edition(asked) if asked else default
    except ValueError:
        raise web.HTTPNotFound from None


def _address(request: web.Request) -> URL:
    try:
        return request.url
    except ValueError:
        raise web.HTTPBadRequest(text="the Host header is no host") from None


def _description(service: WsdlService, edition: Edition, url: URL) -> bytes:
    document = etree.fromstring(_files(edition)[service.value])
    for address in document.iter(_ADDRESS):
        address.set("location", str(url))
    for other in document.iter(_IMPORT):
        other.set("location", f"{str(url).rstrip('/')}/{edition.value}/{other.get('location')}")
    return etree.tostring(document, encoding="UTF-8", xml_declaration=True)


def _file(edition: Edition, name: str) -> bytes:
    found = _files(edition).get(name)
    if found is None:
        raise web.HTTPNotFound
    return found


@cache
def _files(edition: Edition) -> dict[str, bytes]:
    files = schema_folder(edition.folder).iterdir()
    return {each.name: each.read_bytes() for each in files if each.suffix in {".wsdl", ".xsd"}}


def _xml(content: bytes) -> web.Response:
    return web.Response(body=content, content_type="text/xml", charset="utf-8")
