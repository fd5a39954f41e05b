"""Reading what a form sent, within bounds, and saying what was wrong with it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, MultipartReader, StreamReader, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiDict

from gateway.texts import Text
from gateway.web.refusals import BadRequest, TooLarge, TooSlow, UnsupportedMedia
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

MIB = 1024 * 1024
_CHUNK = 64 * 1024
_LINES_A_PART = 16
"""Boundary, headers and line ends of one part of a form."""
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]')
_LIMITS = "__qyzmet_form_limits__"
_HandlerType = TypeVar("_HandlerType", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class FormLimits:
    """How much a page takes; sizes in bytes."""

    max_bytes: int = MIB
    max_fields: int = 100
    max_files: int = 0
    max_file_bytes: int = 10 * MIB
    seconds: float = 60

    @property
    def max_total(self) -> int:
        """The most that is read at all: a file somewhat over its limit is refused by name, not with the whole form."""
        return self.max_bytes + 2 * self.max_files * self.max_file_bytes


def accepts(limits: FormLimits) -> Callable[[_HandlerType], _HandlerType]:
    """Give a handler limits of its own (a page that takes files must)."""

    def note(handler: _HandlerType) -> _HandlerType:
        setattr(handler, _LIMITS, limits)
        return handler

    return note


def limits_of(handler: object) -> FormLimits:
    """Return the limits that `accepts` gave, or the usual ones."""
    limits = getattr(handler, _LIMITS, None)
    return limits if isinstance(limits, FormLimits) else FormLimits()


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a form. `file_name` is only a label: path and control characters are taken out of it."""

    field_name: str
    file_name: str
    media_type: str
    content: bytes = field(repr=False)
    too_large: bool = False
    """The file was larger than the page takes; `content` is empty."""

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Form:
    """What a form sent. Texts have their line ends as LF and are stripped at both ends."""

    fields: MultiDict[str] = field(default_factory=MultiDict)
    files: tuple[Upload, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a field, stripped."""
        return self.fields.get(name, default).strip()

    def all(self, name: str) -> list[str]:
        """Return every value of a field (checkboxes), stripped."""
        return [value.strip() for value in self.fields.getall(name, [])]

    def raw(self, name: str) -> str:
        """Return the first value of a field as it was sent (passwords)."""
        return self.fields.get(name, "")

    def uploads(self, name: str) -> list[Upload]:
        """Return the files of a field; a field left empty has none."""
        return [upload for upload in self.files if upload.field_name == name]

    def values(self) -> dict[str, str]:
        """Return the first value of each field but the guards', to fill the form again."""
        return {name: self.get(name) for name in self.fields if not name.startswith("_")}


class FormErrors(Mapping[str, str]):
    """What was wrong, by field; the order is that of the page."""

    def __init__(self) -> None:
        self._messages: dict[str, str] = {}
        self._targets: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"FormErrors({self._messages})"

    def add(self, field_name: str, message: Text | str, *, target: str | None = None) -> None:
        """Say what is wrong with a field; `target` is the id of the element to go to, the field's name by default."""
        if field_name not in self._messages:
            self._messages[field_name] = spoken(message)
            self._targets[field_name] = target or field_name

    def message(self, field_name: str) -> dict[str, str] | None:
        """Return the `errorMessage` parameter of a govuk macro, or None."""
        if field_name not in self._messages:
            return None
        return {"text": self._messages[field_name], "visuallyHiddenText": _("Error")}

    def summary(self) -> list[dict[str, str]]:
        """Return the `errorList` parameter of the error summary."""
        return [{"text": text, "href": f"#{self._targets[name]}"} for name, text in self._messages.items()]

    def __getitem__(self, field_name: str) -> str:
        return self._messages[field_name]

    def __iter__(self) -> Any:
        return iter(self._messages)

    def __len__(self) -> int:
        return len(self._messages)


async def read_form(request: web.Request, limits: FormLimits) -> Form:
    """Read the body as a form; raises `BadRequest`, `TooLarge`, `TooSlow` or `UnsupportedMedia`."""
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
        raise UnsupportedMedia
    if (request.content_length or 0) > limits.max_total:
        raise TooLarge
    try:
        async with asyncio.timeout(limits.seconds):
            if request.content_type == _FORM:
                return _urlencoded(await _read_body(request, limits.max_bytes), limits)
            if request.content_type == _MULTIPART:
                return await _multipart(request, limits)
    except TimeoutError as error:
        raise TooSlow from error
    except (HttpProcessingError, web.RequestPayloadError) as error:  # the bytes themselves are no HTTP
        raise BadRequest from error
    if not request.can_read_body:
        return Form()
    raise UnsupportedMedia


async def _read_body(request: web.Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > most:
            raise TooLarge
    return bytes(body)


def _urlencoded(body: bytes, limits: FormLimits) -> Form:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=limits.max_fields,
        )
    except ValueError as error:
        raise BadRequest from error
    return Form(MultiDict((_text(name), _text(value)) for name, value in pairs))


class _Lines:
    """A body of which only so many lines are read.

    aiohttp reads a prologue of empty lines one by one and lets nobody else work meanwhile: a megabyte takes seconds.
    """

    def __init__(self, body: StreamReader, most: int) -> None:
        self._body = body
        self._left = most

    def __getattr__(self, name: str) -> Any:
        return getattr(self._body, name)

    async def readline(self, **limits: Any) -> bytes:
        """Return the next line; raises `BadRequest` when there are too many."""
        self._left -= 1
        if self._left < 0:
            raise BadRequest
        return await self._body.readline(**limits)


async def _multipart(request: web.Request, limits: FormLimits) -> Form:
    fields: MultiDict[str] = MultiDict()
    files: list[Upload] = []
    left = limits.max_total
    parts = 0
    lines: Any = _Lines(request.content, _LINES_A_PART * (limits.max_fields + limits.max_files + 1))
    try:
        async for part in MultipartReader(request.headers, lines):
            if not isinstance(part, BodyPartReader) or not part.name:
                raise BadRequest
            parts += 1
            if parts > limits.max_fields + limits.max_files:
                raise TooLarge
            if part.filename is None:
                content, _fits = await _part(part, most=min(limits.max_bytes, left), left=left)
                if not _fits:
                    raise TooLarge
                fields.add(_text(part.name), _text(content.decode("utf-8")))
            else:
                content, fits = await _part(part, most=limits.max_file_bytes, left=left)
                if not part.filename and not content:
                    continue
                if len(files) >= limits.max_files:
                    raise TooLarge
                media_type = part.headers.get("Content-Type", "application/octet-stream")[:100]
                files.append(
                    Upload(_text(part.name), clean_file_name(part.filename), media_type, content, too_large=not fits)
                )
            left -= len(content)
    except (ValueError, AssertionError, RuntimeError) as error:  # what aiohttp raises for a part that it cannot read
        raise BadRequest from error
    return Form(fields, tuple(files))


async def _part(part: BodyPartReader, *, most: int, left: int) -> tuple[bytes, bool]:
    """Return the part's bytes and whether they were within `most`; raises `TooLarge` when over `left`."""
    content = bytearray()
    size = 0
    while chunk := await part.read_chunk(_CHUNK):
        size += len(chunk)
        if size > left:
            raise TooLarge
        if size <= most:
            content += chunk
    return (bytes(content), True) if size <= most else (b"", False)


def _text(value: str) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if _FORBIDDEN.search(value):
        raise BadRequest
    return value


def clean_file_name(name: str) -> str:
    """Return the last component of a file name, without what a file system or a page could take amiss."""
    last = re.split(r"[/\\]", name)[-1]
    return _UNSAFE_IN_NAMES.sub("", last).strip(". ")[:150] or "file"
