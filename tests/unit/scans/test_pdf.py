"""PDF: what is drawn stays, what acts does not, in whatever corner it sits."""

import io
import re

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, String

from gateway.scans.page import PageType
from tests.unit.scans.material import (
    corners,
    javascript,
    laid_open,
    one_page,
    pdf,
    picture,
    previewed,
    read,
    saved,
    written,
)

_ACTIVE = re.compile(
    rb"SECRET|JavaScript|/JS\b|/Launch|/URI|/GoToR|/GoToE|/SubmitForm|/ImportData|/OpenAction|/AA\b|/Annots|/AcroForm"
    rb"|/EmbeddedFile|/Filespec|/EF\b|/XFA|/RichMedia|/Names|/Outlines|/Metadata|/PieceInfo|/OCProperties|/StructTree"
)


def _text(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as found:
        return str(found[0].get_textpage().get_text_range())


def _edited(change: object, pages: int = 1) -> bytes:
    with pikepdf.open(io.BytesIO(pdf(pages))) as made:
        change(made)
        return written(made)


def _launch() -> Dictionary:
    return Dictionary(S=Name.Launch, F=String("SECRET.exe"))


def _open_action(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = javascript()


def _catalog_actions(made: pikepdf.Pdf) -> None:
    made.Root.AA = Dictionary(WC=javascript(), WS=_launch())


def _named_script(made: pikepdf.Pdf) -> None:
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("SECRET"), javascript()])))


def _page_actions(made: pikepdf.Pdf) -> None:
    made.pages[0].obj.AA = Dictionary(O=javascript(), C=_launch())


def _link(made: pikepdf.Pdf) -> None:
    for action in (_launch(), javascript(), Dictionary(S=Name.URI, URI=String("http://SECRET/"))):
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 595, 842]), A=action)
        made.pages[0].obj.Annots = Array([made.make_indirect(link)])


def _attachment(made: pikepdf.Pdf) -> None:
    made.attachments["SECRET.exe"] = b"SECRET" * 100


def _attachment_annotation(made: pikepdf.Pdf) -> None:
    file = made.make_stream(b"SECRET" * 100)
    file.Type = Name.EmbeddedFile
    spec = Dictionary(Type=Name.Filespec, F=String("SECRET.exe"), EF=Dictionary(F=file))
    annotation = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 20, 20]), FS=spec)
    made.pages[0].obj.Annots = Array([made.make_indirect(annotation)])


def _field(made: pikepdf.Pdf) -> None:
    field = made.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Btn,
            T=String("SECRET"),
            Rect=Array([0, 0, 20, 20]),
            AA=Dictionary(K=javascript(), F=javascript()),
            A=Dictionary(S=Name.SubmitForm, F=String("http://SECRET/")),
        )
    )
    made.pages[0].obj.Annots = Array([field])
    made.Root.AcroForm = Dictionary(Fields=Array([field]), XFA=made.make_stream(b"<SECRET/>"))


def _outline(made: pikepdf.Pdf) -> None:
    item = made.make_indirect(Dictionary(Title=String("SECRET"), A=javascript()))
    made.Root.Outlines = made.make_indirect(Dictionary(First=item, Last=item, Count=1))


def _metadata(made: pikepdf.Pdf) -> None:
    made.docinfo[Name.Author] = "SECRET"
    made.Root.Metadata = made.make_stream(b"<x>SECRET</x>")
    made.pages[0].obj.Metadata = made.make_stream(b"<x>SECRET</x>")
    made.pages[0].obj.PieceInfo = Dictionary(SECRET=Dictionary(Private=String("SECRET")))


def _in_resources(made: pikepdf.Pdf) -> None:
    resources = made.pages[0].obj.Resources
    resources.Font.F1.AA = Dictionary(O=javascript())
    resources.Font.F1.A = javascript()
    resources.Properties = Dictionary(MC0=Dictionary(Type=Name.OCG, Name=String("SECRET")))
    resources.JavaScript = javascript()
    form = made.make_stream(b"0 0 10 10 re f")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 10, 10])
    form.OPI, form.PieceInfo = javascript(), javascript()
    form.Ref = Dictionary(F=String("SECRET.pdf"), Page=0)
    resources.XObject = Dictionary(X1=form)
    made.pages[0].contents_add(b"/X1 Do")


def _elsewhere(made: pikepdf.Pdf) -> None:
    content = made.make_stream(b"")
    content.F, content.FFilter = String("SECRET.bin"), Name.FlateDecode
    made.pages[0].obj.Contents = Array([made.pages[0].obj.Contents, content])


def _program(made: pikepdf.Pdf) -> None:
    program = made.make_stream(b"SECRET showpage")
    program.Type, program.Subtype = Name.XObject, Name.PS
    made.pages[0].obj.Resources.XObject = Dictionary(X1=program)
    made.pages[0].contents_add(b"/X1 Do")


def _outside_the_sheet(made: pikepdf.Pdf) -> None:
    made.pages[0].obj.B = Array([javascript()])
    made.pages[0].obj.Thumb = made.make_stream(b"SECRET")
    made.Root.SECRET = javascript()
    made.trailer.SECRET = javascript()


_HIDING = [
    _open_action,
    _catalog_actions,
    _named_script,
    _page_actions,
    _link,
    _attachment,
    _attachment_annotation,
    _field,
    _outline,
    _metadata,
    _in_resources,
    _program,
    _elsewhere,
    _outside_the_sheet,
]


@pytest.mark.parametrize("hide", _HIDING)
def test_nothing_that_acts_or_hides_survives_and_what_is_drawn_does(hide: object) -> None:
    content = _edited(hide)
    assert b"SECRET" in laid_open(content)
    kept, kind, width, height = one_page(content)
    assert (kind, width, height) == (PageType.PDF, 595, 842)
    assert not _ACTIVE.findall(laid_open(kept))
    assert _text(kept) == "ABC 1"


def test_all_of_it_at_once_does_not_survive_either() -> None:
    def everything(made: pikepdf.Pdf) -> None:
        for hide in _HIDING:
            hide(made)

    kept, *_ = one_page(_edited(everything))
    assert not _ACTIVE.findall(laid_open(kept))


def test_each_page_is_a_file_of_its_own_without_the_others() -> None:
    refused, pages = read(pdf(3))
    assert refused is None
    assert [_text(kept) for kept, *_ in pages] == ["ABC 1", "ABC 2", "ABC 3"]
    assert [laid_open(kept).count(b"ABC") for kept, *_ in pages] == [1, 1, 1]


def test_what_a_form_shows_stays_on_the_page() -> None:
    def fill(made: pikepdf.Pdf) -> None:
        look = made.make_stream(b"BT /F1 12 Tf 2 5 Td (FILLED IN) Tj ET")
        look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 20])
        look.Resources = Dictionary(Font=Dictionary(F1=made.pages[0].obj.Resources.Font.F1))
        field = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("name"), V=String("FILLED IN"), F=4
        )
        field.Rect, field.AP = Array([50, 500, 150, 520]), Dictionary(N=look)
        made.pages[0].obj.Annots = Array([made.make_indirect(field)])
        made.Root.AcroForm = Dictionary(Fields=made.pages[0].obj.Annots)

    kept, *_ = one_page(_edited(fill))
    assert "FILLED IN" in _text(kept)
    assert not _ACTIVE.findall(laid_open(kept))


def test_sheet_and_turn_of_an_ancestor_are_taken_over() -> None:
    def inherit(made: pikepdf.Pdf) -> None:
        page, tree = made.pages[0].obj, made.Root.Pages
        tree.MediaBox, tree.Rotate, tree.Resources = Array([0, 0, 400, 200]), 450, page.Resources
        del page.MediaBox, page.Resources

    kept, _, width, height = one_page(_edited(inherit))
    assert (width, height) == (200, 400)
    with pikepdf.open(io.BytesIO(kept)) as found:
        assert found.pages[0].rotation == 90
        assert found.pages[0].obj.Resources.Font.F1.BaseFont == Name.Helvetica


def test_what_is_cropped_away_stays_away() -> None:
    def crop(made: pikepdf.Pdf) -> None:
        made.pages[0].obj.CropBox = Array([300, 842, 0, 600])

    kept, _, width, height = one_page(_edited(crop))
    assert (width, height) == (300, 242)
    with pikepdf.open(io.BytesIO(kept)) as found:
        assert [float(one) for one in found.pages[0].mediabox.as_list()] == [0, 600, 300, 842]


@pytest.mark.parametrize(
    "box", [Array([0, 0, 0, 0]), Array([0, 0, 99_999, 10]), Array([0, 0, 1]), Array([Name.A, 0, 1, 1]), Name.A, 7]
)
def test_a_sheet_without_sense_is_refused_or_taken_for_a_usual_one(box: object) -> None:
    def misshape(made: pikepdf.Pdf) -> None:
        made.pages[0].obj.MediaBox = box

    refused, pages = read(_edited(misshape))
    assert refused == "scan-unreadable" or pages[0][2:] == (612, 792)


@pytest.mark.parametrize("password", ["", "SECRET"])
def test_a_protected_file_is_refused(password: str) -> None:
    with pikepdf.open(io.BytesIO(pdf())) as made:
        content = written(made, encryption=pikepdf.Encryption(owner="OWNER", user=password))
    assert read(content)[0] == "scan-encrypted"


@pytest.mark.parametrize(("count", "expected"), [(100, None), (101, "scan-too-many-pages")])
def test_a_hundred_pages_are_the_most(count: int, expected: str | None) -> None:
    assert read(pdf(count))[0] == expected


def test_a_tree_of_pages_that_holds_itself_ends() -> None:
    def ring(made: pikepdf.Pdf) -> None:
        made.Root.Pages.Kids.append(made.Root.Pages)

    refused, pages = read(_edited(ring))
    assert refused == "scan-unreadable" or len(pages) == 1


def test_lists_within_lists_without_end_are_refused_or_dropped() -> None:
    content = pdf().replace(b"/Type /Page", b"/Group " + b"[" * 3000 + b"]" * 3000 + b" /Type /Page", 1)
    plain = laid_open(pdf()).replace(b"/Type /Page\n", b"/Group " + b"[" * 3000 + b"]" * 3000 + b" /Type /Page\n", 1)
    for one in (content, plain):
        refused, pages = read(one)
        assert refused == "scan-unreadable" or len(pages) == 1


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_drawn() -> None:
    def enlarge(made: pikepdf.Pdf) -> None:
        image = made.make_stream(b"\0")
        image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceGray
        image.Width, image.Height, image.BitsPerComponent = 60_000, 60_000, 8
        made.pages[0].obj.Resources.XObject = Dictionary(X1=image)
        made.pages[0].contents_add(b"q 500 0 0 500 0 0 cm /X1 Do Q")

    assert read(_edited(enlarge))[0] == "scan-too-many-pixels"


def test_pictures_of_other_pages_are_not_carried_along() -> None:
    with pikepdf.new() as made:
        images = {}
        for number in range(8):
            image = made.make_stream(saved(picture(size=(300, 300 + number)), "JPEG", quality=95))
            image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceRGB
            image.Width, image.Height, image.BitsPerComponent = 300, 300 + number, 8
            image.Filter = Name.DCTDecode
            images[f"/I{number}"] = image
        shared = made.make_indirect(Dictionary(XObject=Dictionary(images)))
        for number in range(8):
            drawn = made.make_stream(f"q 595 0 0 842 0 0 cm /I{number} Do Q".encode())
            page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 595, 842]), Resources=shared, Contents=drawn)
            made.pages.append(pikepdf.Page(made.make_indirect(page)))
        content = written(made)
    refused, pages = read(content)
    assert refused is None
    assert sum(len(kept) for kept, *_ in pages) < 1.5 * len(content)
    assert {corners(previewed(kept, kind)) for kept, kind, *_ in pages} == {"rgwb"}


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.8])
def test_what_is_cut_off_is_refused_or_repaired(share: float) -> None:
    content = laid_open(pdf(3))
    refused, pages = read(content[: int(len(content) * share)])
    assert refused == "scan-unreadable" or all(_text(kept).startswith(("ABC", "")) for kept, *_ in pages)


def test_a_file_without_pages_is_refused() -> None:
    with pikepdf.new() as made:
        content = written(made)
    assert read(content)[0] == "scan-unreadable"


def test_bytes_before_the_head_are_no_hindrance() -> None:
    assert _text(one_page(b"\r\n garbage \r\n" + pdf())[0]) == "ABC 1"
