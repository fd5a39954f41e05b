"""A PDF from outside: the signed XML that it carries, and what its pages say and draw. Every reading is bounded.

pypdf takes its limits from the context; a thread started by `asyncio.to_thread` has them too.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NumberObject,
    StreamObject,
)

from gateway.results.errors import PageError, ResultCode

MAX_PDF_BYTES = 8 * 1024 * 1024
MAX_XML_BYTES = 2 * 1024 * 1024
MAX_PAGES = 12
_MAX_DEPTH = 40
_MAX_OBJECTS = 20_000
_UPWARD = frozenset({"/Parent", "/StructParents", "/StructParent"})
_ENCODING = frozenset({"/Length", "/Filter", "/DecodeParms"})

_LIMITS = pypdf.Configuration(
    maximum_declared_stream_length=MAX_PDF_BYTES,
    array_based_stream_maximum_output_length=MAX_XML_BYTES,
    array_maximum_element_count=20_000,
    dictionary_maximum_element_count=2_000,
    zlib_maximum_output_length=MAX_XML_BYTES,
    zlib_maximum_recovery_input_length=1,
    lzw_maximum_output_length=MAX_XML_BYTES,
    run_length_maximum_output_length=MAX_XML_BYTES,
    brotli_maximum_output_length=MAX_XML_BYTES,
    stream_filters_maximum_length=2,
    stream_decoding_work_maximum_length=4 * MAX_XML_BYTES,
    stream_parsing_work_maximum_count=200_000,
    xform_maximum_invocations_per_extraction=50,
    page_tree_maximum_entries=2 * MAX_PAGES,
    page_tree_maximum_depth=8,
    image_maximum_buffer_size=MAX_XML_BYTES,
    jbig2dec_binary=None,
)

# What pypdf lets through when a file is broken on purpose.
_BROKEN = (PyPdfError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError, OSError)


@dataclass(frozen=True, slots=True)
class Printed:
    """What the pages of a PDF show: their text without spaces, and digests of all that draws them."""

    text: str
    drawings: tuple[str, ...]
    catalogue: frozenset[str]
    """Keys of the document catalogue and its names: scripts, forms and layers would stand there."""


def is_pdf(data: bytes) -> bool:
    """Say whether the file begins as a PDF does."""
    return data[:1024].lstrip().startswith(b"%PDF-")


def attached_xml(data: bytes) -> bytes:
    """Return the one file attached to a PDF; raises `PageError`."""
    with _reading(data) as reader:
        names = reader.root_object.get("/Names")
        tree = names.get_object().get("/EmbeddedFiles") if names is not None else None
        files = list(_attached(tree.get_object(), 0)) if tree is not None else []
        if not files:
            raise PageError(ResultCode.NOT_SIGNED, "nothing is attached to the PDF")
        if len(files) > 1:
            raise PageError(ResultCode.ATTACHMENT, f"{len(files)} attached files: which one is the result?")
        content: bytes = files[0]["/EF"]["/F"].get_object().get_data()
        return content


def printed(data: bytes, *, strict: bool = False) -> Printed:
    """Return what the pages show; raises `PageError`, with `strict` for every fault that readers mend as they like."""
    with _reading(data, strict=strict) as reader:
        if len(reader.pages) > MAX_PAGES:
            raise PageError(ResultCode.PDF_UNREADABLE, f"more than {MAX_PAGES} pages")
        pages = list(reader.pages)
        text = "".join(page.extract_text() for page in pages)
        drawings = tuple(_Drawing().digest(page) for page in pages)
        root = reader.root_object
        names = root.get("/Names", DictionaryObject()).get_object()
        return Printed(bare(text), drawings, frozenset([*map(str, root), *(f"/Names{name}" for name in names)]))


def stored_plainly(data: bytes) -> bool:
    """Say whether the file has one revision and one table of objects, so that no two readers see two documents."""
    return (
        data.startswith(b"%PDF-")
        and data.count(b"startxref") == 1
        and not any(mark in data for mark in (b"/Prev", b"/XRefStm"))
    )


def bare(text: str) -> str:
    """Return `text` without white space and the invisible places where a long word may break."""
    return "".join(text.replace("\u200b", "").split())


@contextlib.contextmanager
def _reading(data: bytes, *, strict: bool = False) -> Iterator[pypdf.PdfReader]:
    if len(data) > MAX_PDF_BYTES:
        raise PageError(ResultCode.TOO_LARGE, f"{len(data)} bytes; at most {MAX_PDF_BYTES} are read")
    try:
        with pypdf.apply_configuration(_LIMITS):
            reader = pypdf.PdfReader(io.BytesIO(data), strict=strict, root_object_recovery_limit=100)
            if reader.is_encrypted:
                raise PageError(ResultCode.PDF_UNREADABLE, "the PDF is encrypted")
            yield reader
    except _BROKEN as error:
        raise PageError(ResultCode.PDF_UNREADABLE, f"{type(error).__name__}: {str(error)[:200]}") from error


def _attached(node: DictionaryObject, depth: int) -> Iterator[Any]:
    """Walk the name tree of embedded files (ISO 32000-1 section 7.9.6)."""
    if depth > 4:
        raise ValueError("the name tree is too deep")
    entries = node.get("/Names", ArrayObject()).get_object()
    for entry in entries[1::2]:
        yield entry.get_object()
    kids = node.get("/Kids", ArrayObject()).get_object()
    if len(kids) > 8:
        raise ValueError("the name tree is too wide")
    for kid in kids:
        yield from _attached(kid.get_object(), depth + 1)


class _Drawing:
    """The digest of a page with all that it draws with, whatever way the file is stored."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._seen: dict[tuple[int, int], int] = {}
        self._objects = 0

    def digest(self, page: DictionaryObject) -> str:
        self._add(page, 0)
        return self._hash.hexdigest()

    def _add(self, value: Any, depth: int) -> None:
        self._objects += 1
        if depth > _MAX_DEPTH or self._objects > _MAX_OBJECTS:
            raise ValueError("the page is too complex")
        if isinstance(value, IndirectObject):
            place = (value.idnum, value.generation)
            if place in self._seen:
                self._write("again", str(self._seen[place]))
                return
            self._seen[place] = len(self._seen)
            value = value.get_object()
        if isinstance(value, StreamObject):
            self._dictionary(value, depth, leave_out=_UPWARD | _ENCODING)
            self._hash.update(hashlib.sha256(value.get_data()).digest())
        elif isinstance(value, DictionaryObject):
            self._dictionary(value, depth, leave_out=_UPWARD)
        elif isinstance(value, ArrayObject):
            self._write("array", str(len(value)))
            for item in value:
                self._add(item, depth + 1)
        elif isinstance(value, NumberObject | float):
            self._write("number", repr(float(value)))
        else:
            self._write(type(value).__name__, str(value))

    def _dictionary(self, value: DictionaryObject, depth: int, *, leave_out: frozenset[str]) -> None:
        keys = sorted(str(key) for key in value if str(key) not in leave_out)
        self._write("dictionary", str(len(keys)))
        for key in keys:
            self._write("key", key)
            self._add(value.raw_get(key), depth + 1)

    def _write(self, kind: str, text: str) -> None:
        content = text.encode("utf-8", "surrogatepass")
        self._hash.update(f"{kind}:{len(content)}:".encode() + content)
