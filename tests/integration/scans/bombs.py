"""Scans that explode, and large ones that are honest."""

from __future__ import annotations

import io
import zlib
from functools import cache

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from tests.unit.scans.material import pdf, saved, written


def forms_that_double(levels: int) -> bytes:
    """Return a PDF of a kilobyte that draws 2 to the power of `levels` lines."""
    with pikepdf.open(io.BytesIO(pdf())) as made:
        inner = _form(made, b"0 0 m 10 10 l S", None)
        for _ in range(levels):
            inner = _form(made, b"/X Do /X Do", inner)
        made.pages[0].obj.Resources.XObject = Dictionary(X=inner)
        made.pages[0].contents_add(b"/X Do")
        return written(made)


def form_that_draws_itself() -> bytes:
    """Return a PDF whose form draws itself twice."""
    with pikepdf.open(io.BytesIO(pdf())) as made:
        form = _form(made, b"/X Do /X Do", None)
        form.Resources = Dictionary(XObject=Dictionary(X=form))
        made.pages[0].obj.Resources.XObject = Dictionary(X=form)
        made.pages[0].contents_add(b"/X Do")
        return written(made)


def stream_that_swells(megabytes: int) -> bytes:
    """Return a PDF whose page is that much drawing, packed twice."""
    with pikepdf.open(io.BytesIO(pdf())) as made:
        drawn = zlib.compressobj(9)
        packed = b"".join(drawn.compress(b"0 0 m 9 9 l S\n" * 75_000) for _ in range(megabytes)) + drawn.flush()
        stream = made.make_stream(zlib.compress(packed, 9))
        stream.Filter = Array([Name.FlateDecode, Name.FlateDecode])
        made.pages[0].obj.Contents = stream
        return written(made, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


@cache
def noise(pages: int, size: tuple[int, int] = (1240, 1754)) -> bytes:
    """Return a PDF of scanned pages, which is work to draw."""
    drawn = Image.effect_noise(size, 60)
    with pikepdf.new() as made:
        for number in range(pages):
            _scanned(made, _image(made, drawn.rotate(number)))
        return written(made)


def one_picture_on_every_page(pages: int) -> bytes:
    """Return a PDF that is small as long as its pages share what they draw."""
    with pikepdf.new() as made:
        image = _image(made, Image.effect_noise((1240, 1754), 120))
        for _ in range(pages):
            _scanned(made, image)
        return written(made)


def _image(made: pikepdf.Pdf, drawn: Image.Image) -> pikepdf.Object:
    image = made.make_stream(saved(drawn, "JPEG", quality=60))
    image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceGray
    image.Width, image.Height, image.BitsPerComponent = *drawn.size, 8
    image.Filter = Name.DCTDecode
    return image


def _scanned(made: pikepdf.Pdf, image: pikepdf.Object) -> None:
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, 595, 842]),
        Resources=Dictionary(XObject=Dictionary(I=image)),
        Contents=made.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q"),
    )
    made.pages.append(pikepdf.Page(made.make_indirect(page)))


def _form(made: pikepdf.Pdf, drawn: bytes, inner: pikepdf.Object | None) -> pikepdf.Object:
    form = made.make_stream(drawn)
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 500, 500])
    form.Resources = Dictionary(XObject=Dictionary(X=inner)) if inner is not None else Dictionary()
    return form
