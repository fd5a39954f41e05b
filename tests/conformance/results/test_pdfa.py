"""The PDF under eyes that are not ours: pypdf's objects, pdfium's rendering, veraPDF where it is installed."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import xmlschema

from gateway.results.alphabet import KAZAKH
from gateway.results.container import bare
from gateway.results.document import Applicant, Office, Statement
from gateway.results.markup import build_result
from gateway.results.pdf import compile_pdf
from tests.unit.results.issuing import APPLICANT, OFFICE, certificate, guardianship, refusal, signed
from tests.unit.results.test_several_signers import in_turn, permit

ROOT = Path(__file__).resolve().parents[3]
POINTS_PER_MM = 72 / 25.4
LEFT, RIGHT = 17 * POINTS_PER_MM - 0.5, (210 - 17) * POINTS_PER_MM + 0.5


@pytest.fixture(scope="module", params=["unemployed", "guardianship", "refusal", "long-names", "two-signers"])
def pdf(request: pytest.FixtureRequest) -> bytes:
    long = certificate(
        applicant=Applicant(APPLICANT, "Константинопольский-Задунайский" * 5 + " Өмірбекұлы"),
        provider=Office(OFFICE, Statement("Ұзын атау " * 30, "Длинноенаименование" * 12)),
    )
    documents = {
        "unemployed": certificate(),
        "guardianship": guardianship(simulated=False),
        "refusal": refusal(),
        "long-names": long,
    }
    if request.param == "two-signers":
        return compile_pdf(in_turn(permit()))
    return compile_pdf(signed(documents[request.param]))


def test_markers_of_pdf_a_3_are_there(pdf: bytes) -> None:
    root = pypdf.PdfReader(io.BytesIO(pdf)).root_object
    intent = root["/OutputIntents"][0].get_object()
    assert intent["/S"] == "/GTS_PDFA1"
    assert intent["/DestOutputProfile"].get_object().get_data()[36:40] == b"acsp"
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfaid:part[>=\"]+3", xmp)
    assert re.search(r"pdfaid:conformance[>=\"]+A", xmp)
    assert re.search(r"pdfuaid:part[>=\"]+1", xmp)


def test_attached_xml_is_associated_with_the_document(pdf: bytes) -> None:
    root = pypdf.PdfReader(io.BytesIO(pdf)).root_object
    file = root["/AF"][0].get_object()
    assert file["/AFRelationship"] == "/Source"
    assert file["/UF"] == "result.xml"
    assert file["/EF"]["/F"].get_object()["/Subtype"] == "/application/xml"
    assert root["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object() == file


def test_every_font_is_embedded_and_maps_to_unicode(pdf: bytes) -> None:
    fonts = {
        font.get_object()["/BaseFont"]: font.get_object()
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    for font in fonts.values():
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert "/ToUnicode" in font


def test_nothing_in_the_file_acts_or_reaches_out(pdf: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(reader.root_object)
    assert all("/Annots" not in page for page in reader.pages)
    assert not reader.is_encrypted


def test_page_is_tagged_in_kazakh_and_russian_and_has_a_title(pdf: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert reader.root_object["/Lang"] == "kk"
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert " / " in str(reader.metadata.title)


def test_pdfium_shows_every_character_inside_the_margins(pdf: bytes) -> None:
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        text = page.get_textpage()
        whole = text.get_text_range()
        for index in range(text.count_chars()):
            left, _, right, _ = text.get_charbox(index)
            if whole[index : index + 1].isspace() or right - left > 30:
                continue
            assert left >= LEFT, whole[index]
            assert right <= RIGHT, whole[max(0, index - 20) : index + 1]


def test_pdfium_reads_the_kazakh_letters_that_were_signed() -> None:
    document = pypdfium2.PdfDocument(compile_pdf(signed(certificate(applicant=Applicant(APPLICANT, KAZAKH)))))
    assert KAZAKH in bare(document[0].get_textpage().get_text_range())


def test_pdfium_draws_ink_in_both_columns_and_where_the_qr_code_stands() -> None:
    page = pypdfium2.PdfDocument(compile_pdf(signed(certificate())))[0]
    bitmap = page.render(scale=1, grayscale=True)
    rows = [bytes(bitmap.buffer)[row * bitmap.stride :][: bitmap.width] for row in range(bitmap.height)]
    dark = [[value < 128 for value in row] for row in rows]
    half = bitmap.width // 2
    assert sum(map(sum, (row[:half] for row in dark))) > 3000
    assert sum(map(sum, (row[half:] for row in dark))) > 3000


def test_verapdf_finds_nothing(pdf: bytes, tmp_path: Path) -> None:
    program = shutil.which("verapdf")
    if program is None:
        pytest.skip("veraPDF is not installed")
    file = tmp_path / "result.pdf"
    file.write_bytes(pdf)
    answer = subprocess.run([program, "--flavour", "3a", "--format", "text", file], capture_output=True, check=False)
    assert answer.stdout.startswith(b"PASS"), answer.stdout


def test_another_schema_processor_accepts_the_document_signed_and_unsigned() -> None:
    schema = xmlschema.XMLSchema10(ROOT / "schemas" / "results" / "result.xsd")
    for document in (certificate(), guardianship(), refusal()):
        schema.validate(io.BytesIO(build_result(document)))
        schema.validate(io.BytesIO(signed(document)))
