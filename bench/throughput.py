"""How many answers a second the simulated gateway gives, beside WireMock under the same load in the same run.

Three that answer the same questions, which carry no signature: the gateway by itself, for a service that is a stub in
its registry; the gateway that asks the system behind it, both legs of that signed; WireMock with the gateway's answer
canned. They are measured by turns.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp
from lxml import etree

from bench import wiremock
from bench.load import Aim, AnswerWrong, Run, load
from bench.parts import start
from gateway.clock import RealClock
from gateway.shep.envelope import wrap
from gateway.shep.messages import Payload, PayloadForm, Sender, SyncQuestion
from gateway.shep.names import SYNC_PATH
from gateway.shep.sync_channel import write_question
from simulators import integrator
from simulators.country import temporary_installation
from simulators.echo.names import SERVICE_ID as ECHO
from simulators.installation import LOOPBACK, Installation
from simulators.participants import write_settings

STUB: Final = "QYZMET_BENCH_STUB"
_MARK: Final = b"urn:qyzmet:bench"
_PLACEHOLDER: Final = "0" * 32
_TEXT: Final = "Бала асырап алу туралы анықтама / Справка об опеке. " * 8
_WARM_UP: Final = 3_000
ROUNDS: Final = 5


@dataclass(frozen=True)
class Throughput:
    """One that answers: its rounds under load, and milliseconds of its process's CPU an answer."""

    label: str
    runs: Sequence[Run]
    cpu: float

    @property
    def a_second(self) -> float:
        """Answers a second, the median of the rounds."""
        return statistics.median(run.a_second for run in self.runs)

    def wait(self, share: float) -> float:
        """Milliseconds within which this share of the questions was answered, the median of the rounds."""
        return statistics.median(run.wait(share) for run in self.runs)


@dataclass(frozen=True)
class Beside:
    """All that answered; `absent` says why WireMock did not."""

    ours: Sequence[Throughput]
    wiremock: Throughput | None
    absent: str
    size: int
    """Of an answer's envelope, in bytes."""


@dataclass
class _One:
    """One that is under load."""

    label: str
    aim: Aim
    answers: int
    cpu: Callable[[], float]
    runs: list[Run]
    spent: float = 0

    async def round(self) -> None:
        before = self.cpu()
        self.runs.append(await load(self.aim, self.answers))
        self.spent += self.cpu() - before

    def result(self) -> Throughput:
        answers = sum(run.answers for run in self.runs)
        return Throughput(self.label, self.runs, 1000 * self.spent / answers)


async def measure(answers: int = 1_000) -> Beside:
    """Put all three under load; every answer is looked at."""
    async with temporary_installation() as installation, contextlib.AsyncExitStack() as stack:
        installation.save()
        await write_settings(installation)
        parts = {}
        for name in ("world", "shep"):
            parts[name] = await start(name, installation.folder)
            stack.push_async_callback(parts[name].stop)
        await _add_stub(installation)
        gateway = parts["shep"]
        stub = _One("gateway alone", _aim(installation, STUB), answers, gateway.cpu, [])
        echo = _One("gateway → echo → gateway", _aim(installation, ECHO), answers // 5, gateway.cpu, [])
        ones = [stub, echo]
        canned = await _answer_of(stub.aim)
        absent = ""
        try:
            other = await stack.enter_async_context(wiremock.running(canned))
        except wiremock.Absent as error:
            absent = str(error)
        else:
            aim = _aim(installation, STUB, port=other.port)
            ones.append(_One(f"WireMock {wiremock.version()}", aim, answers, other.cpu, []))
            await load(aim, _WARM_UP)
        await load(stub.aim, 200)
        await load(echo.aim, 50)
        for _ in range(ROUNDS):
            for one in ones:
                await one.round()
        results = [one.result() for one in ones]
        return Beside(results[:2], results[2] if len(results) > 2 else None, absent, len(canned))


async def _add_stub(installation: Installation) -> None:
    """Register a service that the gateway answers by itself, unsigned, with what it was asked."""
    entry = {
        "service_id": STUB,
        "owner": integrator.SENDER_ID,
        "channel": "sync",
        "transport_signature": "optional",
        "answer_signature": "optional",
        "stub": {"echo": True},
    }
    admin = f"{installation.address('shep')}/admin"
    async with aiohttp.ClientSession(raise_for_status=True) as http:
        async with http.post(f"{admin}/services", json=entry):
            pass
        rights = {"sender_id": integrator.SENDER_ID, "services": [ECHO, STUB]}
        async with http.post(f"{admin}/rights", json=rights):
            pass


def _aim(installation: Installation, service_id: str, *, port: int | None = None) -> Aim:
    question = SyncQuestion(
        message_id=_PLACEHOLDER,
        service_id=service_id,
        message_date=RealClock().now(),
        sender=Sender(integrator.SENDER_ID, integrator.PASSWORD),
        payload=Payload(PayloadForm.TYPED, f'<q:question xmlns:q="{_MARK.decode()}">{_TEXT}</q:question>'.encode()),
    )
    return Aim(
        host=LOOPBACK,
        port=installation.ports.shep if port is None else port,
        path=SYNC_PATH,
        body=etree.tostring(wrap(write_question(question)), encoding="utf-8", xml_declaration=True),
        placeholder=_PLACEHOLDER.encode(),
        expected=_MARK,
    )


async def _answer_of(aim: Aim) -> bytes:
    """Ask once and return the envelope of the answer; raises `AnswerWrong`."""
    async with aiohttp.ClientSession() as http:
        url = f"http://{aim.host}:{aim.port}{aim.path}"
        body = aim.question().partition(b"\r\n\r\n")[2]
        async with http.post(url, data=body, headers={"Content-Type": "text/xml; charset=utf-8"}) as said:
            answer = await said.read()
            if said.status != 200:
                raise AnswerWrong(answer.decode("utf-8", errors="replace")[-2000:])
            return answer
