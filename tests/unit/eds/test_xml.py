from __future__ import annotations

import contextlib
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.eds.codes import Code
from gateway.eds.errors import XmlRefused
from gateway.eds.xml import XmlLimits, parse

BOMB = b"""<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><r>&d;&d;&d;</r>"""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.XML_MALFORMED),
        (b"text", Code.XML_MALFORMED),
        (b"<a>", Code.XML_MALFORMED),
        (b"<a/><b/>", Code.XML_MALFORMED),
        (b"<a>&unknown;</a>", Code.XML_MALFORMED),
        (b"<a>\x00</a>", Code.XML_MALFORMED),
        (b"<a>\xff</a>", Code.XML_MALFORMED),
        (b"<!DOCTYPE a><a/>", Code.XML_DOCTYPE),
        (b'<?xml version="1.0"?>\n<!-- c --><!DOCTYPE a SYSTEM "http://x/y.dtd"><a/>', Code.XML_DOCTYPE),
        (b"\xef\xbb\xbf<!DOCTYPE a><a/>", Code.XML_DOCTYPE),
        (BOMB, Code.XML_DOCTYPE),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', Code.XML_DOCTYPE),
        ('<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"), Code.XML_ENCODING),
        ("<a/>".encode("utf-16-le"), Code.XML_ENCODING),
        (b'<?xml version="1.0" encoding="UTF-7"?><a/>', Code.XML_ENCODING),
        (b'<?xml version="1.0" encoding="cp037"?><a/>', Code.XML_ENCODING),
        (b"<a>" * 200 + b"</a>" * 200, Code.XML_TOO_COMPLEX),
        (b"<a>" * 100_000 + b"</a>" * 100_000, Code.XML_TOO_COMPLEX),
        (b"<r>" + b"<a/>" * 60_000 + b"</r>", Code.XML_TOO_COMPLEX),
        (b"<r " + b" ".join(b'a%d=""' % i for i in range(70)) + b"/>", Code.XML_TOO_COMPLEX),
        (
            b"<r " + b" ".join(b'xmlns:a%d="urn:%d"' % (i, i) for i in range(100)) + b">" + b"<a/>" * 40_000 + b"</r>",
            Code.XML_TOO_COMPLEX,
        ),
        (b"<!-- " + b"x" * 100_000 + b"--><a/>", Code.XML_MALFORMED),
    ],
)
def test_hostile_document_is_refused_quickly_and_by_its_code(data: bytes, code: Code) -> None:
    started = time.process_time()
    tracemalloc.start()
    with pytest.raises(XmlRefused) as refusal:
        parse(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refusal.value.code is code
    assert peak < 50 * 2**20
    assert time.process_time() - started < 0.5


def test_size_is_refused_before_parsing() -> None:
    with pytest.raises(XmlRefused) as refusal:
        parse(b"<a>" + b"x" * 100 + b"</a>", XmlLimits(max_bytes=100))
    assert refusal.value.code is Code.XML_TOO_LARGE


def test_comment_or_instruction_cannot_split_a_text() -> None:
    assert parse(b"<iin>1234<!-- -->56<?x y?>78</iin>").text == "12345678"


def test_comments_and_instructions_stay_for_who_must_reproduce_the_bytes() -> None:
    root = parse(b"<a>1<!-- c --><?x y?></a>", keep_comments=True, keep_instructions=True)
    assert etree.tostring(root) == b"<a>1<!-- c --><?x y?></a>"


def test_text_of_a_large_attachment_is_no_attack() -> None:
    assert len(parse(b"<a>" + b"A" * (12 * 2**20) + b"</a>").text or "") == 12 * 2**20


def test_doctype_inside_cdata_is_text() -> None:
    assert parse(b"<a><![CDATA[<!DOCTYPE x>]]></a>").text == "<!DOCTYPE x>"


def test_windows_1251_is_read_as_declared() -> None:
    data = '<?xml version="1.0" encoding="windows-1251"?><a>статус</a>'.encode("cp1251")
    assert parse(data).text == "статус"


@given(st.binary(max_size=400) | st.text(alphabet="<>&;!?[]-ax:=\"' \n", max_size=200).map(str.encode))
def test_any_bytes_are_parsed_or_refused_and_nothing_else(data: bytes) -> None:
    with contextlib.suppress(XmlRefused):
        parse(data)
