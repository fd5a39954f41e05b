"""Scans made for tests: pictures in which every corner is told from the others, and files of all kinds of them."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageCms

from gateway.scans.page import PageType
from gateway.scans.parsing import jobs

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def picture(mode: str = "RGB", size: tuple[int, int] = (120, 80)) -> Image.Image:
    """Corners: red at the upper left, green at the upper right, blue at the lower left, white between; not square."""
    width, height = size
    drawn = Image.new("RGB", size, "white")
    across, down = width // 3, height // 3
    drawn.paste((220, 20, 20), (0, 0, across, down))
    drawn.paste((20, 200, 20), (width - across, 0, width, down))
    drawn.paste((20, 20, 220), (0, height - down, across, height))
    if mode == "I;16":
        grey = drawn.convert("L")
        return Image.frombytes("I;16", size, b"".join(bytes((value // 2, value)) for value in grey.tobytes()))
    return drawn.convert(mode)


def corners(seen: Image.Image) -> str:
    """Name the corners clockwise from the upper left: r, g, b or w (white)."""
    width, height = seen.size
    small = seen.convert("RGB")
    places = (
        (width // 8, height // 8),
        (width - 1 - width // 8, height // 8),
        (width - 1 - width // 8, height - 1 - height // 8),
        (width // 8, height - 1 - height // 8),
    )
    return "".join(_name(small.getpixel(place)) for place in places)


def _name(colour: Any) -> str:
    red, green, blue = colour
    if min(colour) > 180:
        return "w"
    return "rgb"[[red, green, blue].index(max(colour))]


UPRIGHT = "rgwb"


def turned(degrees: int) -> str:
    """Name the corners after turning clockwise."""
    steps = degrees // 90
    return UPRIGHT[-steps:] + UPRIGHT[:-steps] if steps else UPRIGHT


def saved(drawn: Image.Image, kind: str, **options: Any) -> bytes:
    """Return the file."""
    stream = io.BytesIO()
    drawn.save(stream, kind, **options)
    return stream.getvalue()


def opened(content: bytes) -> Image.Image:
    """Return the picture, decoded."""
    with Image.open(io.BytesIO(content)) as found:
        found.load()
        return found.copy()


def stored(original: Image.Image, orientation: int) -> Image.Image:
    """Return how a camera that notes this orientation would store the picture."""
    back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    return original if back is None else original.transpose(back)


def exif(**values: Any) -> bytes:
    """Return an Exif block of a camera, with a place and a name in it."""
    made = Image.Exif()
    made[0x010F], made[0x013B] = "SECRET-CAMERA", "SECRET-OWNER"
    made.get_ifd(0x8825)[1] = "SECRET-PLACE"
    for name, value in values.items():
        made[{"orientation": 0x0112, "x": 0x011A, "y": 0x011B, "unit": 0x0128}[name]] = value
    return made.tobytes()


def pdf(pages: int = 1, *, text: str = "ABC", **of_page: Any) -> bytes:
    """Return a PDF with a line of text on each page."""
    with pikepdf.new() as made:
        for number in range(pages):
            made.pages.append(pikepdf.Page(made.make_indirect(_page(made, f"{text} {number + 1}", **of_page))))
        return written(made)


def _page(made: pikepdf.Pdf, text: str, **more: Any) -> Dictionary:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    return Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, 595, 842]),
        Resources=Dictionary(Font=Dictionary(F1=font)),
        Contents=made.make_stream(f"BT /F1 24 Tf 50 700 Td ({text}) Tj ET".encode()),
        **more,
    )


def written(made: pikepdf.Pdf, **options: Any) -> bytes:
    """Return the file of a PDF that is open."""
    stream = io.BytesIO()
    made.save(stream, **options)
    return stream.getvalue()


def laid_open(content: bytes) -> bytes:
    """Return the PDF with every stream unpacked, to look for what should not be there."""
    with pikepdf.open(io.BytesIO(content)) as found:
        return written(
            found,
            qdf=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )


def javascript(said: str = "SECRET-SCRIPT") -> Dictionary:
    """Return an action that runs a script."""
    return Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{said}')"))


@cache
def _warmed() -> bool:
    jobs._limit_qpdf()
    Image.MAX_IMAGE_PIXELS = None
    return True


def read(content: bytes) -> tuple[str | None, list[tuple[bytes, PageType, int, int]]]:
    """Do what the reading process does, in this one: the code of the refusal, or the pages."""
    assert _warmed()
    head, parts = jobs.done({"do": "read"}, [content])
    if "refused" in head:
        return str(head["refused"]), []
    told = head["pages"]
    return None, [
        (part, PageType(one["type"]), one["width"], one["height"]) for part, one in zip(parts, told, strict=True)
    ]


def one_page(content: bytes) -> tuple[bytes, PageType, int, int]:
    """Return the only page of a file that is taken."""
    refused, pages = read(content)
    assert refused is None
    assert len(pages) == 1
    return pages[0]


def previewed(content: bytes, kind: PageType, rotation: int = 0, width: int = 1000) -> Image.Image:
    """Return the preview as a picture."""
    head, parts = jobs.done({"do": "preview", "type": kind, "rotation": rotation, "width": width}, [content])
    assert "refused" not in head, head
    return opened(parts[0])


def combined(pages: list[tuple[bytes, PageType, int]]) -> bytes:
    """Return the PDF of pages."""
    told = [{"type": kind, "rotation": rotation} for _, kind, rotation in pages]
    head, parts = jobs.done({"do": "combine", "pages": told}, [content for content, _, _ in pages])
    assert "refused" not in head, head
    return parts[0]
