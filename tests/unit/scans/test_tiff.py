"""TIFF: every page, upright, without loss, however it is packed."""

import io
import struct

import pytest
from PIL import Image, ImageChops, TiffImagePlugin

from gateway.scans.page import PageType
from gateway.scans.parsing.jpeg import read_jpeg
from gateway.scans.parsing.png import read_png
from tests.unit.scans.material import SRGB, UPRIGHT, corners, one_page, opened, picture, previewed, read, saved, stored


def _tags(**values: int) -> TiffImagePlugin.ImageFileDirectory_v2:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    names = {"orientation": 274, "subfile": 254, "rows": 278}
    for name, value in values.items():
        tags[names[name]] = value
    return tags


@pytest.mark.parametrize(
    ("mode", "packed"),
    [
        ("1", "group4"),
        ("1", "group3"),
        ("1", "raw"),
        ("L", "tiff_lzw"),
        ("L", "raw"),
        ("RGB", "tiff_adobe_deflate"),
        ("RGB", "packbits"),
        ("RGB", "raw"),
        ("P", "tiff_lzw"),
        ("I;16", "raw"),
    ],
)
def test_a_page_becomes_a_png_of_the_same_pixels(mode: str, packed: str) -> None:
    drawn = picture(mode)
    kept, kind, width, height = one_page(saved(drawn, "TIFF", compression=packed, dpi=(300, 300)))
    assert (kind, width, height) == (PageType.PNG, 120, 80)
    same = drawn.convert("RGB") if mode == "P" else drawn
    found = opened(kept).convert("RGB") if mode == "P" else opened(kept)
    assert found.mode == same.mode
    assert found.tobytes() == same.tobytes()
    dots = read_png(kept).dots
    assert dots is not None
    assert (round(dots.x), round(dots.y)) == (300, 300)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("packed", ["raw", "jpeg"])
def test_a_page_lies_upright_whatever_its_orientation(orientation: int, packed: str) -> None:
    lying = stored(picture(), orientation)
    content = saved(lying, "TIFF", compression=packed, tiffinfo=_tags(orientation=orientation), dpi=(300, 150))
    kept, kind, width, height = one_page(content)
    assert (width, height) == (120, 80)
    assert kind is (PageType.PNG if packed == "raw" else PageType.JPEG)
    seen = previewed(kept, kind)
    assert corners(seen) == UPRIGHT
    if packed == "raw":
        dots = read_png(kept).dots
        assert dots is not None
        assert (round(dots.x), round(dots.y)) == ((150, 300) if orientation > 4 else (300, 150))


def test_pages_of_every_kind_and_orientation_come_in_their_order() -> None:
    pages = []
    for number in range(24):
        orientation = number % 8 + 1
        drawn = stored(picture(["RGB", "L", "1"][number % 3], (90 + number, 60)), orientation)
        drawn.encoderinfo = {"tiffinfo": _tags(orientation=orientation)}
        pages.append(drawn)
    content = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], tiffinfo=_tags(orientation=1))
    refused, found = read(content)
    assert refused is None
    assert [(width, height) for _, _, width, height in found] == [(90 + number, 60) for number in range(24)]
    assert {corners(previewed(kept, kind)) for kept, kind, *_ in found[::3]} == {UPRIGHT}


def test_pages_in_colour_that_are_packed_as_jpeg_stay_jpeg_with_the_same_coefficients() -> None:
    drawn = Image.effect_noise((640, 480), 90).convert("RGB")
    drawn.paste(picture(size=(300, 300)), (100, 100))
    content = saved(drawn, "TIFF", compression="jpeg", quality=80, tiffinfo=_tags(rows=16), dpi=(300, 300))
    with Image.open(io.BytesIO(content)) as found:
        assert len(found.tag_v2[273]) > 5
        decoded = found.copy()
    kept, kind, width, height = one_page(content)
    assert (kind, width, height) == (PageType.JPEG, 640, 480)
    assert len(kept) < len(content)
    difference = ImageChops.difference(opened(kept).convert("L"), decoded.convert("L"))
    assert difference.getextrema()[1] <= 40
    dots = read_jpeg(kept).dots
    assert dots is not None
    assert round(dots.x) == 300


def test_grey_pages_that_are_packed_as_jpeg_are_the_same_to_the_pixel() -> None:
    drawn = Image.effect_noise((333, 251), 90)
    content = saved(drawn, "TIFF", compression="jpeg", quality=80, tiffinfo=_tags(rows=8))
    kept, kind, *_ = one_page(content)
    assert kind is PageType.JPEG
    assert opened(kept).tobytes() == opened(content).tobytes()


def test_a_jpeg_that_cannot_be_had_whole_is_decoded() -> None:
    content = saved(picture(size=(64, 64)), "TIFF", compression="jpeg", tiffinfo=_tags(rows=16))
    place = content.rindex(b"\xff\xda")  # the last strip says what the others do not
    damaged = content[: place + 13] + b"\x3e" + content[place + 14 :]
    refused, pages = read(damaged)
    assert refused in {None, "scan-unreadable"}
    assert all(kind is PageType.PNG for _, kind, *_ in pages)


def test_cmyk_becomes_a_pdf() -> None:
    kept, kind, width, height = one_page(saved(picture("CMYK", (600, 400)), "TIFF", dpi=(300, 300)))
    assert (kind, width, height) == (PageType.PDF, 144, 96)
    assert corners(previewed(kept, kind)) == UPRIGHT


def test_what_is_transparent_lies_on_white() -> None:
    kept, kind, *_ = one_page(saved(Image.new("RGBA", (20, 10), (0, 0, 0, 0)), "TIFF"))
    assert opened(kept).convert("L").getextrema() == (255, 255)
    assert kind is PageType.PNG


def test_a_colour_profile_is_kept() -> None:
    assert opened(one_page(saved(picture(), "TIFF", icc_profile=SRGB))[0]).info["icc_profile"] == SRGB


def test_centimetres_are_understood() -> None:
    content = saved(picture("L"), "TIFF", resolution_unit="cm", x_resolution=118.11, y_resolution=118.11)
    dots = read_png(one_page(content)[0]).dots
    assert dots is not None
    assert round(dots.x) == 300


def test_a_thumbnail_is_no_page() -> None:
    thumbnail = picture("L", (12, 8))
    thumbnail.encoderinfo = {"tiffinfo": _tags(subfile=1)}
    refused, pages = read(saved(picture("L"), "TIFF", save_all=True, append_images=[thumbnail, picture("L")]))
    assert refused is None
    assert [size for _, _, *size in pages] == [[120, 80], [120, 80]]


@pytest.mark.parametrize(
    ("count", "expected"), [(100, None), (101, "scan-too-many-pages"), (300, "scan-too-many-pages")]
)
def test_a_hundred_pages_are_the_most(count: int, expected: str | None) -> None:
    page = picture("1", (16, 16))
    content = saved(page, "TIFF", compression="group4", save_all=True, append_images=[page] * (count - 1))
    assert read(content)[0] == expected


def test_directories_in_a_ring_end() -> None:
    content = bytearray(saved(picture("L", (16, 16)), "TIFF"))
    first = struct.unpack_from("<I", content, 4)[0]
    entries = struct.unpack_from("<H", content, first)[0]
    struct.pack_into("<I", content, first + 2 + 12 * entries, first)
    refused, pages = read(bytes(content))
    assert refused is None
    assert len(pages) == 1


def test_a_later_page_of_too_many_pixels_refuses_all_before_any_is_decoded() -> None:
    content = bytearray(saved(picture("L"), "TIFF", save_all=True, append_images=[picture("L", (333, 222))]))
    for tag, said in ((256, 333), (257, 222)):
        place = max(content.find(struct.pack("<HHII", tag, kind, 1, said)) for kind in (3, 4))
        struct.pack_into("<HHII", content, place, tag, 4, 1, 60_000)
    assert read(bytes(content))[0] == "scan-too-many-pixels"


def test_what_is_cut_off_is_refused() -> None:
    content = saved(Image.effect_noise((400, 300), 50), "TIFF", compression="tiff_lzw")
    assert read(content[:2000])[0] == "scan-unreadable"
    assert read(content[:8])[0] == "scan-unreadable"


def test_numbers_that_are_no_colours_are_refused() -> None:
    assert read(saved(Image.new("F", (8, 8)), "TIFF"))[0] == "scan-unreadable"
