"""The eleven checks of a gateway, each alone, and each with the one after it: the earlier one's code wins."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest
from lxml import etree

from gateway.shep.async_channel import write_message
from gateway.shep.messages import Sender
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.shep.seal import seal
from gateway.shep.sync_channel import write_question
from tests.integration.shep.wire import asked, changed, complete, drop, post, sender_of, without_security
from tests.integration.shep.world import MESSAGE_SERVICE, QUESTION_SERVICE, a_world
from tests.unit.shep.pki import expired_key_of, key_of

SIGNED_SYNC, SIGNED_ASYNC = "SIGNED_SYNC", "SIGNED_ASYNC"
SERVICES = [
    {"service_id": SIGNED_SYNC, "owner": "GBDFL", "channel": "sync", "business_signature": "required"},
    {"service_id": SIGNED_ASYNC, "owner": "DESK", "channel": "async", "business_signature": "required"},
]


@dataclass(frozen=True)
class Door:
    path: str
    service: str
    other_channel: str
    write: Any
    info: str


DOORS = {
    "sync": Door(SYNC_PATH, SIGNED_SYNC, MESSAGE_SERVICE, write_question, "request/requestInfo"),
    "async": Door(ASYNC_PATH, SIGNED_ASYNC, QUESTION_SERVICE, write_message, "request/messageInfo"),
}


@dataclass
class Draft:
    """A message that only lacks its business signature, and what is done to it."""

    door: Door
    fields: dict = field(default_factory=dict)
    sender: str = "PORTAL"
    password: str | None = None
    expired: bool = False
    edits: list = field(default_factory=list)
    after: list = field(default_factory=list)

    async def sealed(self, world):
        sender = sender_of(self.sender) if self.password is None else Sender(self.sender, self.password)
        fields = {"service_id": self.door.service, "route_id": None, "sender": sender, **self.fields}
        message = asked(**fields) if self.door.path == SYNC_PATH else complete(world, **fields)
        content = self.door.write(message)
        for edit in self.edits:
            edit(content)
        data = await seal(content, (expired_key_of if self.expired else key_of)(self.sender))
        for tamper in self.after:
            data = tamper(data)
        return data


def two_bodies(data):
    root = etree.fromstring(data)
    etree.SubElement(root, "{http://schemas.xmlsoap.org/soap/envelope/}Body")
    return etree.tostring(root)


# The tampering of an earlier step comes after that of a later one, as the outermost.
def not_xml(draft):
    draft.after.append(lambda data: data[:-5])


def no_envelope(draft):
    draft.after.append(two_bodies)


def unsigned(draft):
    draft.after.append(without_security)


def broken(draft):
    draft.after.append(lambda data: data.replace(b"<senderId>", b"<senderId> ", 1))


def out_of_date(draft):
    draft.expired = True


def unreadable(draft):
    draft.edits.append(lambda content: changed(content, f"{draft.door.info}/messageDate", drop))


def wrong_password(draft):
    draft.password = "wrong"


def no_right(draft):
    draft.sender = "GBDFL"


def no_service(draft):
    draft.fields["service_id"] = draft.door.other_channel


def no_route(draft):
    draft.fields["route_id"] = "R_NOWHERE"


def no_business_signature(draft):
    """Nothing is to be done: the service demands one, and the draft has none."""


STEPS = [
    (not_xml, "SCE001", "xml"),
    (no_envelope, "SCE001", "2 Bodies"),
    (unsigned, "SCE007", "не найдена"),
    (broken, "SCE006", "digest-mismatch"),
    (out_of_date, "SCE005", "expired"),
    (unreadable, "SCE001", "messageDate"),
    (wrong_password, "SCE002", "password"),
    (no_right, "SCE003", ""),
    (no_service, "SCE004", "не найдена"),
    (no_route, "SCE004", "R_NOWHERE"),
    (no_business_signature, "SCE017", "Signature"),
]
PAIRS = list(itertools.pairwise(STEPS))


@pytest.fixture(params=list(DOORS))
def door(request):
    return DOORS[request.param]


@pytest.fixture
async def land(database_url, clock, new_store):
    async with a_world(database_url=database_url, clock=clock, new_store=new_store, services=SERVICES) as world:
        yield world


async def refused(world, door, *defects):
    draft = Draft(door)
    for defect in reversed(defects):
        defect(draft)
    return await post(world, await draft.sealed(world), path=door.path)


async def test_each_check_has_its_code(land, door):
    for defect, code, said in STEPS:
        fault = await refused(land, door, defect)
        assert (fault.code, said in fault.data) == (code, True), (defect.__name__, fault)


async def test_of_two_adjacent_checks_the_earlier_one_speaks(land, door):
    for (defect, code, said), (following, *_) in PAIRS:
        fault = await refused(land, door, defect, following)
        assert (fault.code, said in fault.data) == (code, True), (defect.__name__, following.__name__, fault)


async def test_a_certificate_of_another_is_found_after_the_password_and_before_the_right(land, door):
    for password, right, code in (("wrong", True, "SCE002"), (None, False, "SCE006")):
        draft = Draft(door, password=password, sender="PORTAL" if right else "GBDFL")
        sender = draft.sender
        draft_key = key_of("DESK")
        fields = {"service_id": door.service, "route_id": None}
        given = sender_of(sender) if password is None else Sender(sender, password)
        message = asked(**fields, sender=given) if door.path == SYNC_PATH else complete(land, **fields, sender=given)
        fault = await post(land, await seal(door.write(message), draft_key), path=door.path)
        assert fault.code == code


async def test_nothing_refused_is_stored_but_its_line(land, door):
    for number, (defect, *_) in enumerate(STEPS, 1):
        await refused(land, door, defect)
        assert len(await land.journal(event="refused")) == number
    for table in ("message", "first_answer", "chain"):
        assert await land.stores["SHEP"].database.fetchval(f"SELECT count(*) FROM {table}") == 0
