"""What the running country leaves behind and where it can be reached."""

import ipaddress
import re
from pathlib import Path

import asyncpg
import psutil
import pytest

from simulators.keys import KEY_PASSWORD, system_password
from simulators.participants import APPLICANT_PASSWORD
from simulators.population.cast import ORGANISATIONS, PEOPLE, SYSTEMS
from tests.acceptance.hostile.cast import INTRUDER, VICTIM, keys_of_sessions, official, signed_in
from tests.acceptance.hostile.living import Country
from tests.acceptance.hostile.visitor import FORM, Visitor, visitor


def logs_of(country: Country) -> dict[str, str]:
    """Everything that was logged: by the country, and by its PostgreSQL."""
    found = {"country": country.log.read_text(errors="replace")}
    data = Path(re.search(r"host=([^&]+)", country.installation.admin_url)[1])
    for file in (*data.glob("*.log"), *data.glob("log/*"), *data.parent.glob("*.log"), *data.glob("*log*")):
        if file.is_file():
            found[str(file)] = file.read_text(errors="replace")
    return found


@pytest.fixture
async def used(country, scene):
    """The country after a day's work and a day's attacks, and what must not stand in its logs."""
    secrets = set(scene.secrets)
    async with signed_in(country, VICTIM) as victim:
        secrets |= keys_of_sessions(victim.browser)
        one = Visitor.behind(country, "portal", victim.browser)
        await one.look(f"/applications/{scene.ready}/form")
        secrets.add(one.token)
        iin = str(PEOPLE[VICTIM].iin)
        # Requests that fail in every room, each with a secret in it.
        await one.get(f"/services/{iin}")
        await one.get(f"/verify/{iin}?d={iin}")
        await one.get(f"/cabinet/{scene.issued}?q={iin}")
        await one.post_bytes("/sign-in", FORM, f"number={iin}&password={APPLICANT_PASSWORD}%ff".encode())
        await one.post_bytes("/sign-in", "multipart/form-data; boundary=B", f"--B\r\n{iin}: {one.token}".encode())
        cookie = f"Cookie: {one.cookies}"
        await country.raw("portal", country.request("portal", "GET /", cookie, "X\x01Y: z"))
        await country.raw("portal", country.request("portal", "GET /", cookie + "\x00"))
        await country.raw("portal", country.request("portal", "GET /", cookie + "; x=" + "a" * 9000))
        await country.raw("portal", country.request("portal", f"GET /{iin}\x01", cookie))
        await country.raw("portal", f"GET /{iin} HTTP/9.9\r\n{cookie}\r\n\r\n".encode())
    async with visitor(country) as stranger:
        await stranger.post(
            "/sign-in", {"number": str(PEOPLE[INTRUDER].iin), "password": "wrong " + APPLICANT_PASSWORD}
        )
    async with official(country, "almaty-head") as head:
        secrets |= keys_of_sessions(head.browser)
    await country.forgive()
    return secrets


async def test_no_log_has_a_number_a_password_a_key_or_a_token(country, used):
    logs = logs_of(country)
    assert '"event": "request"' in logs["country"]
    persons = {str(person.iin) for person in PEOPLE.values()}
    organisations = {str(one.bin) for one in ORGANISATIONS.values()}
    passwords = {APPLICANT_PASSWORD, KEY_PASSWORD, *(system_password(country.installation, name) for name in SYSTEMS)}
    passwords |= {system_password(country.installation, f"{name} at the gateway") for name in SYSTEMS}
    settings = (country.installation.folder / "settings.yaml").read_text()
    passwords |= set(re.findall(r"qyzmet_\w+:([0-9a-f]{64})@", settings))
    passwords |= {country.installation.secret.decode()}
    names = {word for person in PEOPLE.values() for word in person.full_name_kk.split() if len(word) > 5}
    for file, text in logs.items():
        for kind, forbidden in (
            ("IIN", persons),
            ("BIN", organisations),
            ("password", passwords),
            ("session", used),
            ("name", names),
        ):
            found = {one for one in forbidden if one in text}
            assert not found, (
                kind,
                file,
                [line[:300] for line in text.splitlines() if any(f in line for f in found)][:3],
            )
        for sign in ("BEGIN CERTIFICATE", "PRIVATE KEY", "MIIE", "MIIF", "argon2id", "<ds:Signature", "<?xml"):
            assert sign not in text, (sign, file)


async def test_every_line_of_the_log_is_one_event(country, used):
    for line in country.log.read_text().splitlines():
        assert line.startswith("{"), line[:300]
        assert line.endswith("}"), line[-100:]


async def test_secrets_of_the_installation_are_its_owners_alone(country):
    folder = country.installation.folder
    for file in (folder / "secret", folder / "settings.yaml", folder / "staff.yaml", *(folder / "keys").glob("*.p12")):
        assert file.stat().st_mode & 0o077 == 0, file
    assert (folder / "keys").stat().st_mode & 0o077 == 0
    for file in (*(folder / "people").glob("*.p12"), *(folder / "keys").glob("*.key")):
        assert file.stat().st_mode & 0o077 == 0, file


async def test_the_country_listens_on_this_machine_alone(country):
    process = psutil.Process(country.process.pid)
    listening = [
        connection.laddr
        for one in (process, *process.children(recursive=True))
        for connection in one.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    ports = {getattr(country.installation.ports, name) for name in type(country.installation.ports).__slots__}
    assert {address.port for address in listening} >= ports
    assert [address for address in listening if not ipaddress.ip_address(address.ip).is_loopback] == []


async def test_the_participants_cannot_read_each_others_rows(country):
    settings = (country.installation.folder / "settings.yaml").read_text()
    urls = re.findall(r"database_url: ['\"]?(\S+?)['\"]?\s", settings)
    assert len(urls) == 2
    tables = {"channels": "desk.casefile", "desk": "channels.account"}
    for url in urls:
        own = "channels" if "qyzmet_channels" in url else "desk"
        connection = await asyncpg.connect(url)
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT * FROM {tables[own]}")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("CREATE TABLE public.x (a int)")
        finally:
            await connection.close()
