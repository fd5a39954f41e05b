import asyncio

import pytest

from gateway.eds.xmldsig import verify_enveloped
from tests.unit.ncalayer.keys import PASSWORD

XML = "<a><b>ә</b></a>"


async def test_a_person_reads_the_document_chooses_a_key_and_the_page_gets_the_signature(page, person):
    await page.send("commonUtils", "signXml", ["PKCS12", "SIGNATURE", XML, "", ""])
    seen = await person.question()
    (question,) = seen["requests"]
    assert question["origin"] == "http://127.0.0.1:8080"
    assert question["documents"][0]["text"] == XML
    fitting = [key["id"] for key in question["keys"] if key["unfit"] is None]
    assert fitting == ["umit-curve", "umit-expired", "umit-sign", "nurlan-sign"]

    status, reply = await person.answer({"id": question["id"], "key": "umit-sign", "password": "wrong"})
    assert (status, reply["outcome"], reply["tries_left"]) == (200, "wrong-password", 2)
    status, reply = await person.answer({"id": question["id"], "key": "umit-sign", "password": PASSWORD})
    assert (status, reply["outcome"]) == (200, "done")

    answer = await page.read()
    assert verify_enveloped(answer["responseObject"].encode())[0].covered == XML.encode()
    assert (await person.look())["requests"] == []


async def test_cancel_in_the_window_reaches_the_page(page, person):
    await page.send("commonUtils", "getKeyInfo", ["PKCS12"])
    question = (await person.question())["requests"][0]
    assert (await person.answer({"id": question["id"], "cancel": True}))[1]["outcome"] == "cancelled"
    assert await page.read() == {"code": "500", "message": "action.canceled"}


async def test_requests_of_one_page_are_shown_one_after_another(page, person):
    for _ in range(2):
        await page.send("commonUtils", "getKeyInfo", ["PKCS12"])
    first = (await person.question())["requests"]
    assert len(first) == 1
    await person.answer({"id": first[0]["id"], "cancel": True})
    second = (await person.question())["requests"]
    assert len(second) == 1
    assert second[0]["id"] != first[0]["id"]


async def test_a_page_that_closes_takes_its_question_from_the_window(page, person):
    await page.send("commonUtils", "getKeyInfo", ["PKCS12"])
    seen = await person.question()
    await page.socket.close()
    assert (await person.look(seen["version"]))["requests"] == []


async def test_heartbeats_are_answered_while_the_person_thinks(page, person):
    await page.send("commonUtils", "getKeyInfo", ["PKCS12"])
    await person.question()
    await page.socket.send_str("--heartbeat--")
    assert await page.socket.receive_str(timeout=5) == "--heartbeat--"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Window-Token": "guessed"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Host": "evil.example:13580"}, 421),
        ({"Content-Type": "text/plain"}, 400),
    ],
)
async def test_only_the_window_itself_may_answer(page, person, headers, status):
    await page.send("commonUtils", "getKeyInfo", ["PKCS12"])
    question = (await person.question())["requests"][0]
    assert (await person.answer({"id": question["id"], "cancel": True}, **headers))[0] == status
    assert len((await person.look())["requests"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        [],
        None,
        "x",
        {},
        {"id": 1},
        {"id": "x"},
        {"id": "x", "key": 1, "password": "p"},
        {"id": "x" * 9000, "cancel": True},
    ],
)
async def test_a_malformed_answer_is_refused_and_changes_nothing(page, person, body):
    await page.send("commonUtils", "getKeyInfo", ["PKCS12"])
    await person.question()
    assert (await person.answer(body))[0] == 400
    assert len((await person.look())["requests"]) == 1


async def test_an_answer_to_a_question_that_is_gone_says_so(person):
    status, reply = await person.answer({"id": "0" * 16, "key": "umit-sign", "password": PASSWORD})
    assert (status, reply["outcome"]) == (404, "gone")


@pytest.mark.parametrize("path", ["", "/window.js", "/window.css"])
async def test_the_window_loads_nothing_from_elsewhere_and_stands_in_no_frame(layer, http, path):
    async with http.get(layer.window + path) as answer:
        assert answer.status == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in (await answer.text()).replace("http://www.w3.org", "")


async def test_a_name_that_was_rebound_to_this_machine_sees_nothing(layer, http):
    async with http.get(f"{layer.window}/requests", headers={"Host": "evil.example:13580"}) as answer:
        assert answer.status == 421


async def test_nobody_waits_for_ever_at_the_window(person, monkeypatch):
    monkeypatch.setattr("simulators.ncalayer.window.LONG_POLL_SECONDS", 0.05)
    version = (await person.look())["version"]
    seen = await asyncio.wait_for(person.look(version), 5)
    assert seen["version"] == version
