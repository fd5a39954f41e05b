"""The three jobs of the reading process, and how each of them may fail."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image, ImageCms, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from gateway.scans.errors import ScanCode
from gateway.scans.frames import Frame
from gateway.scans.limits import MAX_KEPT_BYTES
from gateway.scans.page import PageType
from gateway.scans.parsing import pdf, tiff
from gateway.scans.parsing.combining import combine
from gateway.scans.parsing.jpeg import check_decodes, read_jpeg
from gateway.scans.parsing.kinds import Kind, kind_of
from gateway.scans.parsing.png import drawn, read_png
from gateway.scans.parsing.previews import preview
from gateway.scans.parsing.refusal import Refused

_UNPACKED = 400_000_000
"""Bytes of one stream that qpdf may unpack."""


def warm() -> None:
    """Load whatever a job may need, since no file can be opened later, and set the limits of the libraries."""
    Image.MAX_IMAGE_PIXELS = None  # `check_size` looks before anything is decoded
    _limit_qpdf()
    Image.preinit()
    white = Image.new("RGB", (16, 16), "white")
    for codec in (JpegImagePlugin, PngImagePlugin, TiffImagePlugin):
        stream = io.BytesIO()
        white.save(stream, codec.__name__.rpartition(".")[2].removesuffix("ImagePlugin"))
        Image.open(stream).load()
    ImageCms.ImageCmsProfile(io.BytesIO(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()))
    page = combine([(drawn(white, None, None).content, PageType.PNG, 90)])
    preview(page, PageType.PDF, 90, 16)
    with pypdfium2.PdfDocument(page) as opened:
        opened[0].get_textpage().close()
    list(pdf.split(page))


def _limit_qpdf() -> None:
    pikepdf.settings.set_qpdf_limits(
        parser_max_nesting=100,
        parser_max_container_size=1_000_000,
        max_stream_filters=8,
        flate_max_memory=_UNPACKED,
        png_max_memory=_UNPACKED,
        tiff_max_memory=_UNPACKED,
        run_length_max_memory=_UNPACKED,
        dct_max_memory=_UNPACKED,
        dct_max_progressive_scans=64,
    )


def done(head: Mapping[str, Any], parts: list[bytes]) -> Frame:
    """Do one job; whatever goes wrong in it is a refusal."""
    try:
        return _do(head, parts)
    except Refused as refused:
        return {"refused": refused.code, "reason": refused.reason}, []
    except Exception as error:  # noqa: BLE001 - the libraries fail in many ways on what is crafted to make them
        return {"refused": ScanCode.UNREADABLE, "reason": type(error).__name__}, []


def _do(head: Mapping[str, Any], parts: list[bytes]) -> Frame:
    match head:
        case {"do": "read"}:
            return _read(parts[0])
        case {"do": "preview", "type": kind, "rotation": rotation, "width": width}:
            return {}, [preview(parts[0], PageType(kind), rotation, width)]
        case {"do": "combine", "pages": told}:
            pages = zip(parts, told, strict=True)
            return {}, [combine([(part, PageType(one["type"]), one["rotation"]) for part, one in pages])]
    raise ValueError("no such job")


def _read(content: bytes) -> Frame:
    told, kept, size = [], [], 0
    for kind, page, width, height in _pages(content):
        size += len(page)
        if size > MAX_KEPT_BYTES:
            raise Refused(ScanCode.TOO_LARGE, "pages")
        told.append({"type": kind, "width": width, "height": height})
        kept.append(page)
    return {"pages": told}, kept


def _pages(content: bytes) -> Iterator[tuple[PageType, bytes, int, int]]:
    kind = kind_of(content)
    if kind is Kind.PDF:
        for page, width, height in pdf.split(content):
            yield PageType.PDF, page, width, height
    elif kind is Kind.TIFF:
        yield from tiff.split(content)
    elif kind is Kind.JPEG:
        jpeg = read_jpeg(content)
        check_decodes(jpeg)
        yield PageType.JPEG, jpeg.content, *jpeg.shown
    else:
        png = read_png(content)
        yield PageType.PNG, png.content, png.width, png.height
