import base64
import hashlib
import json
from datetime import timedelta

import pytest
from lxml import etree

from gateway.eds.canonical import Canonicalisation, Method
from gateway.eds.xmldsig import sign_enveloped
from gateway.shep.async_channel import write_message
from gateway.shep.messages import Payload, PayloadForm, Sender
from gateway.shep.names import SYNC_PATH
from gateway.shep.seal import seal
from gateway.shep.sync_channel import write_question
from simulators.shep.config import hash_password
from tests.integration.shep.wire import ASK, asked, complete, post, request, send
from tests.integration.shep.world import PASSWORDS, QUESTION_SERVICE, a_world
from tests.unit.shep.pki import key_of

IIN, BIN = "870412100017", "740940000075"


async def found(world, status=200, **query):
    async with world.http.get(world.urls["SHEP"] + "/admin/journal", params=query) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def test_a_person_is_found_in_elements_in_escaped_text_and_in_no_other_line(world):
    client = world.client("PORTAL")
    for payload in (
        Payload(PayloadForm.TYPED, f"<data><iin>{IIN}</iin></data>".encode()),
        Payload(PayloadForm.ESCAPED, f'<a bin="{BIN}">{IIN}</a>'.encode()),
        ASK,
    ):
        await client.ask(QUESTION_SERVICE, payload)
    await client.send(request(None, payload=Payload(PayloadForm.CDATA, f"<iin>{IIN}</iin>".encode())))
    lines = (await found(world, person=IIN))["journal"]
    assert [each["event"] for each in lines] == ["accepted", "answered", "answered"]
    assert [each["persons"] for each in lines] == [[IIN], [BIN, IIN], [IIN]]
    assert len((await found(world, person=BIN))["journal"]) == 1
    assert (await found(world, person="870412100018"))["journal"] == []


async def test_lines_are_found_by_sender_code_and_time_and_read_page_by_page(world):
    begun = world.clock.now()
    client = world.client("PORTAL")
    for _ in range(3):
        await client.ask(QUESTION_SERVICE, ASK)
        world.clock.advance(timedelta(minutes=1))
    await send(world, write_question(asked(sender=Sender("PORTAL", "wrong"))), path=SYNC_PATH)
    assert len((await found(world, fault_code="SCE002"))["journal"]) == 1
    assert len((await found(world, sender_id="PORTAL", event="answered"))["journal"]) == 3
    between = {"since": (begun + timedelta(minutes=1)).isoformat(), "until": (begun + timedelta(minutes=2)).isoformat()}
    assert len((await found(world, event="answered", **between))["journal"]) == 1
    local = {"since": "2026-03-02T10:01:00", "until": "2026-03-02T10:02:00"}  # of Almaty
    assert len((await found(world, event="answered", **local))["journal"]) == 1
    seen, before = [], {}
    while page := (answer := await found(world, limit="2", **before))["journal"]:
        seen += [each["id"] for each in page]
        before = {"before": str(answer["next"])}
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 7
    for wrong in (
        {"since": "yesterday"},
        {"until": "0001-01-01T00:00:00"},
        {"before": "-1"},
        {"before": "x"},
        {"limit": "²"},
        {"nonsense": "1"},
    ):
        await found(world, 400, **wrong)
    assert (await found(world, before="9" * 25))["journal"]


async def test_a_bad_digest_is_explained_by_reference_digests_and_canonical_bytes(world):
    data = await seal(write_question(asked(service_id=QUESTION_SERVICE)), key_of("PORTAL"))
    tampered = data.replace(b"<messageId>m-1", b"<messageId>m-9")
    assert (await post(world, tampered)).code == "SCE006"
    (line,) = (await found(world, message_id="m-9", service_id=QUESTION_SERVICE, envelopes="1"))["journal"]
    facts = line["facts"]
    assert (line["sender_id"], line["party"], facts["unread"]) == ("PORTAL", None, "message_id, service_id, sender_id")
    root = etree.fromstring(tampered)
    body = root[1]
    canonical = Canonicalisation(Method.EXCLUSIVE).subtree(body)
    assert facts["reference"] == f"#{next(iter(body.attrib.values()))}"
    assert facts["reference_points_at"] == "/Envelope/Body"
    assert facts["digest_expected"] == root.findtext(".//{*}DigestValue")
    assert facts["digest_found"] == base64.b64encode(hashlib.sha256(canonical).digest()).decode()
    assert (facts["digest_agrees"], facts["canonical_bytes"]) == ("no", str(len(canonical)))
    assert line["canonical"] == canonical.decode().replace(PASSWORDS["PORTAL"], "***")
    async with world.http.get(f"{world.urls['SHEP']}/admin/journal/{line['id']}") as answer:
        assert await answer.json() == line
    assert "canonical" not in {key for key, value in (await found(world))["journal"][0].items() if value}


async def test_a_bad_value_with_a_good_digest_is_told_apart(world):
    data = await seal(write_question(asked(service_id=QUESTION_SERVICE)), key_of("PORTAL"))
    root = etree.fromstring(data)
    value = next(root.iter("{*}SignatureValue"))
    value.text = base64.b64encode(b"\1" * 256).decode()
    assert (await post(world, etree.tostring(root))).code == "SCE006"
    (line,) = (await found(world, event="refused"))["journal"]
    assert line["facts"]["reason"] == "signature-broken"
    assert line["facts"]["digest_agrees"] == "yes"
    assert line["facts"]["signed_info"].startswith("<ds:SignedInfo")


async def test_a_wrapped_signature_is_explained_by_the_place_it_covers(world):
    root = etree.fromstring(await seal(write_question(asked(service_id=QUESTION_SERVICE)), key_of("PORTAL")))
    header, body = root
    forged = etree.fromstring(etree.tostring(body).replace(b'Id="id-', b'Id="x-'))
    etree.SubElement(header, "kept").append(body)
    root.append(forged)
    assert (await post(world, etree.tostring(root))).code == "SCE006"
    (line,) = (await found(world, event="refused"))["journal"]
    assert line["facts"]["reference_points_at"] == "/Envelope/Header/kept/Body"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.replace(b"<ds:DigestValue>", b"<ds:DigestValue>!!"),
        lambda data: data.replace(b"xmlenc#sha256", b"xmlenc#sha1x"),
        lambda data: data.replace(b'URI="#id-', b'URI="#ix-'),
        lambda data: data.replace(b"<ds:SignedInfo>", b"<ds:SignedInfo><a/>"),
    ],
)
async def test_a_signature_that_cannot_even_be_read_has_its_line_too(world, spoil):
    data = await seal(write_question(asked(service_id=QUESTION_SERVICE)), key_of("PORTAL"))
    assert (await post(world, spoil(data))).code == "SCE006"
    (line,) = (await found(world, event="refused"))["journal"]
    assert line["facts"].keys() & {"cannot_be_read", "reference"}


async def test_the_canonical_bytes_are_bounded(world):
    large = Payload(PayloadForm.ESCAPED, b"<a>" + b"x" * 300_000 + b"</a>")
    data = await seal(write_question(asked(service_id=QUESTION_SERVICE, payload=large)), key_of("PORTAL"))
    await post(world, data.replace(b"<messageId>m-1", b"<messageId>m-9"))
    (line,) = (await found(world, event="refused", envelopes="1"))["journal"]
    assert len(line["canonical"]) <= 64 * 1024 < int(line["facts"]["canonical_bytes"])
    assert PASSWORDS["PORTAL"] not in json.dumps(line)


async def test_a_bad_business_signature_is_explained_as_well(database_url, clock, new_store):
    notary = {"service_id": "NOTARY", "owner": "DESK", "channel": "async", "business_signature": "required"}
    parts = {"database_url": database_url, "clock": clock, "new_store": new_store, "services": [notary]}
    async with a_world(**parts) as world:
        signed = sign_enveloped(b"<deed><n>1</n></deed>", key_of("PORTAL")).replace(b"<n>1", b"<n>2")
        message = complete(world, service_id="NOTARY", route_id=None, payload=Payload(PayloadForm.ESCAPED, signed))
        assert (await send(world, write_message(message))).code == "SCE016"
        (line,) = (await found(world, event="refused", envelopes="1"))["journal"]
        assert line["canonical"] == "<deed><n>2</n></deed>"
        expected = hashlib.sha256(b"<deed><n>2</n></deed>").digest()
        assert line["facts"]["digest_found"] == base64.b64encode(expected).decode()


async def test_the_journal_is_a_page_for_people_and_what_messages_say_is_escaped(world):
    await send(world, write_question(asked(service_id="<script>x</script>")), path=SYNC_PATH)
    url = world.urls["SHEP"] + "/admin/journal"
    async with world.http.get(url, params={"limit": "5"}, headers={"Accept": "text/html,*/*"}) as answer:
        page = await answer.text()
        assert answer.content_type == "text/html"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "SCE004" in page


async def test_no_password_stands_in_journal_messages_or_admin_answers_nor_goes_on(world):
    secret = PASSWORDS["PORTAL"]
    client = world.client("PORTAL")
    await client.ask(QUESTION_SERVICE, ASK)
    await client.send(request(None))
    await send(world, write_question(asked(service_id="NOTHING")), path=SYNC_PATH)
    data = await seal(write_question(asked(service_id=QUESTION_SERVICE)), key_of("PORTAL"))
    await post(world, data.replace(b"<messageId>m-1", b"<messageId>m-9"))
    await post(world, data[:-20])
    await post(world, data.decode().replace("utf-8", "utf-16").encode("utf-16"))
    inner = Payload(PayloadForm.ESCAPED, f"<password>{secret}</password>".encode())
    await send(world, write_question(asked(service_id="NOTHING", payload=inner)), path=SYNC_PATH)
    database = world.stores["SHEP"].database
    for table in ("journal", "message", "first_answer", "delivery_notification", "registry_change"):
        rows = await database.fetch(f"SELECT to_jsonb({table})::text AS row FROM {table}")
        assert [row for row in rows if secret in row["row"]] == [], table
    assert await database.fetchval("SELECT password_hash FROM message") == hash_password(secret)
    for path in ("registry", "journal?envelopes=1&limit=500", "messages", "faults"):
        async with world.http.get(f"{world.urls['SHEP']}/admin/{path}") as answer:
            body = await answer.text()
        assert secret not in body, path
        assert hash_password(secret) not in body or "journal" in path, path
    ((_, sender),) = world.questions
    assert sender.password == hash_password(secret)
