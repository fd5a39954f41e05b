"""Whatever comes from a scanner ends in pages or in a refusal, and the next scan is read."""

import contextlib
import io
from collections.abc import Iterator
from functools import cache

import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from gateway.scans import ScanCode, ScanRefused, combine, preview, read_pages, reading
from gateway.scans.limits import MAX_BYTES, MAX_COMBINED_BYTES
from gateway.scans.page import Page, PageType
from tests.integration.scans.bombs import (
    form_that_draws_itself,
    forms_that_double,
    one_picture_on_every_page,
    stream_that_swells,
)
from tests.unit.scans.material import exif, pdf, picture, saved

_MANY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(autouse=True, scope="module")
def _processes() -> Iterator[None]:
    yield
    reading.close()


async def _outcome(content: bytes, media_type: str = "") -> ScanCode | tuple[Page, ...]:
    try:
        pages = await read_pages(content, media_type)
    except ScanRefused as refused:
        return refused.code
    assert 0 < len(pages) <= 100
    for page in pages:
        _check(page)
    return pages


def _known(content: bytes) -> bool:
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG", b"II", b"MM")) or b"%PDF-" in content


def _check(page: Page) -> None:
    """Every kept page is read by another program than the one that kept it."""
    assert page.width > 0
    assert page.height > 0
    if page.media_type == PageType.PDF:
        with pypdfium2.PdfDocument(page.content) as found:
            assert len(found) == 1
        with pikepdf.open(io.BytesIO(page.content)) as found:
            assert set(found.Root.keys()) <= {"/Type", "/Pages"}
            assert set(found.pages[0].obj.keys()) <= {
                *("/Type", "/Parent", "/MediaBox", "/Resources", "/Contents", "/Group", "/Rotate", "/UserUnit")
            }
        return
    with Image.open(io.BytesIO(page.content)) as found:
        assert f"image/{found.format.lower()}" == page.media_type


async def test_an_empty_file_is_refused() -> None:
    assert await _outcome(b"", "application/pdf") is ScanCode.EMPTY


async def test_sixteen_megabytes_are_refused_and_fifteen_looked_at() -> None:
    assert await _outcome(bytes(16_000_000), "application/pdf") is ScanCode.TOO_LARGE
    assert await _outcome(b"%PDF-1.7\n".ljust(MAX_BYTES, b"0"), "application/pdf") is ScanCode.UNREADABLE


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90\0" * 50, b"PK\3\4" * 50, b"<html><script>1</script>", b"GIF89a" + bytes(99), b"BM" + bytes(99), b"\0"],
)
async def test_a_file_of_another_kind_is_refused(content: bytes) -> None:
    assert await _outcome(content, "image/jpeg") is ScanCode.TYPE


@pytest.mark.parametrize("declared", ["text/html", "image/svg+xml", "application/msword", "image/gif"])
async def test_what_calls_itself_another_kind_is_refused(declared: str) -> None:
    assert await _outcome(saved(picture(), "JPEG"), declared) is ScanCode.TYPE


async def test_what_a_file_is_its_content_says() -> None:
    pages = await read_pages(saved(picture(), "PNG"), "image/jpeg; name=scan.jpg")
    assert pages[0].media_type == PageType.PNG


@pytest.mark.parametrize("levels", [22, 30])
async def test_a_small_pdf_that_draws_without_end_is_ended(levels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "READING_SECONDS", 4.0)
    assert await _outcome(forms_that_double(levels)) is ScanCode.UNREADABLE
    assert isinstance(await _outcome(pdf()), tuple)


async def test_a_pdf_that_draws_itself_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "READING_SECONDS", 4.0)
    await _outcome(form_that_draws_itself())
    assert isinstance(await _outcome(pdf()), tuple)


@pytest.mark.full
async def test_a_page_that_swells_a_thousand_times_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "READING_SECONDS", 4.0)
    content = stream_that_swells(200)
    assert len(content) < 100_000
    assert await _outcome(content) is ScanCode.UNREADABLE
    assert isinstance(await _outcome(pdf()), tuple)


async def test_pages_that_swell_together_are_refused() -> None:
    content = one_picture_on_every_page(100)
    assert len(content) < 2_000_000
    with pytest.raises(ScanRefused) as refused:
        await read_pages(content, "application/pdf")
    assert refused.value.code is ScanCode.TOO_LARGE
    assert "60" in refused.value.text.ru


@cache
def _seeds() -> tuple[bytes, ...]:
    drawn = picture(size=(64, 48))
    return (
        saved(drawn, "JPEG", exif=exif(orientation=6), comment=b"x"),
        saved(drawn, "JPEG", progressive=True),
        saved(drawn, "PNG"),
        saved(drawn.convert("P"), "PNG", transparency=1),
        saved(drawn.convert("1"), "TIFF", compression="group4", save_all=True, append_images=[drawn.convert("1")] * 3),
        saved(drawn, "TIFF", compression="jpeg", quality=70),
        saved(drawn, "TIFF", compression="tiff_lzw"),
        pdf(2),
        saved(drawn, "PDF"),
    )


@_MANY
@given(
    data=st.binary(max_size=2000),
    head=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0+", b"%PDF-1.4\n"]),
)
async def test_noise_after_a_right_beginning_ends_in_pages_or_a_refusal(data: bytes, head: bytes) -> None:
    await _outcome(head + data)


@_MANY
@given(data=st.binary(min_size=1, max_size=500))
async def test_noise_is_of_no_type(data: bytes) -> None:
    assume(not _known(data))
    assert await _outcome(data) is ScanCode.TYPE


@_MANY
@given(seed=st.integers(0, 8), share=st.floats(0.001, 0.999))
async def test_a_file_cut_off_anywhere_ends_in_pages_or_a_refusal(seed: int, share: float) -> None:
    content = _seeds()[seed]
    await _outcome(content[: max(1, int(len(content) * share))])


@settings(_MANY, max_examples=50)
@given(
    seed=st.integers(0, 8),
    changes=st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 255)), min_size=1, max_size=12),
)
async def test_a_file_with_wrong_bytes_ends_in_pages_or_a_refusal(seed: int, changes: list[tuple[float, int]]) -> None:
    content = bytearray(_seeds()[seed])
    for place, value in changes:
        content[int(place * len(content))] = value
    found = await _outcome(bytes(content))
    if isinstance(found, tuple):
        for page in found[:2]:
            with contextlib.suppress(ScanRefused):
                kind, shown = await preview(page, 90, 200)
                assert kind == PageType.JPEG
                assert shown.startswith(b"\xff\xd8")


@_MANY
@given(data=st.binary(min_size=1, max_size=300), kind=st.sampled_from(list(PageType)))
async def test_noise_instead_of_a_page_is_refused_when_shown_or_combined(data: bytes, kind: PageType) -> None:
    with pytest.raises(ScanRefused):
        await preview(Page(data, kind, 1, 1), 0)
    with pytest.raises(ScanRefused):
        await combine([(data, kind, 0)])


async def test_a_document_of_nothing_or_too_much_is_refused() -> None:
    page = saved(picture(), "JPEG")
    for pages, code in (
        ([], ScanCode.EMPTY),
        ([(page, PageType.JPEG, 0)] * 501, ScanCode.TOO_MANY_PAGES),
        ([(bytes(MAX_COMBINED_BYTES // 2 + 1), PageType.JPEG, 0)] * 2, ScanCode.TOO_LARGE),
    ):
        with pytest.raises(ScanRefused) as refused:
            await combine(pages)
        assert refused.value.code is code
    assert "30" in refused.value.text.en


async def test_what_the_house_asks_wrongly_is_an_error_of_the_house() -> None:
    page = (await read_pages(saved(picture(), "JPEG"), "image/jpeg"))[0]
    with pytest.raises(ValueError, match="45"):
        await preview(page, 45)
    with pytest.raises(ValueError, match="pixels"):
        await preview(page, 0, 0)
    with pytest.raises(ValueError, match="45"):
        await combine([(page.content, page.media_type, 45)])
    with pytest.raises(ValueError, match="gif"):
        await combine([(page.content, "image/gif", 0)])


async def test_pages_of_a_day_come_through_in_their_order_and_turned() -> None:
    first = await read_pages(saved(picture(), "JPEG", dpi=(144, 144)), "image/jpeg")
    second = await read_pages(pdf(2), "application/pdf")
    third = await read_pages(
        saved(picture("1"), "TIFF", compression="group4", dpi=(144, 144), save_all=True, append_images=[picture("1")]),
        "image/tiff",
    )
    pages = [*first, *second, *third]
    content = await combine([(page.content, page.media_type, 90 * (number % 4)) for number, page in enumerate(pages)])
    with pypdfium2.PdfDocument(content) as found:
        sizes = [tuple(round(side) for side in page.get_size()) for page in found]
    assert sizes[:4] == [(60, 40), (842, 595), (595, 842), (40, 60)]
    assert len(sizes) == 5
