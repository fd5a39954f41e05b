"""Files that lie about their name, their type and their size."""

import io

import aiohttp
import pytest

from tests.acceptance.hostile.cast import ALMATY, INTRUDER, signed_in
from tests.acceptance.hostile.visitor import Visitor

PDF = b"%PDF-1.7\n% a scanned page\n%%EOF\n"
MIB = 1024 * 1024
NO_PDF = {
    "empty": b"",
    "a program": b"MZ" + b"\0" * 5000,
    "html": b"<html><script>alert(1)</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "pdf after html": b"<script>alert(1)</script>" + PDF,
    "only the word": b"%PDF",
    "an archive": b"PK\x03\x04" + b"\0" * 5000,
    "spaces": b" " * 5000,
    "a picture's beginning": b"\xff\xd8",
}


def form(one, *, name="a.pdf", content=PDF, kind="application/pdf", document="identity-document", field=None):
    data = aiohttp.FormData(quote_fields=False)
    data.add_field("_csrf", one.token)
    data.add_field("document", document)
    data.add_field(field or document, io.BytesIO(content), filename=name, content_type=kind)
    return data


@pytest.fixture
async def drawer(country, scene):
    """The intruder with a draft of the service that takes documents, on the page where they are attached."""
    async with signed_in(country, INTRUDER) as intruder:
        one = Visitor.behind(country, "portal", intruder.browser)
        await one.look(f"/services/{ALMATY}")
        answer = await one.post(f"/services/{ALMATY}/apply", {})
        number = answer.header("Location").split("/")[2]
        await one.look(f"/applications/{number}/documents")
        yield one, number, f"/applications/{number}/documents"


def sent(one, path, data):
    return one.send("POST", path, data=data, headers={"Origin": one.country.at("portal")})


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "text/html", "application/x-evil", "x" * 300])
async def test_a_file_is_what_its_content_is(country, drawer, kind):
    one, _, path = drawer
    async with country.unchanged():
        for what, content in NO_PDF.items():
            answer = await sent(one, path, form(one, content=content, kind=kind))
            assert answer.status == 400, what
            assert "govuk-error-summary" in answer.text


async def test_a_file_too_large_is_named_and_one_far_too_large_is_not_read(country, drawer):
    one, _, path = drawer
    async with country.unchanged(), country.answering(within=2, memory=120):
        for size in (6 * MIB, 16 * MIB):
            answer = await sent(one, path, form(one, content=PDF + b"x" * size))
            assert answer.status == 400
            assert "identity-document" in answer.text
        answer = await sent(one, path, form(one, content=PDF + b"x" * 30 * MIB))
        assert answer.status == 413


async def test_a_document_that_the_service_does_not_take_is_not_kept(country, drawer):
    one, _, path = drawer
    async with country.unchanged():
        for document in ("", "passport", "../identity-document", "identity-document\u200b", "x" * 5000):
            answer = await sent(one, path, form(one, document=document, field="identity-document"))
            assert answer.status in {303, 400, 409}, document


LYING = [
    ("../../etc/passwd", "passwd"),
    ("..\\..\\windows\\system.ini", "system.ini"),
    ("/etc/shadow.pdf", "shadow.pdf"),
    ("C:\\a.pdf", "a.pdf"),
    ("a.pdf\u202efdp.exe", "a.pdffdp.exe"),
    ("<script>alert(1)</script>.pdf", "script.pdf"),
    ("...", "file"),
    ("x" * 4000 + ".pdf", "x" * 150),
    ('a"; filename="b.exe', "exe"),
    ("nul", "nul"),
]


async def test_the_name_of_a_file_is_only_a_label(country, drawer):
    one, number, path = drawer
    for name, kept in LYING:
        await one.look(path)
        answer = await sent(one, path, form(one, name=name))
        assert answer.status in {303, 400}, name
        page = await one.look(path)
        assert "<script>alert" not in page.text
        rows = await country.fetch("SELECT name FROM channels.attachment WHERE application = $1", number)
        for row in rows:
            assert "/" not in row["name"], name
            assert "\\" not in row["name"], name
            assert len(row["name"]) <= 150, name
        if answer.status == 303:
            assert any(kept in row["name"] for row in rows), (name, rows)
            answer = await one.get(f"/cabinet/{number}/documents/identity-document")
            assert answer.status in {200, 303}
            assert "\n" not in answer.header("Content-Disposition")
    await one.post(f"{path}/remove", {"document": "identity-document"})


async def test_two_files_for_one_place_are_too_many(country, drawer):
    one, _, path = drawer
    data = form(one)
    data.add_field("identity-document", io.BytesIO(PDF), filename="b.pdf", content_type="application/pdf")
    async with country.unchanged():
        assert (await sent(one, path, data)).status == 413


async def test_a_page_without_files_takes_none(country, drawer):
    one, number, _ = drawer
    async with country.unchanged():
        for path in (f"/applications/{number}/form", f"/services/{ALMATY}/apply", "/sign-out"):
            assert (await sent(one, path, form(one))).status == 413
