"""The registries asked by the desk: its own senderId, the regional gateway, the central one, the provider and back."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from gateway.eds.keys import SoftwareKey
from gateway.registries.certification import OwnersOfficial
from gateway.registries.consent import Consent, NoConsent
from gateway.registries.enis import Enis
from gateway.registries.errors import ConsentNotAccepted, Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.gbdfl import Gbdfl
from gateway.registries.gbdul import Gbdul
from gateway.registries.kdp import Checked, Company, ConsentQuestion, Kdp
from gateway.registries.outcome import Absent, Found
from gateway.registries.powers import PowerState
from gateway.registries.tempstorage import Credentials, StoredFile, TempStorage, Upload
from gateway.shep.client import ShepClient
from gateway.shep.messages import Sender
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.shep.participant import ASK_PATH
from simulators import enis, gbdfl, gbdul, kdp, tempstorage
from simulators.population import cast
from simulators.population.powers import CAST
from simulators.shep.config import GatewayConfig, hash_password
from simulators.shep.gateway import make_gateway
from tests.unit.registries.country import Keys

PERSON = cast.PEOPLE["applicant-karaganda"]
FIRM = cast.ORGANISATIONS["partnership"]
OWNERS = {
    "GBDFL_UniversalServiceSync": "GBDFL",
    "GBDFLUniversal_token": "GBDFL",
    "GbdulInfoByBin_v2": "GBDUL",
    "QYZMET_ENIS_PowerOfAttorney": "ENIS",
    "KDP_SERVICE": "KDP",
    "EDS_TEMP_FILES": "TEMPSTORAGE",
}
REGISTRIES = ("gbdfl", "gbdul", "enis", "kdp", "tempstorage")
AKIMAT = cast.ORGANISATIONS["karaganda-akimat"]
PASSWORD = "password of the desk"


@dataclass
class World:
    """The registries and the store at their addresses."""

    http: aiohttp.ClientSession
    urls: dict[str, str]

    async def switch(self, registry: str, **fault: object) -> None:
        async with self.http.put(f"{self.urls[registry]}/admin/faults", json=fault) as answer:
            assert answer.status == 200, await answer.text()


@dataclass
class Country:
    """Two gateways before them, the desk at the regional one."""

    world: World
    desk: ShepClient
    stranger: ShepClient


def power_form(**changes: object) -> str:
    form = {"number": "SIM-900001", "principal": PERSON.iin, "representative": cast.PEOPLE["representative"].iin}
    return json.dumps({**form, "attested_on": "2026-03-02", "valid_until": "2026-03-03", **changes})


class Ports:
    """Sockets that are bound before anybody needs to know their addresses."""

    def __init__(self, *names: str) -> None:
        self.sockets = {name: socket.socket() for name in names}
        for bound in self.sockets.values():
            bound.bind(("127.0.0.1", 0))
        self.urls = {name: f"http://127.0.0.1:{bound.getsockname()[1]}" for name, bound in self.sockets.items()}


async def serve(stack: contextlib.AsyncExitStack, app: web.Application, bound: socket.socket) -> None:
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, bound).start()


def system(name: str, key: SoftwareKey, url: str | None) -> dict[str, object]:
    return {
        "sender_id": name,
        "password_sha256": hash_password(PASSWORD),
        "certificate": {"sha256": key.certificate.sha256},
        **({"sync_url": url} if url else {}),
    }


def peer(name: str, key: SoftwareKey, url: str) -> dict[str, object]:
    pem = key.certificate.pem
    return {"name": name, "certificates": [pem], "sync_url": url + SYNC_PATH, "async_url": url + ASYNC_PATH}


@pytest.fixture
def ports() -> Iterator[Ports]:
    opened = Ports("SHEP", "RSHEP", "WORLD")
    yield opened
    for bound in opened.sockets.values():
        bound.close()


@pytest.fixture
def consenting(kdp_database, keys, population, checker) -> tuple[web.Application, kdp.TokenJudge]:
    """Return КДП and the judge of its tokens."""
    clock, tokens = checker.clock, kdp.Tokens(keys.system_kdp)
    consents = kdp.Consents(kdp_database, tokens, clock)
    companies = {"QYZMET_DESK": kdp.Company(AKIMAT.bin, keys.system_desk.certificate)}
    app = kdp.create_app(
        consents,
        tokens,
        population,
        companies=companies,
        may_omit_sms=frozenset(),
        system=keys.system_kdp,
        gateways={"shep": [keys.system_shep.certificate]},
        checker=checker,
        clock=clock,
    )
    accepted = frozenset({"GBDFLUniversal_token"})
    return app, kdp.TokenJudge(tokens, consents, companies=companies, accepted=accepted, clock=clock)


@pytest.fixture
async def world(keys, consenting, population, store_database, ports) -> AsyncIterator[World]:
    persons, judge = consenting
    checker = keys.checker(judge._clock)
    common = {
        "gateways": {"shep": [keys.system_shep.certificate]},
        "checker": checker,
        "clock": checker.clock,
    }
    people = gbdfl.create_app(
        population, official=keys.official_gbdfl, system=keys.system_gbdfl, consents=judge, **common
    )
    powers = enis.create_app(population, official=keys.official_enis, system=keys.system_enis, **common)
    firms = gbdul.create_app(population, official=keys.official_gbdul, system=keys.system_gbdul, **common)
    files = tempstorage.create_app(
        store_database, credentials={"QYZMET_DESK": "of the store"}, system=keys.system_store, **common
    )
    app = web.Application()
    app.add_subapp("/gbdfl/", people)
    app.add_subapp("/gbdul/", firms)
    app.add_subapp("/enis/", powers)
    app.add_subapp("/kdp/", persons)
    app.add_subapp("/tempstorage/", files)
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        await serve(stack, app, ports.sockets["WORLD"])
        yield World(http, {name: f"{ports.urls['WORLD']}/{name}" for name in REGISTRIES})


def configs(keys: Keys, rshep: SoftwareKey, urls: dict[str, str]) -> tuple[GatewayConfig, GatewayConfig]:
    """Return the centre, which owns the services, and the region, to which the desk is connected."""
    providers = {
        "GBDFL": (keys.system_gbdfl, "gbdfl"),
        "GBDUL": (keys.system_gbdul, "gbdul"),
        "ENIS": (keys.system_enis, "enis"),
        "KDP": (keys.system_kdp, "kdp"),
        "TEMPSTORAGE": (keys.system_store, "tempstorage"),
    }
    desk = system("QYZMET_DESK", keys.system_desk, None)
    rights = {"QYZMET_DESK": list(OWNERS)}
    centre = {
        "name": "SHEP",
        "systems": [
            desk,
            *(system(name, key, f"{urls['WORLD']}/{path}{ASK_PATH}") for name, (key, path) in providers.items()),
        ],
        "peers": [peer("RSHEP", rshep, urls["RSHEP"])],
        "services": [{"service_id": each, "channel": "sync", "owner": owner} for each, owner in OWNERS.items()],
        "rights": rights,
    }
    region = {
        "name": "RSHEP",
        "systems": [desk],
        "peers": [peer("SHEP", keys.system_shep, urls["SHEP"])],
        "services": [{"service_id": each, "channel": "sync", "owner": "SHEP"} for each in OWNERS],
        "rights": rights,
    }
    return GatewayConfig.model_validate(centre), GatewayConfig.model_validate(region)


@pytest.fixture
async def country(world, keys, checker, empty_store, ports) -> AsyncIterator[Country]:
    rshep = keys.system("rshep", cast.ORGANISATIONS["karaganda-akimat"].bin)
    clock, urls = checker.clock, ports.urls
    async with contextlib.AsyncExitStack() as stack:
        for config, key in zip(configs(keys, rshep, urls), (keys.system_shep, rshep), strict=True):
            store = await empty_store(config.name.lower())
            gateway = await make_gateway(config, store=store, key=key, checker=checker, http=world.http, clock=clock)
            await serve(stack, gateway.app, ports.sockets[config.name])
        client = {
            "async_url": urls["RSHEP"] + ASYNC_PATH,
            "sender": Sender("QYZMET_DESK", PASSWORD),
            "key": keys.system_desk,
            "checker": checker,
            "clock": clock,
            "timeout": 20,
        }
        desk = ShepClient(
            world.http, sync_url=urls["RSHEP"] + SYNC_PATH, gateway_certificates=[rshep.certificate], **client
        )
        stranger = ShepClient(
            world.http,
            sync_url=world.urls["gbdfl"] + ASK_PATH,
            gateway_certificates=[keys.system_gbdfl.certificate],
            **client,
        )
        yield Country(world, desk, stranger)


@pytest.fixture
def people(country, checker, clock) -> Gbdfl:
    certifier = OwnersOfficial(Registry.GBDFL, checker, cast.GBDFL_OWNER.bin)
    return Gbdfl(country.desk, certifier, sender_code="QYZMET_DESK", clock=clock)


async def test_the_officials_signature_survives_two_gateways(people):
    found = await people.person(PERSON.iin)
    assert isinstance(found, Found)
    assert found.value.full_name == "СӘРСЕНБАЕВ ЕРЖАН ҚАЙРАТҰЛЫ"
    assert found.evidence.signer.subject.iin == cast.PEOPLE["official-gbdfl"].iin


async def test_absence_survives_two_gateways(people):
    assert isinstance(await people.person(cast.PEOPLE["applicant-absent"].iin), Absent)


async def test_an_organisation_is_asked_for_through_two_gateways(country, checker, keys):
    certifier = OwnersOfficial(Registry.GBDUL, checker, cast.GBDUL_OWNER.bin)
    requestor = cast.ORGANISATIONS["karaganda-akimat"].bin
    found = await Gbdul(country.desk, certifier, requestor=requestor, key=keys.system_desk).organisation(FIRM.bin)
    assert isinstance(found, Found)
    assert found.value.name_kk == FIRM.name_kk


async def test_a_person_consents_and_is_found_through_two_gateways(country, world, people, keys, clock):
    source = Kdp(country.desk, company=Company(AKIMAT.bin, AKIMAT.name_kk), key=keys.system_desk, clock=clock)
    wanted = ConsentQuestion(
        person=PERSON.iin, responsible="-", employee="-", life_time=timedelta(hours=1), checked=Checked.BIOMETRY
    )
    assert await source.consent(wanted) is NoConsent.PENDING
    url = f"{world.urls['kdp']}/admin/consents"
    async with world.http.get(url) as answer:
        (listed,) = (await answer.json())["consents"]
    assert (listed["uin"], listed["state"]) == (PERSON.iin, "PENDING")
    async with world.http.post(f"{url}/{listed['id']}/confirm", json={}) as answer:
        assert answer.status == 204
    consent = await source.consent(wanted)
    assert isinstance(consent, Consent)
    assert isinstance(await people.person(PERSON.iin, consent=consent), Found)
    async with world.http.post(f"{url}/{listed['id']}/revoke", json={}) as answer:
        assert answer.status == 204
    with pytest.raises(ConsentNotAccepted):
        await people.person(PERSON.iin, consent=consent)


async def test_a_power_of_attorney_is_found_revoked_and_added_through_two_gateways(country, world, checker, clock):
    asked = Enis(country.desk, OwnersOfficial(Registry.ENIS, checker, cast.ENIS_OWNER.bin), clock=clock)
    number, representative = CAST["valid"].number, cast.PEOPLE["representative"].iin
    found = await asked.power(number)
    assert isinstance(found, Found)
    assert found.evidence.signer.subject.iin == cast.PEOPLE["official-enis"].iin
    url = f"{world.urls['enis']}/admin/powers"
    async with world.http.post(f"{url}/{number}/revoke", json={}) as answer:
        assert (await answer.json())["state"] == "REVOKED"
    revoked = await asked.power(number)
    assert isinstance(revoked, Found)
    assert revoked.value.state_at(clock.now()) is PowerState.REVOKED
    form = {"number": "SIM-900000", "principal": FIRM.bin, "representative": representative}
    form |= {"attested_on": "2026-03-02", "valid_until": "2026-03-03"}
    async with world.http.post(url, json=form) as answer:
        assert answer.status == 201
    between = await asked.powers_between(FIRM.bin, representative)
    assert isinstance(between, Found)
    assert "SIM-900000" in {power.number for power in between.value}
    async with world.http.get(url, params={"party": FIRM.bin}) as answer:
        assert {power["number"] for power in (await answer.json())["powers"]} == {
            power.number for power in between.value
        }


async def test_a_file_of_several_megabytes_goes_through_two_gateways(country, world):
    store = TempStorage(country.desk, credentials=Credentials("QYZMET_DESK", "of the store"))
    content = bytes(range(256)) * 12_000
    upload = Upload("p-1", content, "анықтама.pdf", "application/pdf", timedelta(hours=8))
    taken = await store.download((await store.upload(upload)).identifier)
    assert isinstance(taken, StoredFile)
    assert taken.content == content
    async with world.http.get(f"{world.urls['tempstorage']}/admin/files") as answer:
        (listed,) = (await answer.json())["files"]
    assert (listed["name"], listed["size"]) == ("анықтама.pdf", len(content))


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"fault": "down"}, UnavailableCode.GATEWAY_REFUSED),
        ({"fault": "unsigned"}, UnavailableCode.UNSIGNED),
        ({"fault": "bad-signature", "numbers": [PERSON.iin]}, UnavailableCode.SIGNATURE_BROKEN),
        ({"fault": "wrong-signer"}, UnavailableCode.SIGNER_NOT_FIT),
    ],
)
async def test_each_fault_is_switched_on_and_off_by_the_admin_api(world, people, fault, code):
    await world.switch("gbdfl", **fault)
    with pytest.raises(RegistryUnavailable) as caught:
        await people.person(PERSON.iin)
    assert caught.value.code is code
    await world.switch("gbdfl", fault="none")
    assert isinstance(await people.person(PERSON.iin), Found)


async def test_nobody_but_a_gateway_may_ask_a_registry(country, checker, clock):
    certifier = OwnersOfficial(Registry.GBDFL, checker, cast.GBDFL_OWNER.bin)
    past_the_gateway = Gbdfl(country.stranger, certifier, sender_code="QYZMET_DESK", clock=clock)
    with pytest.raises(RegistryUnavailable) as caught:
        await past_the_gateway.person(PERSON.iin)
    assert (caught.value.code, caught.value.facts["fault"]) == (UnavailableCode.GATEWAY_REFUSED, "SCE006")


async def test_an_edited_person_is_answered_as_edited(world, people):
    url = f"{world.urls['gbdfl']}/admin/people/{PERSON.iin}"
    async with world.http.patch(url, json={"surname": "Жаңаев", "death_date": "2026-02-01"}) as answer:
        assert (await answer.json())["name"]["surname"] == "Жаңаев"
    found = await people.person(PERSON.iin)
    assert isinstance(found, Found)
    assert (found.value.surname, found.value.dead) == ("ЖАҢАЕВ", True)
    async with world.http.patch(url, json={"known_to_gbdfl": False, "death_date": None}) as answer:
        assert answer.status == 200
    assert isinstance(await people.person(PERSON.iin), Absent)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "gbdfl/admin/faults", '{"fault": "nonsense"}', 400),
        ("PUT", "gbdfl/admin/faults", '{"fault": "down", "numbers": ["870412100017"]}', 400),
        ("PUT", "gbdfl/admin/faults", "[" * 20_000, 400),
        ("PUT", "gbdfl/admin/faults", '{"fault": "none"' + " " * 40_000 + "}", 413),
        ("PUT", "tempstorage/admin/faults", '{"fault": "unsigned"}', 400),
        ("PATCH", "gbdfl/admin/people/870412100017", '{"surname": "a\\u0000"}', 400),
        ("PATCH", "gbdfl/admin/people/870412100017", '{"iin": "1"}', 400),
        ("PATCH", "gbdfl/admin/people/000000000000", "{}", 404),
        ("PATCH", "gbdul/admin/organisations/740940000075", '{"liquidated_on": "yesterday"}', 400),
        ("GET", "gbdul/admin/organisations/000000000000", "", 404),
        ("DELETE", "tempstorage/admin/files/nonsense", "", 404),
        ("PUT", "kdp/admin/faults", '{"fault": "unsigned"}', 400),
        ("POST", "kdp/admin/consents/00000000-0000-4000-8000-000000000000/confirm", "{}", 404),
        ("POST", "kdp/admin/consents/00000000-0000-4000-8000-000000000000/revoke", '{"x": 1}', 400),
        ("POST", "enis/admin/powers/SIM-999999/revoke", "{}", 404),
        ("POST", "enis/admin/powers", '{"number": "1"}', 400),
        ("POST", "enis/admin/powers", power_form(number="SIM-000001"), 409),
        ("POST", "enis/admin/powers", power_form(valid_until="2020-01-01"), 400),
        ("POST", "enis/admin/powers", power_form(scopes=["99"]), 400),
        ("POST", "enis/admin/powers", power_form(principal="000000000000"), 404),
        ("POST", "enis/admin/powers", power_form(representative=str(FIRM.bin)), 404),
    ],
)
async def test_bad_input_of_the_admin_api_gets_an_error_and_changes_nothing(world, method, path, body, status):
    base = world.urls["gbdfl"].rsplit("/", 1)[0]
    headers = {"Content-Type": "application/json"}
    async with world.http.request(method, f"{base}/{path}", data=body.encode(), headers=headers) as answer:
        assert answer.status == status
        assert (await answer.json())["error"]["code"].startswith("admin-")
    async with world.http.get(f"{world.urls['gbdfl']}/admin/faults") as answer:
        assert (await answer.json())["fault"] == "none"


async def test_a_page_of_another_origin_cannot_switch_faults_with_a_plain_form(world):
    async with world.http.put(f"{world.urls['gbdfl']}/admin/faults", data={"fault": "down"}) as answer:
        assert answer.status == 415


async def test_an_organisation_is_edited(world):
    url = f"{world.urls['gbdul']}/admin/organisations/{FIRM.bin}"
    async with world.http.patch(url, json={"liquidated_on": "2026-01-15", "known_to_gbdul": True}) as answer:
        assert (await answer.json())["liquidated_on"] == "2026-01-15"
    async with world.http.get(url) as answer:
        assert (await answer.json())["name_kk"] == FIRM.name_kk
