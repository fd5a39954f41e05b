"""Messages written by hand, sealed and posted: what no client of ours would send."""

import io

from lxml import etree

from gateway.shep.envelope import is_fault, open_envelope
from gateway.shep.faults import read_fault
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Sender
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.shep.seal import seal
from tests.integration.shep.world import MESSAGE_SERVICE, PASSWORDS
from tests.unit.shep.messages import question
from tests.unit.shep.pki import key_of

APPLICATION = Payload(PayloadForm.ESCAPED, "<сұраным>қызмет</сұраным>".encode())
ASK = Payload(PayloadForm.TYPED, b"<data><iin>1</iin></data>")


def sender_of(name):
    return Sender(name, PASSWORDS.get(name, ""))


def request(route="R_KARAGANDA", **changes):
    fields = {"service_id": MESSAGE_SERVICE, "message_type": MessageType.REQUEST, "payload": APPLICATION}
    return AsyncMessage(**{**fields, "route_id": route, **changes})


def complete(world, name="PORTAL", **changes):
    """Return a message of the asynchronous channel as it goes over the wire."""
    return request(**{"sender": sender_of(name), "message_date": world.clock.now(), **changes})


def asked(name="PORTAL", **changes):
    return question(**{"sender": sender_of(name), "payload": ASK, **changes})


async def post(world, data, *, path=SYNC_PATH, gateway="SHEP", headers=()):
    """Post bytes and return the element of the answer's Body, or the fault."""
    async with world.http.post(
        world.urls[gateway] + path, data=io.BytesIO(data), headers={"Content-Type": "text/xml", **dict(headers)}
    ) as answer:
        content = open_envelope(await answer.read()).content
        assert (answer.status == 500) is is_fault(content)
        return read_fault(content, received_at=world.clock.now()) if is_fault(content) else content


async def send(world, content, *, key="PORTAL", path=ASYNC_PATH, gateway="SHEP", tamper=None):
    """Seal an element with a system's key and post it."""
    data = await seal(content, key_of(key) if isinstance(key, str) else key)
    return await post(world, tamper(data) if tamper else data, path=path, gateway=gateway)


def changed(element, path, edit):
    """Return the element after `edit` of what lies at `path`."""
    edit(element.find(path))
    return element


def drop(element):
    element.getparent().remove(element)


def without_security(data):
    root = etree.fromstring(data)
    root.remove(root[0])
    return etree.tostring(root)
