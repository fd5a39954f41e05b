"""A provider with effects that is restarted still knows what it answered."""

import io

from gateway.registries.tempstorage_messages import Credentials, build_upload
from gateway.shep.envelope import open_envelope
from gateway.shep.messages import Payload, PayloadForm, Sender, SyncQuestion
from gateway.shep.participant import ASK_PATH
from gateway.shep.seal import seal, unseal
from gateway.shep.sync_channel import read_answer, write_question
from simulators import tempstorage
from tests.integration.registries.test_tempstorage import a_file


async def test_a_repeated_upload_gets_the_first_answer_from_the_process_after(
    store_database, keys, checker, aiohttp_client
):
    clock, xml = checker.clock, build_upload([a_file()], Credentials("QYZMET_DESK", "of the store"))
    payload = Payload(PayloadForm.TYPED, xml)
    question = SyncQuestion("m-1", "EDS_TEMP_FILES", clock.now(), Sender("QYZMET_DESK", "hash"), payload)
    answers = []
    for _ in range(2):
        app = tempstorage.create_app(
            store_database,
            credentials={"QYZMET_DESK": "of the store"},
            system=keys.system_store,
            gateways={"shep": [keys.system_shep.certificate]},
            checker=checker,
            clock=clock,
        )
        client = await aiohttp_client(app)
        asked = await seal(write_question(question), keys.system_shep)
        response = await client.post(ASK_PATH, data=io.BytesIO(asked), headers={"Content-Type": "text/xml"})
        assert response.status == 200
        opened = open_envelope(await response.read())
        answers.append(read_answer((await unseal(opened, [keys.system_store.certificate])).content))
        await client.close()
    first, again = answers
    assert (again.message_id, again.payload) == (first.message_id, first.payload)
    assert await store_database.fetchval("SELECT count(*) FROM first_answer") == 1
