"""Channels and desk as processes of their own on databases of their own: they share nothing but the wire."""

import contextlib

import aiohttp
import asyncpg
import pytest
import pytest_asyncio
import yaml

from gateway.store.provision import provision
from simulators.country import database_url as url_of
from simulators.country import temporary_installation
from simulators.participants import write_settings
from simulators.supervisor import Supervisor
from simulators.walk.applicant import at_the_portal
from simulators.walk.staff import OfficeStaff

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.full]

SERVICE = "guardianship-certificate"
THEIRS = {
    "channels": ("application", "event", "blob", "outbox", "account"),
    "desk": ("casefile", "event", "blob", "inbox", "staff"),
}


@contextlib.asynccontextmanager
async def second_database(admin_url):
    """The desk's own database, which is gone afterwards."""
    connection = await asyncpg.connect(admin_url)
    name = f"{await connection.fetchval('SELECT current_database()')}_desk"
    try:
        await connection.execute(f"CREATE DATABASE {name}")
        yield url_of(admin_url, name)
    finally:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def apart(database_url):
    """The installation, and for each participant: an administrator's URL of its database, and its own URL."""
    async with (
        temporary_installation(database_url) as installation,
        second_database(installation.admin_url) as desk_admin,
        aiohttp.ClientSession() as http,
        Supervisor(installation.folder) as supervisor,
    ):
        installation.save()
        file = installation.folder / "settings.yaml"
        await write_settings(installation)
        settings = yaml.safe_load(file.read_text(encoding="utf-8"))
        desk_url = await provision(desk_admin, "desk", secret=installation.role_secret)
        settings["desk"]["database_url"] = desk_url
        file.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
        await supervisor.start_all()
        assert supervisor.pid("channels") != supervisor.pid("desk")
        yield (
            installation,
            http,
            {
                "channels": (installation.admin_url, settings["channels"]["database_url"]),
                "desk": (desk_admin, desk_url),
            },
        )


async def ask(url, sql, *args):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql, *args)
    finally:
        await connection.close()


async def test_an_application_comes_to_its_result_over_the_wire_alone(apart):
    installation, http, databases = apart
    async with at_the_portal(installation, http, "applicant-almaty") as applicant:
        number = await applicant.fill_in(SERVICE)
        await applicant.choose_certificate(number)
        await applicant.sign_and_send(number)
        office = await OfficeStaff.of(installation, SERVICE, http)
        try:
            await office.work(SERVICE, number)
        finally:
            await office.close()
        await applicant.wait_for(number, lambda told: told["state"] == "issued")
        assert await applicant.document(number, "result.pdf")
    for participant, table in (("channels", "application"), ("desk", "casefile")):
        other = "desk" if participant == "channels" else "channels"
        count = f"SELECT count(*) FROM {participant}.{table} WHERE number = $1"
        assert await ask(databases[participant][0], count, number) == 1
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = $1"
        assert await ask(databases[other][0], tables, participant) == 0


@pytest.mark.parametrize(("who", "whose"), [("channels", "desk"), ("desk", "channels")])
async def test_neither_can_read_what_is_the_others(apart, who, whose):
    _, _, databases = apart
    role = await ask(databases[who][1], "SELECT current_user")
    for table in THEIRS[whose]:
        granted = "SELECT has_table_privilege($1, $2, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
        assert not await ask(databases[whose][0], granted, role, f"{whose}.{table}")
    member = "SELECT pg_has_role($1, $2, 'MEMBER')"
    assert not await ask(databases[whose][0], member, role, f"qyzmet_{whose}")
    # The role itself, with its own password, at the other's database.
    path = databases[whose][1].partition("://")[2].partition("?")[0].rpartition("/")[2]
    at_the_others = url_of(databases[who][1], path)
    for table in THEIRS[whose]:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(at_the_others, f"SELECT count(*) FROM {whose}.{table}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(at_the_others, "CREATE TABLE public.mine (id integer)")
