"""What the operator sees is what the provider gets: turned as asked, as large as the paper, in order."""

import io

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from gateway.scans.page import PageType
from tests.unit.scans.material import (
    SRGB,
    UPRIGHT,
    combined,
    corners,
    exif,
    laid_open,
    one_page,
    opened,
    pdf,
    picture,
    previewed,
    read,
    saved,
    stored,
    turned,
)


def _drawn(content: bytes, number: int = 0) -> Image.Image:
    with pypdfium2.PdfDocument(content) as found:
        return found[number].render(scale=2).to_pil().convert("RGB")


def _sizes(content: bytes) -> list[tuple[int, int]]:
    with pypdfium2.PdfDocument(content) as found:
        return [tuple(round(side) for side in page.get_size()) for page in found]


def _of_pdf() -> bytes:
    page = one_page(saved(picture(), "PNG", dpi=(144, 144)))
    return one_page(combined([(page[0], page[1], 0)]))[0]


_PAGES = {
    "jpeg": (lambda: one_page(saved(picture(), "JPEG"))[0], PageType.JPEG),
    "jpeg on its side": (
        lambda: one_page(saved(stored(picture(), 6), "JPEG", exif=exif(orientation=6)))[0],
        PageType.JPEG,
    ),
    "jpeg in cmyk": (lambda: one_page(saved(picture("CMYK"), "JPEG"))[0], PageType.JPEG),
    "png": (lambda: one_page(saved(picture(), "PNG"))[0], PageType.PNG),
    "png with a palette": (lambda: one_page(saved(picture("P"), "PNG"))[0], PageType.PNG),
    "pdf": (_of_pdf, PageType.PDF),
}


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("name", _PAGES)
def test_a_page_is_seen_and_sent_turned_as_the_operator_turned_it(name: str, rotation: int) -> None:
    make, kind = _PAGES[name]
    content = make()
    seen = previewed(content, kind, rotation)
    assert corners(seen) == turned(rotation)
    assert (seen.width > seen.height) is (rotation % 180 == 0)
    sent = combined([(content, kind, rotation)])
    assert corners(_drawn(sent)) == turned(rotation)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_of_any_orientation_lies_upright_in_the_pdf(orientation: int) -> None:
    lying = saved(stored(picture(), orientation), "JPEG", exif=exif(orientation=orientation, x=144.0, y=288.0, unit=2))
    content = combined([(one_page(lying)[0], PageType.JPEG, 0)])
    assert corners(_drawn(content)) == UPRIGHT
    assert _sizes(content) == ([(60, 20)] if orientation < 5 else [(30, 40)])


def test_a_pdf_that_was_turned_already_is_turned_further() -> None:
    once = one_page(combined([(_of_pdf(), PageType.PDF, 90)]))[0]
    assert corners(previewed(once, PageType.PDF)) == turned(90)
    assert corners(_drawn(combined([(once, PageType.PDF, 180)]))) == turned(270)


@pytest.mark.parametrize(
    ("size", "dpi", "expected"),
    [
        ((2480, 3508), (300, 300), (595, 842)),
        ((1728, 1143), (204, 98), (610, 840)),
        ((3000, 4000), (72, 72), (595, 794)),
        ((4000, 3000), None, (794, 595)),
        ((100, 100), (96, 96), (595, 595)),
    ],
)
def test_a_page_is_as_large_as_its_paper(
    size: tuple[int, int], dpi: tuple[int, int] | None, expected: tuple[int, int]
) -> None:
    content = one_page(saved(Image.new("1", size, 1), "PNG", **({"dpi": dpi} if dpi else {})))[0]
    assert _sizes(combined([(content, PageType.PNG, 0)])) == [expected]


def test_a_fax_is_seen_in_the_shape_of_its_paper() -> None:
    content = one_page(saved(picture("1", (1728, 1143)), "PNG", dpi=(204, 98)))[0]
    seen = previewed(content, PageType.PNG, width=500)
    assert seen.width == 500
    assert seen.height / seen.width == pytest.approx(840 / 610, rel=0.01)


@pytest.mark.parametrize("width", [100, 1000])
def test_a_preview_is_as_wide_as_asked_and_never_enlarged(width: int) -> None:
    content = one_page(saved(picture(size=(600, 800)), "JPEG"))[0]
    assert previewed(content, PageType.JPEG, 0, width).width == min(width, 600)
    assert previewed(one_page(pdf())[0], PageType.PDF, 0, width).width == width


def test_a_strip_of_paper_is_not_shown_without_end() -> None:
    content = one_page(saved(Image.new("1", (200, 60_000), 1), "PNG"))[0]
    seen = previewed(content, PageType.PNG, 0, 1000)
    assert seen.height <= 4000


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK"])
def test_pixels_are_in_the_pdf_as_they_were(mode: str) -> None:
    kept, kind, *_ = one_page(saved(picture(mode), "TIFF" if mode == "CMYK" else "PNG", dpi=(300, 300)))
    with pikepdf.open(io.BytesIO(combined([(kept, kind, 90)]))) as found:
        image = found.pages[0].obj.Resources.XObject.P
        assert pikepdf.PdfImage(image).as_pil_image().convert("RGB").tobytes() == picture(mode).convert("RGB").tobytes()


def test_a_jpeg_is_in_the_pdf_byte_for_byte() -> None:
    kept, kind, *_ = one_page(saved(picture(), "JPEG"))
    assert kept in combined([(kept, kind, 180)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_colour_profile_goes_along(kind: str) -> None:
    kept, of_kind, *_ = one_page(saved(picture(), kind, icc_profile=SRGB))
    with pikepdf.open(io.BytesIO(combined([(kept, of_kind, 0)]))) as found:
        image = found.pages[0].obj.Resources.XObject.P
        assert image.ColorSpace[1].read_bytes() == SRGB


def test_pages_stand_in_their_order_and_the_same_pages_give_the_same_bytes() -> None:
    pages = [(kept, kind, 0) for kept, kind, *_ in read(pdf(3))[1]]
    pages.insert(1, (one_page(saved(picture(), "JPEG"))[0], PageType.JPEG, 90))
    content = combined(pages)
    with pypdfium2.PdfDocument(content) as found:
        assert [page.get_textpage().get_text_range() for page in found] == ["ABC 1", "", "ABC 2", "ABC 3"]
    assert combined(pages) == content


def test_one_document_says_nothing_of_who_made_it_when_or_with_what() -> None:
    laid = laid_open(combined([(one_page(pdf())[0], PageType.PDF, 0)]))
    assert not any(word in laid for word in (b"/Info", b"/Metadata", b"/Producer", b"Date"))


def test_what_was_not_cleaned_is_cleaned_when_it_is_combined() -> None:
    raw = saved(picture(), "JPEG", exif=exif(), comment=b"SECRET")
    with pikepdf.open(io.BytesIO(pdf())) as made:
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("SECRET"))
        stream = io.BytesIO()
        made.save(stream)
    content = combined([(raw, PageType.JPEG, 0), (stream.getvalue(), PageType.PDF, 0)])
    assert b"SECRET" not in laid_open(content)


def test_sixteen_bits_of_grey_are_seen() -> None:
    kept, kind, *_ = one_page(saved(picture("I;16"), "PNG"))
    seen = previewed(kept, kind)
    assert opened(kept).mode == "I;16"
    assert seen.convert("L").getpixel((60, 40)) > 240
