import pytest
from aiohttp.test_utils import TestServer

from gateway.shep.errors import GatewayError
from gateway.shep.messages import MessageType, Sender
from gateway.shep.names import SYNC_PATH
from simulators.shep.config import hash_password
from tests.integration.shep.wire import ASK, request
from tests.integration.shep.world import MESSAGE_SERVICE, QUESTION_SERVICE, eventually, working
from tests.unit.shep.pki import BINS

NEW = {"service_id": "NEW_SERVICE", "owner": "GBDFL", "channel": "sync"}


@pytest.fixture
def call(world):
    async def call(method, path, status=200, gateway="SHEP", **body):
        url = f"{world.urls[gateway]}/admin/{path}"
        async with world.http.request(method, url, json=body if method in ("POST", "PATCH") else None) as answer:
            text = await answer.text()
            assert answer.status == status, text
            return await answer.json()

    return call


def newcomer(world, **changes):
    entry = {**world.system_entry("GBDFL"), "sender_id": "NEWCOMER", "certificate": {"bin": BINS["STRANGER"]}}
    return {**entry, "password_sha256": hash_password("new"), **changes}


async def names(call, part, key):
    return {each[key] for each in (await call("GET", "registry"))[part]}


async def test_what_is_added_serves_at_once_and_after_a_restart_and_can_be_undone(world, call):
    await call("POST", "services", 201, **NEW)
    await call("POST", "systems", 201, system=newcomer(world), services=["NEW_SERVICE", QUESTION_SERVICE])
    await call("POST", "routes", 201, route_id="R_NEW", to="NEWCOMER")
    client = world.client("STRANGER", sender=Sender("NEWCOMER", "new"))
    await client.ask(QUESTION_SERVICE, ASK)
    await world.fell("SHEP")
    await world.raise_gateway("SHEP")
    await client.ask(QUESTION_SERVICE, ASK)
    assert "R_NEW" in await names(call, "routes", "route_id")
    changes = (await call("GET", "registry"))["changes"]
    assert [(each["kind"], each["name"]) for each in changes] == [
        ("service", "NEW_SERVICE"),
        ("system", "NEWCOMER"),
        ("rights", "NEWCOMER"),
        ("route", "R_NEW"),
    ]
    assert await call("DELETE", "registry/changes") == {"undone": 4}
    with pytest.raises(GatewayError):
        await client.ask(QUESTION_SERVICE, ASK)
    assert "NEW_SERVICE" not in await names(call, "services", "service_id")
    await world.fell("SHEP")
    await world.raise_gateway("SHEP")
    assert (await call("GET", "registry"))["changes"] == []


async def test_a_change_that_would_not_hang_together_is_refused_and_changes_nothing(world, call):
    before = await call("GET", "registry")
    peer = (await call("GET", "registry"))["peers"][0]
    for method, path, body, reason in (
        ("POST", "services", {**NEW, "owner": "NOBODY"}, "no system or peer NOBODY"),
        ("POST", "routes", {"route_id": "R_X", "to": "NOBODY"}, "no system or peer NOBODY"),
        ("POST", "rights", {"sender_id": "NOBODY", "services": []}, "no system NOBODY"),
        ("POST", "rights", {"sender_id": "DESK", "services": ["NOTHING"]}, "no service NOTHING"),
        ("POST", "peers", {**peer, "name": "DESK"}, "given twice"),
        ("POST", "peers", {**peer, "certificates": ["nonsense"]}, "certificate"),
        ("PATCH", "systems/DESK", {"push_url": None, "delivery": "push"}, "push_url"),
        ("PATCH", "systems/DESK", {"password": "clear"}, "Extra inputs"),
        ("DELETE", "systems/DESK", {}, "no system or peer DESK"),
        ("DELETE", "peers/RSHEP", {}, "no system or peer RSHEP"),
    ):
        answer = await call(method, path, 400, **body)
        assert reason in str(answer), (path, answer)
    assert await call("GET", "registry") == before


async def test_an_entry_is_changed_field_by_field_and_its_password_stays(world, call):
    await call("PATCH", "systems/PORTAL", status_notifications=False)
    (portal,) = [each for each in (await call("GET", "registry"))["systems"] if each["sender_id"] == "PORTAL"]
    assert portal["status_notifications"] is False
    await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    await call("PATCH", "rights/PORTAL", services=[])
    with pytest.raises(GatewayError) as raised:
        await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
    assert raised.value.fault.code == "SCE003"
    await call("PATCH", "systems/NOBODY", 404, status_notifications=False)
    await call("PATCH", "doors/PORTAL", 404)


async def test_what_is_removed_takes_its_rights_along_and_stays_removed(world, call):
    await call("DELETE", f"services/{QUESTION_SERVICE}")
    await call("DELETE", "systems/GBDFL")
    for _ in range(2):
        shown = await call("GET", "registry")
        assert "GBDFL" not in {each["sender_id"] for each in shown["systems"]}
        assert all(QUESTION_SERVICE not in services for services in shown["rights"].values())
        with pytest.raises(GatewayError) as raised:
            await world.client("PORTAL").ask(QUESTION_SERVICE, ASK)
        assert raised.value.fault.code == "SCE004"
        await world.fell("SHEP")
        await world.raise_gateway("SHEP")
    await call("DELETE", "systems/GBDFL", 404)


async def test_a_change_that_the_file_left_no_place_for_is_passed_over_and_said_so(world, call):
    await call("POST", "systems", 201, system=newcomer(world))
    await call("POST", "services", 201, **{**NEW, "owner": "NEWCOMER"})
    await call("POST", "services", 201, **NEW | {"service_id": "KEPT"})
    await world.stores["SHEP"].database.execute("DELETE FROM registry_change WHERE kind = 'system'")
    await world.fell("SHEP")
    await world.raise_gateway("SHEP")
    shown = await call("GET", "registry")
    services = {each["service_id"] for each in shown["services"]}
    assert ("KEPT" in services, "NEW_SERVICE" in services) == (True, False)
    assert [each["name"] for each in shown["changes"] if each["passed_over"]] == ["NEW_SERVICE"]


async def test_a_peer_can_be_added_while_the_gateway_runs(world, call):
    peer = (await call("GET", "registry"))["peers"][0]
    await call("DELETE", f"services/{QUESTION_SERVICE}", gateway="RSHEP")
    await call("POST", "services", 201, "RSHEP", service_id=QUESTION_SERVICE, owner="SHEP", channel="sync")
    await call("PATCH", "rights/DESK", gateway="RSHEP", services=[QUESTION_SERVICE])
    await call("PATCH", "peers/RSHEP", certificates=peer["certificates"] * 2)
    await world.client("DESK", "RSHEP").ask(QUESTION_SERVICE, ASK)


@pytest.mark.parametrize("way", ["undone", "edited"])
async def test_what_waited_to_be_fetched_is_pushed_when_the_file_says_so_again(world, call, way):
    desk = world.systems["DESK"]

    async def keep(received):
        desk.received.append(received)

    async def waiting():
        return await world.stores["SHEP"].database.fetchval("SELECT count(*) = 1 FROM timer WHERE name = 'push'")

    desk.inbox.on(MESSAGE_SERVICE, MessageType.REQUEST, keep)
    if way == "undone":
        await call("PATCH", "systems/DESK", delivery="pull")
    else:
        await world.fell("SHEP")
        await world.raise_gateway("SHEP", pulls=("DESK",))
    async with working(world.stores["SHEP"], desk.store):
        await world.client("PORTAL").send(request("R_ALMATY_EDU"))
        await eventually(waiting)
        if way == "undone":
            await call("DELETE", "registry/changes")
            await eventually(lambda: desk.received)
    if way == "edited":
        await world.fell("SHEP")
        await world.raise_gateway("SHEP")
        async with working(world.stores["SHEP"], desk.store):
            await eventually(lambda: desk.received)


async def test_doors_are_had_without_the_admin_api_and_under_further_names(world):
    doors, admin = world.centre.apart(hosts=["shep.test"])
    async with TestServer(doors) as outside, TestServer(admin) as inside:
        for server, path, host, status in (
            (outside, "/admin/registry", "localhost", 404),
            (inside, "/admin/registry", "localhost", 200),
            (inside, "/admin/registry", "shep.test", 421),
            (inside, SYNC_PATH + "?wsdl", "localhost", 404),
            (outside, SYNC_PATH + "?wsdl", "SHEP.test:80", 200),
            (outside, SYNC_PATH + "?wsdl", "evil.test", 421),
        ):
            async with world.http.get(server.make_url(path), headers={"Host": host}) as answer:
                assert answer.status == status, (path, host)


async def test_a_page_of_another_origin_changes_nothing(world):
    url = world.urls["SHEP"] + "/admin/services"
    async with world.http.post(url, data="{}", headers={"Content-Type": "text/plain"}) as answer:
        assert answer.status == 415
    async with world.http.get(world.urls["SHEP"] + "/admin/registry", headers={"Host": "evil.test"}) as answer:
        assert answer.status == 421


async def test_a_system_registered_before_the_registry_kept_changes_is_one_of_them(database_url, clock, tmp_path):
    import shutil

    import asyncpg

    from gateway.store import Store, migrate
    from simulators.shep.gateway import MIGRATIONS

    schema = f"registered_{id(tmp_path)}"
    admin = await asyncpg.connect(database_url)
    await admin.execute(f"CREATE SCHEMA {schema}")
    await admin.close()
    shutil.copy(MIGRATIONS / "0001_messages.py", tmp_path)
    store = await Store.open(database_url, schema=schema, clock=clock)
    try:
        await migrate(store.database, tmp_path)
        entry = {"sender_id": "OLD", "password_sha256": "0" * 64, "certificate": {"bin": BINS["STRANGER"]}}
        put = "INSERT INTO registered_system VALUES ('OLD', $1, $2, $3)"
        await store.database.execute(put, entry, [QUESTION_SERVICE], clock.now())
        await migrate(store.database, MIGRATIONS)
        rows = await store.database.fetch("SELECT kind, entry FROM registry_change ORDER BY kind DESC")
        assert [tuple(row) for row in rows] == [("system", entry), ("rights", [QUESTION_SERVICE])]
    finally:
        await store.close()
