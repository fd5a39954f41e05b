"""A picture as a page of a PDF, its pixels neither decoded nor coded anew."""

from __future__ import annotations

import io
import zlib
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from gateway.scans.parsing.jpeg import Jpeg
from gateway.scans.parsing.pictures import Resolution, paper
from gateway.scans.parsing.png import Png

_SPACES: Final = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}
_PLACED: Final = {
    1: "{w} 0 0 {h} 0 0",
    2: "-{w} 0 0 {h} {w} 0",
    3: "-{w} 0 0 -{h} {w} {h}",
    4: "{w} 0 0 -{h} 0 {h}",
    5: "0 -{h} -{w} 0 {w} {h}",
    6: "0 -{h} {w} 0 0 {h}",
    7: "0 {h} {w} 0 0 0",
    8: "0 {h} -{w} 0 {w} 0",
}
"""Where the unit square of the picture goes on a sheet w wide and h high, by Exif's orientation."""


def add_jpeg(pdf: pikepdf.Pdf, jpeg: Jpeg) -> None:
    """Add a page of the JPEG, upright."""
    picture = pdf.make_stream(jpeg.content)
    _describe(picture, jpeg.width, jpeg.height, 8, _space(pdf, jpeg.channels, jpeg.icc))
    picture[Name.Filter] = Name.DCTDecode
    if jpeg.channels == 4 and jpeg.adobe is not None:  # Adobe writes CMYK upside down
        picture[Name.Decode] = Array([1, 0] * 4)
    dots = jpeg.dots.turned() if jpeg.dots is not None and jpeg.shown != (jpeg.width, jpeg.height) else jpeg.dots
    _add(pdf, picture, paper(*jpeg.shown, dots), jpeg.orientation)


def add_png(pdf: pikepdf.Pdf, png: Png) -> None:
    """Add a page of the PNG."""
    channels = 3 if png.colour == 2 else 1  # 2 is RGB
    picture = pdf.make_stream(png.data)
    space = _space(pdf, 1 if png.colour == 0 else 3, png.icc)
    if png.colour == 3:  # a palette
        space = Array([Name.Indexed, space, len(png.palette) // 3 - 1, pikepdf.String(png.palette)])
    _describe(picture, png.width, png.height, png.depth, space)
    picture[Name.Filter] = Name.FlateDecode
    picture[Name.DecodeParms] = Dictionary(Predictor=15, Colors=channels, BitsPerComponent=png.depth, Columns=png.width)
    _add(pdf, picture, paper(png.width, png.height, png.dots), 1)


def add_cmyk(pdf: pikepdf.Pdf, drawn: Image.Image, dots: Resolution | None, icc: bytes | None) -> None:
    """Add a page of a picture in CMYK, which PNG does not know."""
    picture = pdf.make_stream(zlib.compress(drawn.tobytes(), 6))
    _describe(picture, *drawn.size, 8, _space(pdf, 4, icc))
    picture[Name.Filter] = Name.FlateDecode
    _add(pdf, picture, paper(*drawn.size, dots), 1)


def written(pdf: pikepdf.Pdf) -> bytes:
    """Return the file, the same for the same pages."""
    stream = io.BytesIO()
    pdf.save(
        stream,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        fix_metadata_version=False,
    )
    return stream.getvalue()


def _space(pdf: pikepdf.Pdf, channels: int, icc: bytes | None) -> pikepdf.Object:
    if icc is None:
        return _SPACES[channels]
    stream = pdf.make_stream(icc)
    stream[Name.N] = channels
    stream[Name.Alternate] = _SPACES[channels]
    return Array([Name.ICCBased, stream])


def _describe(picture: pikepdf.Object, width: int, height: int, depth: int, space: pikepdf.Object) -> None:
    picture[Name.Type] = Name.XObject
    picture[Name.Subtype] = Name.Image
    picture[Name.Width], picture[Name.Height] = width, height
    picture[Name.BitsPerComponent] = depth
    picture[Name.ColorSpace] = space


def _add(pdf: pikepdf.Pdf, picture: pikepdf.Object, sides: tuple[float, float], orientation: int) -> None:
    width, height = (f"{side:.4f}".rstrip("0").rstrip(".") for side in sides)
    drawn = f"q {_PLACED[orientation].format(w=width, h=height)} cm /P Do Q"
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, *(round(side, 4) for side in sides)]),
        Resources=Dictionary(XObject=Dictionary(P=picture)),
        Contents=pdf.make_stream(drawn.encode()),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
