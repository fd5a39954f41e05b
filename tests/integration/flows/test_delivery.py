import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

import pytest

from gateway.eds.xmldsig import sign_enveloped
from gateway.exchange.submission import InlineFile, StoredFile, read_submission
from gateway.exchange.supplement import is_supplement, read_supplement_submission
from gateway.exchange.waiting import waiting_facts
from gateway.flows.attachments import StoredAttachment
from gateway.flows.delivery import ShepDelivery, travels_apart
from gateway.journal import Journal, Outcome
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.memory import MemoryFileStore
from gateway.shep.faults import Fault, FaultCode
from gateway.shep.messages import MessageState, MessageType, PayloadForm, Receipt, StatusNotification
from gateway.shep.outbox import Outbox
from gateway.shep.stopped import Box, StoppedMessages
from tests.integration.flows.lists import GUARANTEE, ISSUE, PERMIT, sent
from tests.integration.flows.town import ALMATY, CATALOGUE, KARAGANDA, Town

MIB = 1024 * 1024


class Gateway:
    """A gateway that takes messages and remembers them."""

    def __init__(self):
        self.taken = []

    async def send(self, message):
        self.taken.append(message)
        return Receipt(f"m{len(self.taken)}", "chain", datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def gateway():
    return Gateway()


@pytest.fixture
def files():
    return MemoryFileStore()


@pytest.fixture
async def town(new_store, clock, gateway, files):
    async def with_outbox(name, *sql):
        return await new_store(name, *sql, "gateway/shep/sql/outbox.sql", "gateway/shep/sql/outbox_sendings.sql")

    built = {}

    class Later:
        async def prepare(self, application, signed):
            return await built["delivery"].prepare(application, signed)

        async def prepare_supplement(self, application, supplement, signed, *, presented_at):
            return await built["delivery"].prepare_supplement(
                application, supplement, signed, presented_at=presented_at
            )

        async def send(self, conn, parcel):
            await built["delivery"].send(conn, parcel)

    town = await Town.build(with_outbox, clock, dispatch=Later())
    built["delivery"] = ShepDelivery(
        store=town.store,
        catalogue=CATALOGUE,
        journal=Journal(town.store.database, clock),
        outbox=Outbox(town.store, {"shep": gateway}),
        tempstorage=files,
    )
    built["files"] = files
    town.built = built
    return town


@contextlib.asynccontextmanager
async def working(store):
    task = asyncio.create_task(store.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def eventually(condition):
    for _ in range(500):
        if await condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not happen in time")


async def handed_over(town, number):
    trail = await town.rooms.journal.trail(number)
    return any(event.step.facts.get("step") == "handed over" for event in trail)


async def test_the_signed_application_reaches_the_gateway_once_with_its_route_and_attachments(
    town, account, key, gateway
):
    number = await town.accepted(ALMATY, account, key)
    async with working(town.store):
        await eventually(lambda: handed_over(town, number))
        await asyncio.sleep(0.3)
    (message,) = gateway.taken
    assert (message.service_id, message.message_type) == ("QYZMET_GUARDIANSHIP_CERTIFICATE", MessageType.REQUEST)
    assert (message.route_id, message.payload.form) == ("R_ALMATY_EDU", PayloadForm.ESCAPED)
    submission = read_submission(message.payload.xml)
    assert submission.number == number
    assert submission.signed_application == await town.rooms.cabinet.signed_application(account.id, number)
    assert all(isinstance(file, InlineFile) for file in submission.attachments)


async def test_a_large_attachment_goes_by_the_temporary_store_and_waits_for_it(town, account, key, gateway, files):
    clock = town.store.clock
    number = await town.filled(ALMATY, account)
    large = b"%PDF-" + b"x" * 2 * MIB
    await town.rooms.flow.process_3_attach_document(
        account.id, number, "identity-document", name="large.pdf", media_type="application/pdf", content=large
    )
    await town.rooms.flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    signed = sign_enveloped(await town.draft(account, number), key)
    files.trouble = RegistryUnavailable(Registry.TEMPSTORAGE, UnavailableCode.NO_ANSWER)
    await town.rooms.flow.process_5_certify_and_send(account.id, number, signed)
    async with working(town.store):

        async def put_off():
            return await town.store.database.fetchval("SELECT count(*) FROM timer WHERE name = 'portal.upload'")

        await eventually(put_off)
        assert gateway.taken == []
        files.trouble = None
        clock.set(await town.store.database.fetchval("SELECT due_at FROM timer WHERE name = 'portal.upload'"))
        await eventually(lambda: handed_over(town, number))
    (message,) = gateway.taken
    stored = [file for file in read_submission(message.payload.xml).attachments if isinstance(file, StoredFile)]
    assert len(stored) == 1
    assert (await files.download(stored[0].identifier)).content == large


async def handed_over_later(town, number):
    trail = await town.rooms.journal.trail(number)
    return any(event.step.facts.get("step") == "supplement handed over" for event in trail)


@pytest.mark.parametrize("size", [100, 2 * MIB])
async def test_a_supplement_follows_its_application_once_and_a_large_one_by_the_temporary_store(
    town, account, key, gateway, size
):
    clock = town.store.clock
    number = await sent(town, account, key, PERMIT, ISSUE)
    until = clock.now() + timedelta(days=28)
    facts = waiting_facts(until=until, documents=[GUARANTEE])
    await town.notice(number, PERMIT, "action 6", "done", 2, flow="portal-employer-issue", facts=facts)
    content = b"%PDF-" + b"x" * size
    supplements = town.rooms.flow.supplements
    await supplements.attach(account.id, number, GUARANTEE, name="a.pdf", media_type="application/pdf", content=content)
    row = await supplements.choose_certificate(account.id, number, key.certificate.der)
    presented_at = clock.now()
    await supplements.send(account.id, number, sign_enveloped(row.draft, key))
    clock.advance(timedelta(minutes=5))
    async with working(town.store):
        await eventually(lambda: handed_over_later(town, number))
        async with town.store.database.transaction() as conn:
            again = {"number": number, "what": "supplement", "attempt": 0}
            await town.store.jobs.enqueue(conn, "portal.upload", again)
        await asyncio.sleep(0.5)
    first, second = sorted(gateway.taken, key=lambda message: is_supplement(message.payload.xml))
    assert read_submission(first.payload.xml).number == number
    assert (second.service_id, second.message_type) == (first.service_id, MessageType.REQUEST)
    assert second.route_id == first.route_id
    submission = read_supplement_submission(second.payload.xml)
    assert (submission.number, submission.presented_at) == (number, presented_at)
    (file,) = submission.attachments
    if size > MIB:
        assert (await town.built["files"].download(file.identifier)).content == content
    else:
        assert file.content == content


async def test_a_delivery_that_runs_twice_puts_one_message(town, account, key, gateway):
    number = await town.accepted(KARAGANDA, account, key)
    async with town.store.database.transaction() as conn:
        await town.store.jobs.enqueue(conn, "portal.upload", {"number": number, "attempt": 0})
    async with working(town.store):
        await eventually(lambda: handed_over(town, number))
        await asyncio.sleep(0.3)
    assert len(gateway.taken) == 1


def sized(**sizes):
    return [StoredAttachment(name, name, "application/pdf", size, "0" * 64) for name, size in sizes.items()]


def test_what_does_not_fit_into_a_message_travels_apart():
    assert travels_apart(sized(a=MIB, b=10)) == frozenset()
    assert travels_apart(sized(a=MIB + 1, b=10)) == {"a"}
    many = travels_apart(sized(**{f"d{n}": MIB - n for n in range(8)}))
    assert many == {"d0", "d1"}
    assert all(kind.max_bytes <= 10 * MIB for kind in CATALOGUE.service(ALMATY).documents)


async def test_an_application_that_the_gateway_gave_up_goes_again_and_one_refused_is_shown_to_the_applicant(
    town, account, key, gateway
):
    """A desk out of reach for longer than the gateway's own limit must not cost an accepted application."""
    clock, outbox = town.store.clock, town.built["delivery"]._outbox
    number = await town.accepted(KARAGANDA, account, key)

    async def tell(message_id, state, fault=None):
        now = clock.now()
        error = None if fault is None else Fault.of(fault, now)
        told = StatusNotification(f"n {message_id}", message_id, now, state, "X", "", now, now, None, error)
        await outbox.note_status(told, "shep")

    def handed(outcome, count):
        async def seen():
            trail = await town.rooms.journal.trail(number)
            notes = [each for each in trail if each.step.facts.get("step") == "handed over"]
            return sum(each.step.outcome is outcome for each in notes) == count

        return seen

    async with working(town.store):
        await eventually(handed(Outcome.DONE, 1))
        clock.advance(timedelta(hours=24))
        await tell("m1", MessageState.DELIVERY_STOPPED, FaultCode.SERVICE_UNAVAILABLE)
        clock.set(await town.store.database.fetchval("SELECT due_at FROM timer WHERE name = 'shep.deliver'"))
        await eventually(handed(Outcome.DONE, 2))
        await tell("m2", MessageState.NOT_DELIVERED, FaultCode.WRONG_FORMAT)
        await eventually(handed(Outcome.FAILED, 1))
        async with town.store.database.transaction() as conn:
            assert await StoppedMessages(town.store).resume(conn, Box.OUT, f"application {number}")
        await eventually(handed(Outcome.DONE, 3))
    assert len({message.payload.xml for message in gateway.taken}) == 1
