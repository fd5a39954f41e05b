"""JPEG: the very same picture stays, and nothing but the picture."""

import io
import struct

import pytest
from PIL import Image, ImageOps

from gateway.scans.page import PageType
from gateway.scans.parsing.jpeg import read_jpeg
from tests.unit.scans.material import (
    SRGB,
    UPRIGHT,
    corners,
    exif,
    one_page,
    opened,
    picture,
    previewed,
    read,
    saved,
    stored,
)


def _coded(content: bytes) -> bytes:
    """Everything from the first table on is what the picture is coded in."""
    return content[content.index(b"\xff\xdb") :]


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_blocks": 4}])
def test_the_coded_picture_stays_byte_for_byte(mode: str, options: dict[str, object]) -> None:
    content = saved(picture(mode), "JPEG", quality=90, **options)
    kept, kind, width, height = one_page(content)
    assert (kind, width, height) == (PageType.JPEG, 120, 80)
    assert _coded(kept) == _coded(content)
    assert opened(kept).tobytes() == opened(content).tobytes()


def test_place_owner_camera_comment_thumbnail_and_what_follows_the_end_are_gone() -> None:
    content = saved(picture(), "JPEG", exif=exif(), comment=b"SECRET-COMMENT", xmp=b"<x>SECRET-XMP</x>")
    thumbnail = b"\xff\xe0" + struct.pack(">H", 16 + 12) + b"JFXX\0\x13" + b"SECRET-THUMBNAIL"[:20].ljust(20)
    content = content[:2] + thumbnail + content[2:] + b"SECRET-TRAILER"
    kept, *_ = one_page(content)
    assert b"SECRET" in content
    assert b"SECRET" not in kept


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_of_exif_is_honoured_without_coding_anew(orientation: int) -> None:
    lying = stored(picture(), orientation)
    content = saved(lying, "JPEG", quality=95, exif=exif(orientation=orientation))
    kept, kind, width, height = one_page(content)
    assert (width, height) == (120, 80)
    assert _coded(kept) == _coded(content)
    assert corners(previewed(kept, kind)) == UPRIGHT
    with Image.open(io.BytesIO(kept)) as seen:
        assert corners(ImageOps.exif_transpose(seen)) == UPRIGHT


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"dpi": (300, 200)}, (300, 200)),
        ({"exif": exif(x=400.0, y=300.0, unit=2)}, (400, 300)),
        ({"exif": exif(x=100.0, y=50.0, unit=3)}, (254, 127)),
        ({}, None),
    ],
)
def test_the_resolution_is_kept(options: dict[str, object], expected: tuple[int, int] | None) -> None:
    kept, *_ = one_page(saved(picture(), "JPEG", **options))
    dots = read_jpeg(kept).dots
    assert (dots and (round(dots.x), round(dots.y))) == expected
    if expected and expected[0] == expected[1]:
        assert opened(kept).info["dpi"] == expected


def test_centimetres_of_jfif_are_understood() -> None:
    content = bytearray(saved(picture(), "JPEG", dpi=(300, 300)))
    content[13:18] = struct.pack(">BHH", 2, 118, 118)
    dots = read_jpeg(one_page(bytes(content))[0]).dots
    assert dots is not None
    assert round(dots.x) == 300


def test_a_picture_in_plain_rgb_keeps_its_colours() -> None:
    content = saved(picture(), "JPEG", quality=95, keep_rgb=True)
    assert b"JFIF" not in content[:30]
    kept, kind, *_ = one_page(content)
    assert corners(opened(kept)) == UPRIGHT
    assert corners(previewed(kept, kind)) == UPRIGHT


def test_a_colour_profile_is_kept_when_it_is_one() -> None:
    kept, *_ = one_page(saved(picture(), "JPEG", icc_profile=SRGB))
    assert opened(kept).info["icc_profile"] == SRGB


@pytest.mark.parametrize("content", [b"SECRET" * 60, SRGB[:-40].replace(b"RGB ", b"CMYK", 1)])
def test_what_only_calls_itself_a_profile_is_dropped(content: bytes) -> None:
    kept, *_ = one_page(saved(picture(), "JPEG", icc_profile=content))
    assert "icc_profile" not in opened(kept).info


def test_nothing_changes_when_a_kept_page_is_read_again() -> None:
    kept, *_ = one_page(saved(stored(picture(), 6), "JPEG", exif=exif(orientation=6, x=300.0, y=300.0)))
    assert one_page(kept)[0] == kept


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_what_is_cut_off_is_refused(share: float) -> None:
    content = saved(picture(size=(600, 400)), "JPEG", quality=95)
    assert read(content[: int(len(content) * share)])[0] == "scan-unreadable"


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    content = bytearray(saved(picture(), "JPEG"))
    place = content.index(b"\xff\xc0")
    content[place + 5 : place + 9] = struct.pack(">HH", 20_000, 20_000)
    assert read(bytes(content))[0] == "scan-too-many-pixels"


def test_a_picture_of_very_many_scans_is_refused() -> None:
    content = saved(picture("L"), "JPEG", progressive=True)
    start = content.index(b"\xff\xda")
    again = content[start:-2]
    assert read(content[:-2] + again * 40 + b"\xff\xd9")[0] == "scan-unreadable"


@pytest.mark.parametrize("marker", [0xC3, 0xC9, 0xCA, 0xDE])
def test_a_rare_way_of_coding_is_refused(marker: int) -> None:
    content = saved(picture(), "JPEG").replace(b"\xff\xc0", bytes((0xFF, marker)), 1)
    assert read(content)[0] == "scan-unreadable"


def test_twelve_bits_are_refused() -> None:
    content = bytearray(saved(picture(), "JPEG"))
    content[content.index(b"\xff\xc0") + 4] = 12
    assert read(bytes(content))[0] == "scan-unreadable"
