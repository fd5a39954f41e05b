import pytest

from simulators.shep.journal import readable

SECRET = "Sup3r-secret"


@pytest.mark.parametrize(
    "written",
    [
        f"<password>{SECRET}</password>",
        f"<ns1:password >{SECRET}</ns1:password >",
        f'<p:Password xmlns:p="urn:x">\n{SECRET}\n</p:Password>',
        f"<password><![CDATA[{SECRET}]]></password>",
        f"<password>a<b/>{SECRET}</password>",
        f"<password>{SECRET}",
        f'<password a="&amp;">{SECRET}</password>',
        f"<data>&lt;password&gt;{SECRET}&lt;/password&gt;</data>",
        f"<data>&amp;lt;t:password&amp;gt;{SECRET}&amp;lt;/t:password&amp;gt;</data>",
        f"<data>&#60;password>{SECRET}&#x3C;/password></data>",
    ],
)
def test_a_senders_password_is_masked_however_it_is_written(written):
    kept = readable(f"<sender><senderId>PORTAL</senderId>{written}</sender>".encode())
    assert SECRET not in kept
    assert "<senderId>PORTAL</senderId>" in kept


def test_bytes_that_are_no_text_can_be_kept():
    assert readable(b"\xff\0<a/>") == "\N{REPLACEMENT CHARACTER}<a/>"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32-be"])
def test_an_encoding_of_wide_characters_hides_no_password(encoding):
    assert SECRET not in readable(f"<password>{SECRET}</password>".encode(encoding))


@pytest.mark.parametrize("empty", ["<password/>", "<password />", "&lt;password/&gt;"])
def test_an_empty_password_masks_nothing_of_what_follows(empty):
    assert "<kept/>" in readable(f"{empty}<kept/>".encode())
