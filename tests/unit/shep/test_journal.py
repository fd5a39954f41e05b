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
    ],
)
def test_a_senders_password_is_masked_however_it_is_written(written):
    kept = readable(f"<sender><senderId>PORTAL</senderId>{written}</sender>".encode())
    assert SECRET not in kept
    assert "<senderId>PORTAL</senderId>" in kept


def test_bytes_that_are_no_text_can_be_kept():
    assert readable(b"\xff\0<a/>") == "\N{REPLACEMENT CHARACTER}" * 2 + "<a/>"
