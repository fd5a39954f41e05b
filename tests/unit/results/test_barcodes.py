"""The barcode says its digits: to an independent reader, at the printer's resolution, and by the standard's sums."""

from __future__ import annotations

import pytest
import zxingcpp
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.results.barcodes import _WIDTHS, MODULE_MM, QUIET_ZONE, barcode_svg, check_character, symbols, widths

DIGITS = st.text("0123456789", min_size=1, max_size=48)


def runs(line: bytes) -> tuple[int, ...]:
    """Return the lengths of equal pixels of one line."""
    found, last = [], None
    for pixel in line:
        if pixel == last:
            found[-1] += 1
        else:
            found.append(1)
        last = pixel
    return tuple(found)


def independent(digits: str) -> tuple[int, ...]:
    """Return the widths that the encoder of zxing-cpp chooses."""
    image = zxingcpp.write_barcode_to_image(
        zxingcpp.create_barcode(digits, zxingcpp.BarcodeFormat.Code128), scale=1, add_quiet_zones=False, add_hrt=False
    )
    return runs(bytes(memoryview(image))[: image.shape[1]])


def read(digits: str, *, dots: int) -> str:
    """Return what zxing-cpp reads from one line of dots, repeated into a picture with its quiet zones."""
    line = bytearray(b"\xff" * (QUIET_ZONE * dots))
    for place, width in enumerate(widths(digits)):
        line += (b"\x00" if place % 2 == 0 else b"\xff") * (width * dots)
    line += b"\xff" * (QUIET_ZONE * dots)
    picture = memoryview(bytes(line) * 20).cast("B", (20, len(line)))
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.Code128)
    return str(found.text)


def test_every_symbol_character_is_eleven_modules_with_an_even_number_of_black_ones() -> None:
    assert len(_WIDTHS) == 106
    assert len(set(_WIDTHS)) == 106
    for character in _WIDTHS:
        assert sum(character) == 11
        assert sum(character[::2]) % 2 == 0


def test_the_check_character_is_the_weighted_sum_modulo_103() -> None:
    # The worked example of most descriptions of the code: start A, PJJ123C, check character 54.
    assert check_character([103, *(ord(letter) - 32 for letter in "PJJ123C")]) == 54


@given(DIGITS)
@example("72000000000017")
def test_the_start_and_the_characters_weighted_by_place_leave_the_check_character(digits: str) -> None:
    *values, check = symbols(digits)
    assert (values[0] + sum(place * value for place, value in enumerate(values[1:], start=1))) % 103 == check
    assert values[0] == (105 if len(digits) > 1 else 104)


@pytest.mark.parametrize("length", range(1, 49))
def test_digits_of_every_length_are_read_back(length: int) -> None:
    digits = ("7300000000041" * 4)[:length]
    assert read(digits, dots=2) == digits


@given(DIGITS)
def test_any_digits_are_read_back(digits: str) -> None:
    assert read(digits, dots=2) == digits


@given(st.text("0123456789", min_size=14, max_size=14))
def test_the_bars_of_a_number_are_those_of_an_independent_encoder(digits: str) -> None:
    assert widths(digits) == independent(digits)


def test_a_number_of_fourteen_digits_takes_112_modules_and_its_quiet_zones() -> None:
    assert sum(widths("73000000000017")) == 112
    svg = barcode_svg("73000000000017")
    assert 'width="66mm"' in svg
    assert f'viewBox="0 0 {112 + 2 * QUIET_ZONE} 1"' in svg


def test_a_module_is_a_whole_number_of_dots_of_a_printer_of_203_dpi() -> None:
    dots = MODULE_MM / 25.4 * 203.2
    assert dots == pytest.approx(4)
    assert MODULE_MM >= 0.25


@pytest.mark.parametrize("wrong", ["", "7" * 49, "R7300", "73 00", "٧٣", "-1", "73\n"])
def test_what_is_no_digits_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="expected 1 to 48 digits"):
        symbols(wrong)
