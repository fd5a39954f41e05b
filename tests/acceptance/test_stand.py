"""`qyzmet stand` as an integrator meets it: its facts, the how-to as typed, and clients that use nothing of qyzmet."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg
import pytest
import pytest_asyncio
from lxml import etree

from simulators.country import database_url as url_of_database

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "test-your-shep-integration.md"
EXAMPLES = ROOT / "docs" / "examples"
PATIENCE = 90


@dataclass(frozen=True)
class Stand:
    """A running stand: its folder and what it printed."""

    folder: Path
    facts: dict

    async def run(self, *words, status=0, shell=None):
        """Run a program, or a script of bash, as a person in a second terminal would; return what it said."""
        command = ["bash", "-euo", "pipefail", "-c", shell] if shell else [str(each) for each in words]
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=os.environ | {"QYZMET_STAND": str(self.folder)},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            out, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        finally:
            await ended(process)
        assert process.returncode == status, out.decode()
        return out.decode()

    async def qyzmet(self, *words, status=0):
        return await self.run(program("qyzmet"), "stand", *words, status=status)

    async def example(self, name, *words):
        return await self.run(sys.executable, EXAMPLES / name, *words)

    async def journal(self, **asked):
        url = self.facts["gateways"]["shep"]["journal"]
        async with aiohttp.ClientSession() as http, http.get(url, params=asked) as answer:
            return (await answer.json())["journal"]

    async def post(self, envelope):
        url = self.facts["gateways"]["shep"]["sync"]
        async with aiohttp.ClientSession() as http, http.post(url, data=envelope) as answer:
            return etree.fromstring(await answer.read())


def program(name):
    return Path(sys.executable).with_name(name)


async def ended(process):
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@contextlib.asynccontextmanager
async def own_database(admin_url):
    name = f"stand_{os.getpid()}"
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
        yield url_of_database(admin_url, name)
    finally:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stand(database_url, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stand")
    async with own_database(database_url) as database:
        process = await asyncio.create_subprocess_exec(
            program("qyzmet"), "stand", "--json", "--free-ports", "--data", folder,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env=os.environ | {"QYZMET_DATABASE_URL": database},
        )  # fmt: skip
        try:
            said = await asyncio.wait_for(process.stdout.readuntil(b"\n}\n"), PATIENCE)
            yield Stand(folder, json.loads(said))
            process.send_signal(signal.SIGINT)
            _, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
            assert process.returncode == 0, errors.decode()
        except asyncio.IncompleteReadError:
            raise AssertionError((await process.stderr.read()).decode()) from None
        finally:
            await ended(process)


def commands():
    """Return the commands of the how-to that a person types into the second terminal, in their order."""
    return re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


@pytest.mark.full
async def test_the_how_to_works_as_it_is_typed(stand, tmp_path):
    first, *rest = commands()
    assert first.startswith("SHEP=")
    shep = stand.facts["gateways"]["shep"]["admin"].removesuffix("/admin")
    typed = f"cd {tmp_path}\nSHEP={shep} NCA={stand.facts['nca']}\n" + "\n".join(rest)
    typed = typed.replace(".venv/bin/", f"{Path(sys.executable).parent}/").replace("docs/examples", str(EXAMPLES))
    said = await stand.run(shell=typed)
    assert "Сәлем, ЭҮШ!</greeting>" in said
    assert "870412100017 СӘРСЕНБАЕВ ЕРЖАН" in said
    assert "<faultcode>SCE006</faultcode>" in said
    assert '"digest_agrees": "no"' in said
    assert "RESPONSE" in said
    assert said.count("refused, as it should be") == 2
    assert "MY_SYSTEM is registered" in said
    assert (tmp_path / "question.xml").is_file()


async def test_zeep_asks_the_echo_and_gbdfl_with_the_printed_key(stand):
    said = await stand.example("shep_ask.py")
    assert "QYZMET_ECHO SCSS001" in said
    assert "<сәлем>ЭҮШ</сәлем>" in said
    assert f"{stand.facts['people'][0]['iin']} СӘРСЕНБАЕВ ЕРЖАН 1987-04-12" in said


async def test_a_message_is_answered_by_what_the_sender_fetches(stand):
    said = await stand.example("shep_send.py", "--fetch")
    assert re.findall(r"^(NOTIFICATION|RESPONSE) \d+ (.*)$", said, flags=re.MULTILINE) == [
        ("NOTIFICATION", "Өтініш қабылданды / Заявка принята"),
        ("RESPONSE", "<өтініш>1</өтініш>"),
    ]
    assert "the request is DELIVERED" in said


@pytest.mark.full
async def test_a_message_is_answered_by_pushes_to_the_address_of_the_sender(stand):
    receiver = await asyncio.create_subprocess_exec(
        sys.executable, EXAMPLES / "shep_receive.py", "0", stdout=asyncio.subprocess.PIPE
    )
    try:
        url = (await asyncio.wait_for(receiver.stdout.readline(), PATIENCE)).decode().split()[-1]
        assert url in await stand.qyzmet("register", "--push-url", url)
        assert "messageId" in await stand.example("shep_send.py")
        came = [(await asyncio.wait_for(receiver.stdout.readline(), PATIENCE)).decode() for _ in range(2)]
    finally:
        await ended(receiver)
        await stand.qyzmet("register")
    assert [line.split()[0] for line in came] == ["NOTIFICATION", "RESPONSE"]
    assert came[1].endswith(" <өтініш>1</өтініш>\n")


@pytest.mark.full
async def test_the_journal_tells_why_a_broken_signature_was_refused(stand, tmp_path):
    file = tmp_path / "question.xml"
    await stand.qyzmet("ask", "GBDFL_UniversalServiceSync", "870412100017", "--save", file)
    broken = file.read_bytes().replace(b"870412100017", b"831105200031")
    fault = await stand.post(broken)
    assert fault.findtext(".//faultcode") == "SCE006"
    (line,) = await stand.journal(session_id=fault.findtext(".//sessionId"), envelopes="1")
    assert line["fault_code"] == "SCE006"
    facts = line["facts"]
    assert facts["data"] == "digest-mismatch"
    assert facts["digest_expected"] != facts["digest_found"]
    assert "<iin>831105200031</iin>" in line["canonical"]
    assert line["id"] in {each["id"] for each in await stand.journal(person="831105200031")}


async def test_a_saved_envelope_gets_its_first_answer_again(stand, tmp_path):
    file = tmp_path / "hello.xml"
    said = await stand.qyzmet("ask", "--gost", "--save", file)
    again = await stand.post(file.read_bytes())
    assert f"<messageId>{again.findtext('.//responseInfo/messageId')}</messageId>" in said


@pytest.mark.full
async def test_what_cannot_be_asked_is_said_before_anything_is_sent(stand):
    assert "ГБД ФЛ takes IINs" in await stand.qyzmet("ask", "GBDFL_UniversalServiceSync", "740940000075", status=64)
    assert "--payload" in await stand.qyzmet("ask", "EDS_TEMP_FILES", status=64)
    assert "SCE004" in await stand.qyzmet("ask", "NO_SUCH", "--payload", EXAMPLES / "shep_seal.py",
                                          "--form", "cdata", status=1)  # fmt: skip
    assert "--certificate" in await stand.qyzmet("register", "--sender-id", "OTHER", status=64)


@pytest.mark.full
async def test_two_stands_do_not_fight_over_a_port(stand, tmp_path):
    port = stand.facts["nca"].rsplit(":", 1)[1].removesuffix("/nca")
    said = await stand.qyzmet("--data", tmp_path, "--world-port", port, "--free-ports", status=1)
    assert f"{port} (world)" in said
    assert not (tmp_path / "installation.json").exists()
