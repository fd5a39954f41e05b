import pytest
from lxml import etree

from gateway.shep.elements import Malformed, read_moment


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00",
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:00:01Z",
        "-0001-01-01T00:00:00Z",
        "",
    ],
)
def test_a_moment_that_no_calendar_has_is_refused(text):
    parent = etree.fromstring(f"<info><date>{text}</date></info>")
    with pytest.raises(Malformed):
        read_moment(parent, "date")
