"""A log tells where a payload is wrong and never what stood there."""

from datetime import UTC, datetime

import pytest

from gateway.exchange.courier_register import CourierRegister, Direction, ListedPackage, build_register, read_register
from gateway.exchange.errors import PayloadRefused, unread

GOOD = build_register(
    CourierRegister(
        number="74000000000001",
        direction=Direction.TO_PROVIDER,
        department="d",
        office="o",
        made_at=datetime(2026, 3, 2, tzinfo=UTC),
        made_by="m",
        courier="c",
        entries=(ListedPackage("73000000000001", 1, 1),),
    )
)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (b"73000000000001", b"SECRET", "entry: attribute application: value doesn't match"),
        (b"to-provider", b"SECRET", "direction: value must be one of"),
        (b"2026-03-02T00:00:00Z", b"SECRET", "madeAt: value doesn't match"),
        (b"2026-03-02T00:00:00Z", b"2026-13-02T00:00:00Z", "madeAt"),
        (b'sheets="1"', b'sheets="1" SECRET="SECRET"', "entry"),
        (b"<courier>", b"<SECRET/><courier>", "/courierRegister"),
        (b"<courier>", b"<SECRET<courier>", "payload-not-xml"),
    ],
)
def test_what_is_told_of_a_refused_payload_quotes_nothing_of_it(right, wrong, told):
    assert right in GOOD
    with pytest.raises(PayloadRefused) as caught:
        read_register(GOOD.replace(right, wrong))
    assert told in unread(caught.value)
    assert "SECRET" not in unread(caught.value)
    assert "2026-13" not in unread(caught.value)
