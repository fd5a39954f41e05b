"""PNG: the compressed pixels stay, text and hidden bytes do not; what is transparent lies on white."""

import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from gateway.scans.page import PageType
from gateway.scans.parsing.png import read_png
from tests.unit.scans.material import SRGB, UPRIGHT, corners, one_page, opened, picture, previewed, read, saved


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _made(size: tuple[int, int], rows: bytes, *, depth: int = 8, colour: int = 0, more: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0)
    data = zlib.compress(rows) + more
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "I;16"])
def test_the_compressed_pixels_stay_as_they_are(mode: str) -> None:
    content = saved(picture(mode), "PNG", dpi=(300, 150))
    kept, kind, width, height = one_page(content)
    assert (kind, width, height) == (PageType.PNG, 120, 80)
    assert opened(kept).mode == opened(content).mode
    assert opened(kept).tobytes() == opened(content).tobytes()
    assert read_png(kept).data in content
    assert tuple(round(one) for one in opened(kept).info["dpi"]) == (300, 150)


def test_texts_times_exif_and_what_follows_the_end_are_gone() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "SECRET-TEXT")
    texts.add_itxt("XML:com.adobe.xmp", "SECRET-XMP")
    texts.add(b"tIME", b"SECRET!")
    content = saved(picture(), "PNG", pnginfo=texts) + b"SECRET-TRAILER"
    kept, *_ = one_page(content)
    assert b"SECRET" in content
    assert b"SECRET" not in kept


def test_what_hides_behind_the_pixels_is_gone() -> None:
    content = _made((4, 2), bytes(10), more=b"SECRET-TAIL")
    kept, *_ = one_page(content)
    assert b"SECRET" not in kept
    assert opened(kept).size == (4, 2)


def test_a_colour_profile_is_kept() -> None:
    assert opened(one_page(saved(picture(), "PNG", icc_profile=SRGB))[0]).info["icc_profile"] == SRGB
    assert "icc_profile" not in opened(one_page(saved(picture(), "PNG", icc_profile=b"SECRET" * 30))[0]).info


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_seen_as_on_white_paper(mode: str) -> None:
    clear = picture("RGBA")
    clear.paste((0, 0, 0, 0), (0, 60, 120, 80))
    drawn = clear.convert("RGB").convert("P") if mode == "P" else clear.convert(mode)
    content = saved(drawn, "PNG", **({"transparency": drawn.getpixel((60, 70))} if mode == "P" else {}))
    kept, kind, *_ = one_page(content)
    seen = opened(kept)
    assert seen.mode in {"L", "RGB"}
    assert read_png(kept).colour in {0, 2}
    assert corners(previewed(kept, kind))[2] == "w"


def test_an_interlaced_picture_is_stored_anew_without_loss() -> None:
    content = bytearray(saved(picture("L", (8, 8)), "PNG"))
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    pixels = picture("L", (8, 8)).load()
    rows = b"".join(
        b"\0" + bytes(pixels[x, y] for x in range(left, 8, across))
        for left, top, across, down in passes
        for y in range(top, 8, down)
    )
    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1)
    body = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    kept, *_ = one_page(bytes(content[:8]) + body)
    assert opened(kept).tobytes() == picture("L", (8, 8)).tobytes()


@pytest.mark.parametrize(
    "content",
    [
        saved(picture(), "PNG")[:-1],
        saved(picture(), "PNG")[:200],
        saved(picture(), "PNG")[:8],
        _made((4, 2), bytes(9)),
        _made((4, 2), bytes(11)),
        _made((4, 2), b"\5" + bytes(9)),
        _made((4, 2), bytes(10), depth=3),
        _made((4, 2), bytes(10), colour=5),
        _made((4, 2), bytes(10), colour=3),
        _made((0, 2), b""),
        saved(picture(), "PNG").replace(b"IDAT", b"IDAX"),
    ],
)
def test_what_is_damaged_or_cut_off_is_refused(content: bytes) -> None:
    assert read(content)[0] == "scan-unreadable"


def test_a_bomb_is_refused_by_its_head() -> None:
    assert read(_made((60_000, 60_000), bytes(1000)))[0] == "scan-too-many-pixels"


def test_data_that_goes_on_for_ever_is_refused_early() -> None:
    assert read(_made((4, 2), bytes(200_000_000)))[0] == "scan-unreadable"


def test_a_palette_of_a_picture_is_kept_whole() -> None:
    drawn = picture().convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    kept, kind, *_ = one_page(saved(drawn, "PNG"))
    assert opened(kept).convert("RGB").tobytes() == drawn.convert("RGB").tobytes()
    assert corners(previewed(kept, kind)) == UPRIGHT
