"""Services that the gateway answers in their owner's place, signed or not."""

import asyncio
import io

import pytest
from lxml import etree

from gateway.shep.envelope import open_envelope, wrap
from gateway.shep.messages import Payload, PayloadForm, Sender, Status
from gateway.shep.names import SYNC_PATH
from gateway.shep.seal import seal
from gateway.shep.sync_channel import read_answer, write_question
from tests.integration.shep.wire import ASK, asked, post
from tests.integration.shep.world import QUESTION_SERVICE, a_world
from tests.unit.shep.pki import key_of

UNSIGNED = {"channel": "sync", "owner": "PORTAL", "transport_signature": "optional", "answer_signature": "optional"}
FOUND = {"code": "SCSS001", "message": "табылды", "payload": "<found>әйел</found>"}
SERVICES = (
    {**UNSIGNED, "service_id": "FOUND", "stub": FOUND},
    {**UNSIGNED, "service_id": "SIGNED", "stub": FOUND, "answer_signature": "required"},
    {**UNSIGNED, "service_id": "ECHO", "stub": {"echo": True}},
    {"service_id": "ELSEWHERE", "channel": "sync", "owner": "GBDFL", "stub": FOUND},
    {"service_id": "ASKED", "channel": "sync", "owner": "GBDFL", "answer_signature": "optional"},
)


@pytest.fixture
async def world(database_url, clock, new_store):
    parts = {"database_url": database_url, "clock": clock, "new_store": new_store}
    async with a_world(**parts, services=SERVICES) as world:
        yield world


def unsigned(service_id, **changes):
    return etree.tostring(wrap(write_question(asked(service_id=service_id, **changes))))


async def opened(world, data):
    """Post bytes and return the opened envelope of an answer that is no fault."""
    headers = {"Content-Type": "text/xml"}
    async with world.http.post(world.urls["SHEP"] + SYNC_PATH, data=io.BytesIO(data), headers=headers) as answer:
        assert answer.status == 200
        return open_envelope(await answer.read())


async def test_a_stub_answers_and_no_system_is_asked(world):
    answer = await world.client("PORTAL").ask("ELSEWHERE", ASK)
    assert answer.status == Status("SCSS001", "табылды")
    assert answer.payload == Payload(PayloadForm.TYPED, "<data><found>әйел</found></data>".encode())
    assert world.questions == []
    (line,) = await world.journal(service_id="ELSEWHERE", with_envelopes=True)
    assert (line["event"], line["facts"]["asked"], line["party"]) == ("answered", "stub", "PORTAL")
    assert "ELSEWHERE" in line["envelope"]


@pytest.mark.parametrize(
    ("service", "signs", "is_sealed"),
    [("FOUND", False, False), ("FOUND", True, True), ("SIGNED", False, True), ("SIGNED", True, True)],
)
async def test_an_answer_lacks_its_signature_only_where_the_question_and_the_registry_do(
    world, service, signs, is_sealed
):
    content = write_question(asked(service_id=service))
    data = await seal(content, key_of("PORTAL")) if signs else unsigned(service)
    answer = await opened(world, data)
    assert answer.is_sealed is is_sealed
    assert read_answer(answer.content).correlation_id == "m-1"


async def test_an_unsigned_question_is_held_against_the_other_checks(world):
    for changes, code in (
        ({"sender": Sender("PORTAL", "wrong")}, "SCE002"),
        ({"sender": Sender("DESK", "password of DESK")}, "SCE003"),
        ({"route_id": "R_NOWHERE"}, "SCE004"),
    ):
        assert (await post(world, unsigned("FOUND", **changes))).code == code
    assert (await post(world, unsigned("ASKED"))).code == "SCE007"


async def test_a_route_that_leads_from_the_owner_is_followed(world):
    fault = await post(world, unsigned("FOUND", route_id="R_ALMATY_EDU"))
    assert "DESK" in fault.data


async def test_a_repeated_question_has_the_stubs_first_answer(world):
    first, again = [read_answer((await opened(world, unsigned("ECHO"))).content) for _ in range(2)]
    assert first == again
    assert first.payload == ASK
    assert (await post(world, unsigned("ECHO", payload=None))).code == "SCE001"


async def test_of_many_questions_at_once_each_has_its_own_answer_and_its_line(world):
    names = [f"m-{number}" for number in range(40)]

    async def ask(name):
        return read_answer((await opened(world, unsigned("ECHO", message_id=name))).content)

    answers = await asyncio.gather(*map(ask, names))
    assert [each.correlation_id for each in answers] == names
    lines = await world.journal(service_id="ECHO", event="answered")
    assert sorted(line["message_id"] for line in lines) == sorted(names)
    assert await asyncio.gather(*map(ask, names)) == answers


async def test_a_stub_is_put_and_changed_by_the_admin_api(world):
    admin = world.urls["SHEP"] + "/admin/services"
    url = f"{admin}/{QUESTION_SERVICE}"
    async with world.http.patch(url, json={"stub": {"payload": "<found", "form": "typed"}}) as answer:
        assert (answer.status, "not XML" in await answer.text()) == (400, True)
    async with world.http.patch(url, json={"stub": {"payload": "<none/>"}}) as answer:
        assert answer.status == 200
    answer = await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    assert answer.payload.xml == b"<data><none/></data>"
    async with world.http.patch(url, json={"stub": None}) as answer:
        assert answer.status == 200
    answer = await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    assert answer.payload.xml == b"<data><found/></data>"
