"""Messages that the tests of this room send."""

from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.shep.envelope import open_envelope, wrap
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Sender, SyncQuestion
from gateway.shep.schema import check_schema

SESSION = "{9dcb38c2-24f1-48e2-96e5-000000000001}"
DATE = datetime(2024, 1, 1, 10, 0, tzinfo=ZoneInfo("Asia/Almaty"))


def question(*, typed=None, **changes):
    payload = Payload(PayloadForm.ESCAPED, b"<ask/>") if typed is None else Payload(PayloadForm.TYPED, typed)
    fields = {
        "message_id": "m-1",
        "service_id": "SERVICE_ONE",
        "message_date": DATE,
        "sender": Sender("PORTAL", "secret"),
        "payload": payload,
    }
    return SyncQuestion(**{**fields, **changes})


def message(**changes):
    fields = {
        "service_id": "SERVICE_TWO",
        "message_type": MessageType.REQUEST,
        "payload": Payload(PayloadForm.ESCAPED, "<өтініш/>".encode()),
        "message_date": DATE,
        "sender": Sender("PORTAL", "secret"),
    }
    return AsyncMessage(**{**fields, **changes})


def over_the_wire(element):
    """Return what stands in the Body after the element was judged, written and read."""
    check_schema(element)
    return open_envelope(etree.tostring(wrap(element), encoding="UTF-8")).content
