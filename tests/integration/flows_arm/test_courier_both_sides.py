"""A package from the window to the provider's desk and its result back, each message carried over by hand.

Both sides run on databases of their own and share nothing but the payloads (act 000, lines 137-182).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

from gateway.exchange.courier_register import REGISTER_SERVICE, RETURN_SERVICE
from gateway.exchange.submission import InlineFile, Submission, build_submission
from gateway.flows.arm.errors import ArmError
from gateway.flows.arm.operators import Operator
from gateway.shep.messages import MessageType
from tests.integration.desk.couriers import DeskCourier, handed_over
from tests.integration.desk.windows import sits_at_the_window
from tests.integration.desk.workplace import Workplace, a_workplace
from tests.integration.flows_arm.department import Department
from tests.integration.flows_arm.hall import ALLOWANCE, CATALOGUE, ORALMAN

COURIER = "Қасымов Ерлан"
FACTS = {
    "birth_date": "1988-01-01",
    "previous_country": "Моңғолия",
    "status_date": "2026-03-02",
}


class Way:
    """The road between a department and a desk: what one has put, the other gets."""

    def __init__(self, department: Department, place: Workplace, service: str) -> None:
        self.department, self.place = department, place
        self.desk = DeskCourier(place, service)
        self.service = service

    async def twin(self, operator: Operator, number: str) -> None:
        """Bring the signed application to the desk, as process 6 has put it."""
        hall = self.department.hall
        application = await hall.application(number)
        assert application.draft is not None
        sits_at_the_window(self.place, CATALOGUE.office(operator.department))
        self.place.signatures.iin = str(operator.iin)
        files = [InlineFile(await hall.store.blobs.get(one.sha256)) for one in application.attachments]
        submission = Submission(
            number=number,
            service=application.service,
            office=application.office,
            signed_application=self.place.signatures.sign(application.draft),
            attachments=tuple(files),
        )
        await self.place.push(build_submission(submission), CATALOGUE.service(self.service).shep_service_id)

    async def register(self, number: str) -> None:
        _, message = self.department.sent.sent[f"courier register {number}"]
        await self.desk.push(message.payload.xml, REGISTER_SERVICE, MessageType.REQUEST, chain=number)

    async def marks(self, number: str) -> None:
        _, message = self.place.sent.sent[f"courier register {number} marks"]
        await self.department.handed_over(number)
        await self.department.push(message.payload.xml, REGISTER_SERVICE, MessageType.RESPONSE, chain=number)

    async def results(self, number: str) -> None:
        _, message = self.place.sent.sent[f"courier register {number}"]
        await self.department.push(message.payload.xml, RETURN_SERVICE, MessageType.REQUEST, chain=f"chain of {number}")

    async def result_marks(self, number: str) -> None:
        _, message = self.department.sent.sent[f"courier register {number} marks"]
        await handed_over(self.place.store, number, gateway="rshep", chain=number)
        await self.desk.push(message.payload.xml, RETURN_SERVICE, MessageType.RESPONSE, chain=number)


def said(notes: Iterable[dict[str, object]]) -> list[object]:
    return [value for note in notes for name, value in note.items() if name in ("package", "result")]


@pytest.fixture
def department(hall) -> Department:
    return Department(hall)


@pytest.fixture
async def place(new_store, clock) -> Workplace:
    return await a_workplace(new_store, clock)


async def sent_out(way: Way, operator: Operator, numbers: Iterable[str]) -> str:
    office = way.department.hall.office_for(operator, CATALOGUE.service(way.service))
    made = await way.department.registers.make(operator, office, set(numbers), COURIER)
    await way.register(made.number)
    return made.number


async def test_the_papers_of_an_oralman_go_and_the_certificate_comes_back(department, place, clock) -> None:
    way = Way(department, place, ORALMAN)
    operator = await department.operator()
    number = await department.package(operator, ORALMAN)
    await way.twin(operator, number)
    clock.advance(timedelta(hours=3))
    outward = await sent_out(way, operator, [number])
    assert await way.desk.opened() == set()
    await way.desk.received(outward, number)
    await way.marks(outward)
    case = await way.desk.bodies.case(number)
    assert (case.counter, case.registered_at) == (operator.department, clock.now())
    assert (await department.registers.find(operator, outward)).marked_by == (await way.desk.clerk()).name

    await way.desk.finished(number)
    clerk = await way.desk.clerk()
    back = await way.desk.courier.send(clerk, department=operator.department, numbers=[number], courier=COURIER)
    await way.results(back.number)
    await department.hall.response(number, await department.hall.result(number, FACTS))
    assert not await department.registers.result_is_here(number)
    await department.registers.scan(operator, back.number, number)
    await department.registers.close(operator, back.number)
    await way.result_marks(back.number)
    assert await department.registers.result_is_here(number)
    assert (await way.desk.courier.register(clerk, back.number)).marked_by == operator.name
    assert said(await department.notes(number)) == ["sent", "received", "received"]
    assert said(await way.desk.notes(number)) == ["received", "sent", "received"]


async def test_a_mismatch_is_told_to_both_and_nothing_is_lost(department, place) -> None:
    """One package is left behind, another lies in the bag without standing in the register."""
    way = Way(department, place, ALLOWANCE)
    operator = await department.operator()
    here, behind, forgotten = await department.packages(operator, 3)
    for number in (here, behind, forgotten):
        await way.twin(operator, number)
    first = await sent_out(way, operator, [here, behind])
    await way.desk.received(first, here, forgotten, missing=True)
    await way.marks(first)
    assert await way.desk.opened() == {here, forgotten}
    (again,) = await department.registers.open_entries(operator)
    assert (again.number, again.missing_on) == (behind, first)
    assert [one.number for one in await way.desk.courier.expected(await way.desk.clerk())] == [behind]
    second = await sent_out(way, operator, [behind])
    await way.desk.received(second, behind)
    await way.marks(second)
    assert await way.desk.opened() == {here, behind, forgotten}
    assert await department.registers.open_entries(operator) == ()


async def test_every_message_may_come_twice_and_late(department, place) -> None:
    way = Way(department, place, ALLOWANCE)
    operator = await department.operator()
    (number,) = await department.packages(operator, 1)
    outward = await sent_out(way, operator, [number])
    await way.register(outward)
    await way.desk.received(outward, number)
    await way.marks(outward)
    await way.marks(outward)
    for _ in range(2):
        await way.twin(operator, number)
        await way.desk.work_off()
    await way.register(outward)
    assert await way.desk.opened() == {number}
    await way.desk.finished(number)
    clerk = await way.desk.clerk()
    back = await way.desk.courier.send(clerk, department=operator.department, numbers=[number], courier=COURIER)
    for _ in range(2):
        await way.results(back.number)
    await department.mark(operator, back.number, {number})
    for _ in range(2):
        await way.result_marks(back.number)
    await way.results(back.number)
    assert (await department.registers.find(operator, back.number)).is_marked
    assert (await way.desk.courier.register(clerk, back.number)).is_marked
    assert len(place.notices(number)) == len({notice.sequence for notice in place.notices(number)})


async def test_the_result_is_not_handed_over_before_the_courier_brought_it(department, place) -> None:
    way = Way(department, place, ORALMAN)
    operator = await department.operator()
    number = await department.package(operator, ORALMAN)
    await way.twin(operator, number)
    await way.desk.received(await sent_out(way, operator, [number]), number)
    await department.hall.response(number, await department.hall.result(number, FACTS))
    ready = department.hall.rooms.desk_of_results
    with pytest.raises(ArmError):
        await ready.open(operator, number)
    await department.bring_results([number], office=way.desk.office.id)
    await department.mark(operator, "75000000000001", {number})
    assert number in [one.number for one in await ready.ready(operator)]
