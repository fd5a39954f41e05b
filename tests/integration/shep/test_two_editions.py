"""Types of both published editions in one message are refused at every door; those of one are not, whichever it is."""

import pytest
from lxml import etree

from gateway.shep.messages import MessageType, Payload, PayloadForm
from gateway.shep.names import ASYNC_PATH, SYNC_PATH, XSI
from gateway.shep.participant import ASK_PATH, PUSH_PATH
from gateway.shep.schema import Edition
from tests.integration.shep.bad_input import Door, signed
from tests.integration.shep.wire import post
from tests.integration.shep.world import MESSAGE_SERVICE, a_world
from tests.unit.shep.pki import key_of

DOORS = {
    "gateway sync": Door("SHEP", SYNC_PATH, "PORTAL", is_sync=True),
    "gateway async": Door("SHEP", ASYNC_PATH, "PORTAL", is_sync=False),
    "participant ask": Door("GBDFL", ASK_PATH, "SHEP", is_sync=True),
    "participant push": Door("DESK", PUSH_PATH, "SHEP", is_sync=False),
}
COMMON = {Edition.TYPES: "http://bip.bee.kz/common/v10/types", Edition.ITYPES: "http://bip.bee.kz/common/v10/Types"}
REQUEST = {
    (True, Edition.TYPES): "http://bip.bee.kz/SyncChannel/v10/types/Request",
    (True, Edition.ITYPES): "http://bip.bee.kz/SyncChannel/v10/Types/Request",
    (False, Edition.TYPES): "http://bip.bee.kz/AsyncChannel/v10/types",
    (False, Edition.ITYPES): "http://bip.bee.kz/AsyncChannel/v10/ITypes",
}
BIG = Payload(PayloadForm.ESCAPED, b"<big>" + b"QUJD" * 100_000 + b"</big>")


@pytest.fixture(params=["lenient", pytest.param("strict", marks=pytest.mark.full)])
async def world(request, database_url, clock, new_store):
    async with a_world(database_url=database_url, clock=clock, new_store=new_store, mode=request.param) as world:

        async def take(_received):
            pass

        world.systems["DESK"].inbox.on(MESSAGE_SERVICE, MessageType.REQUEST, take)
        yield world


def typed(door, content, *, request, sender=None, data=None, write=str):
    """Name the type of an element as one edition or the other has it, as generated clients do."""
    text = etree.tostring(content, encoding="unicode")
    kind = "SyncSendMessageRequest" if door.is_sync else "AsyncSendMessageRequest"
    named = [("request", request and REQUEST[door.is_sync, request], kind)]
    named += [("sender", sender and COMMON[sender], "SenderInfo")]
    for element, namespace, name in named:
        if namespace:
            opened = f'<{element} xmlns:t="{write(namespace)}" xmlns:i="{XSI}" i:type="t:{name}"'
            text = text.replace(f"<{element}", opened, 1)
    if data:
        text = text.replace("<data", f'<data xmlns:d="{COMMON[data]}"', 1).replace("xs:string", "d:SenderInfo")
    return etree.fromstring(text)


def by_reference(namespace):
    return namespace.replace("v10/t", "v10&#47;&#116;").replace("v10/T", "v10&#x2f;&#84;")


async def told(world, door, content):
    return await post(world, signed(content, key_of(door.caller)), path=door.path, gateway=door.system)


async def test_types_of_both_editions_are_refused_where_they_meet_and_those_of_one_are_taken(world):
    for door in DOORS.values():
        for first, second in (tuple(Edition), tuple(Edition)[::-1]):
            await refuses_both(world, door, first, second)
    assert {line["fault_code"] for line in await world.journal()} == {"SCE001"}
    assert await world.systems["DESK"].store.database.fetchval("SELECT count(*) FROM inbox") == 0
    assert world.questions == []
    for door in DOORS.values():
        for edition, other in (tuple(Edition), tuple(Edition)[::-1]):
            await takes_one(world, door, edition, other)


async def refuses_both(world, door, first, second):
    for write, changes in ((str, {}), (by_reference, {}), (str, {"payload": BIG})):
        content = typed(door, door.content(**changes), request=first, sender=second, write=write)
        fault = await told(world, door, content)
        assert (fault.code, "types of two editions in one message" in fault.data) == ("SCE001", True), door
        assert "/sender: " in fault.data


async def takes_one(world, door, edition, other):
    for number, kinds in enumerate(({"request": edition}, {"request": edition, "sender": edition, "data": other})):
        ids = {"message_id": f"{edition}-{number}"} if door.is_sync else {}
        answer = await told(world, door, typed(door, door.content(**ids), **kinds))
        assert isinstance(answer, etree._Element), (door, edition, kinds, answer)
