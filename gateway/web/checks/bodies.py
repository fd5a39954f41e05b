"""The body of a request: bounded before it is read, before it is parsed and before base64 is decoded."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
from typing import Any, NoReturn, TypeVar

from aiohttp import hdrs, web
from pydantic import BaseModel, ValidationError

from gateway.web.checks.refusals import CheckRefused

_M = TypeVar("_M", bound=BaseModel)
_MAX_DEPTH, _MAX_MEMBERS = 16, 20_000
_READ_SECONDS = 60
_LARGE = 64 * 1024
_STRUCTURE = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
"""A string as one piece, closed or not, or a character that makes structure: what is inside strings makes none."""


async def read_model(request: web.Request, model: type[_M]) -> _M:
    """Read a JSON object into a model; raises `CheckRefused`."""
    if request.content_type != "application/json":
        raise CheckRefused("Content type must be application/json", status=415)
    data = await read_bytes(request)
    try:
        fields = await asyncio.to_thread(json_object, data) if len(data) > _LARGE else json_object(data)
        return model.model_validate(fields)
    except ValidationError as error:
        raise CheckRefused("Invalid request", details=_places(error)) from None


async def read_bytes(request: web.Request) -> bytes:
    """Read the whole body, no longer than the site allows and in a bounded time."""
    refuse_packed(request)
    try:
        return await asyncio.wait_for(request.read(), _READ_SECONDS)
    except TimeoutError as error:
        raise CheckRefused("The body did not arrive in time", status=408) from error


def refuse_packed(request: web.Request) -> None:
    """Refuse a compressed body: a small one may unpack into gigabytes."""
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
        raise CheckRefused("A compressed body is not accepted", status=415)


def json_object(data: bytes) -> dict[str, Any]:
    """Parse a JSON object strictly (RFC 8259): no name twice, no NaN, no depth or number of members that only harm."""
    _check_structure(data)
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise CheckRefused("The body is not valid JSON") from error
    if not isinstance(found, dict):
        raise CheckRefused("The body must be a JSON object")
    return found


def decode_base64(text: str, name: str, *, limit: int) -> bytes:
    """Decode base64 with white space in it, at most `limit` bytes of it; `name` is what the client calls it."""
    if len(text) > limit * 4 // 3 + limit // 16 + 4:
        raise CheckRefused(f"{name}: too large", details=f"at most {limit} bytes", status=413)
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CheckRefused(f"{name}: not valid Base64") from error


def _check_structure(data: bytes) -> None:
    depth = 0
    for members, found in enumerate(_STRUCTURE.finditer(data), start=1):
        first = data[found.start()]
        if first in b"[{":
            depth += 1
        elif first in b"]}":
            depth -= 1
        if depth > _MAX_DEPTH or members > _MAX_MEMBERS:
            raise CheckRefused("The body is not of the expected form", details="too many members or levels")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CheckRefused("The body is not valid JSON", details="a name stands twice in one object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise CheckRefused("The body is not valid JSON", details=f"{name} is no number of JSON")


def _places(error: ValidationError) -> str:
    """Name the fields and what is wrong with each, never what they held: it may be a password."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc']))[:100]}: {one['msg'][:200]}" for one in found[:10])
