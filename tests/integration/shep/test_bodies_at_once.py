"""Large messages at one door at once: counted until their answers are sealed, the surplus told to come again."""

import asyncio

from gateway.shep.door import Bodies
from gateway.shep.envelope import is_fault
from gateway.shep.faults import read_fault
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.participant import ASK_PATH
from gateway.shep.seal import seal
from gateway.shep.sync_channel import write_question
from tests.integration.shep.test_participant import Desk
from tests.integration.shep.world import eventually
from tests.unit.shep.messages import question

QUESTIONS = 40
MIB = 1024 * 1024
BUDGET = 3 * MIB
PAYLOAD = Payload(PayloadForm.TYPED, b"<data><x>" + b"x" * (MIB // 2) + b"</x></data>")


class Slow(Desk):
    """Holds every question until its gate is opened."""

    def __init__(self, clock, **more):
        self.gate = asyncio.Event()
        super().__init__(clock, **more)

    async def _answer(self, question, sender):
        self.asked.append((question, sender))
        await self.gate.wait()
        return self.reply


async def test_of_forty_large_questions_as_many_are_worked_on_as_there_is_room_for(clock):
    bodies, told = Bodies(BUDGET), []

    async def ask(desk, number):
        asked = await seal(write_question(question(message_id=f"m-{number}", payload=PAYLOAD)), desk.gateway)
        status, content = await desk.post(ASK_PATH, asked)
        told.append((status, read_fault(content, received_at=clock.now()).code if is_fault(content) else ""))

    async with Slow(clock, bodies=bodies).listening() as desk:
        tasks = [asyncio.create_task(ask(desk, number)) for number in range(QUESTIONS)]
        await eventually(lambda: len(told) + len(desk.asked) == QUESTIONS)
        at_work = len(desk.asked)
        assert 1 <= at_work <= BUDGET // len(PAYLOAD.xml)
        assert at_work * len(PAYLOAD.xml) < bodies.bytes <= BUDGET
        assert told == [(500, "SCE909")] * (QUESTIONS - at_work)
        desk.gate.set()
        await asyncio.gather(*tasks)
        assert told.count((200, "")) == at_work
        assert bodies.bytes == 0
        await ask(desk, QUESTIONS)
        assert told[-1] == (200, "")
