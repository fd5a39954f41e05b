"""A result counts only when an official of the addressed provider signed it, even if it comes under the desk's key."""

import asyncio
import base64
import contextlib

import aiohttp
import pytest
import pytest_asyncio

from gateway.clock import FollowedClock
from gateway.eds.certificate import read_certificate
from gateway.eds.keys import load_pkcs12
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.xmldsig import sign_enveloped
from gateway.exchange.response import Response, ResponseOutcome, build_response
from gateway.shep.client import Sender, ShepClient
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from simulators.gateways import clock_url
from simulators.keys import KEY_PASSWORD, system_password
from simulators.population.cast import SYSTEMS
from simulators.walk.applicant import at_the_portal
from simulators.walk.decision import Decision
from simulators.walk.staff import OfficeStaff
from simulators.world import key_of_system

pytestmark = pytest.mark.asyncio(loop_scope="session")

SERVICE = "unemployed-certificate"
REFUSED = "SELECT code FROM channels.refused_response WHERE application = $1 ORDER BY id"


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def case(town):
    """An application whose result is drawn up but not signed yet, and the people around it."""
    async with contextlib.AsyncExitStack() as stack:
        applicant = await stack.enter_async_context(at_the_portal(town.installation, town.http, "applicant-karaganda"))
        number = await applicant.fill_in(SERVICE)
        await applicant.choose_certificate(number)
        await applicant.sign_and_send(number)
        office = await OfficeStaff.of(town.installation, SERVICE, town.http)
        stack.push_async_callback(office.close)
        await office.clerk.act(number, "register")
        await office.head.act(number, "resolve")
        await office.executor.draft(number, Decision.issue(SERVICE))
        page = await office.head.browser.get(f"{town.installation.address('desk')}/cases/{number}/sign")
        yield applicant, office, number, base64.b64decode(page.signing()["document"])


async def as_the_desk(town, number, document):
    """Send a RESPONSE as the desk does: with its sender id, password and key, in the application's chain."""
    installation = town.installation
    async with aiohttp.ClientSession() as http, town.database() as database:
        clock = FollowedClock(clock_url(installation), http)
        await clock.refresh()
        client = ShepClient(
            http,
            sync_url=installation.address("rshep") + SYNC_PATH,
            async_url=installation.address("rshep") + ASYNC_PATH,
            sender=Sender(SYSTEMS["desk"].sender_id, system_password(installation, "desk at the gateway")),
            key=await asyncio.to_thread(key_of_system, installation, "desk"),
            gateway_certificates=[read_certificate((installation.folder / "gateways" / "rshep.cer").read_bytes())],
            checker=CertificateChecker(Anchors.from_folder(installation.folder / "anchors"), None, clock),
            clock=clock,
        )
        correlation = await database.fetchval("SELECT correlation_id FROM desk.casefile WHERE number = $1", number)
        response = Response(number, ResponseOutcome.ISSUED, clock.now(), document)
        await client.send(
            AsyncMessage(
                service_id="QYZMET_UNEMPLOYED_CERTIFICATE",
                message_type=MessageType.RESPONSE,
                payload=Payload(PayloadForm.ESCAPED, build_response(response)),
                correlation_id=correlation,
                message_date=clock.now(),
            )
        )


async def refused(town, number):
    async with town.database() as database:
        return [row["code"] for row in await database.fetch(REFUSED, number)]


@pytest.mark.parametrize(
    ("signer", "code"),
    [
        ("almaty-head", "signer-not-bin"),  # an official, but of another provider
        ("karaganda-executor", "role-not-fit"),  # of the provider, but not entitled to sign results
        ("applicant-karaganda", "signer-not-bin"),  # the applicant himself
        ("director-partnership", "signer-not-bin"),  # a head, but of a firm
        (None, None),  # nobody: the draft as it is
    ],
)
async def test_a_result_that_no_official_of_the_provider_signed_is_not_accepted(town, case, signer, code):
    applicant, _, number, draft = case
    before = len(await refused(town, number))
    document = draft
    if signer is not None:
        file = town.installation.folder / "people" / f"{signer}-sign.p12"
        key = await asyncio.to_thread(load_pkcs12, file.read_bytes(), KEY_PASSWORD)
        document = await asyncio.to_thread(sign_enveloped, draft, key)
    await as_the_desk(town, number, document)
    await town.until(before + 1, "SELECT count(*) FROM channels.refused_response WHERE application = $1", number)
    found = (await refused(town, number))[-1]
    assert code is None or found == code
    told = await applicant.trail(number)
    assert told["state"] == "registered"
    assert not [one for one in told["trail"] if one["kind"] == "process" and one["number"] == 8]
    for name in ("result.xml", "result.pdf"):
        with pytest.raises(aiohttp.ClientResponseError, match="404"):
            await applicant.browser.download(f"{applicant.portal}/cabinet/{number}/{name}")


async def test_the_true_result_is_accepted_afterwards(town, case):
    applicant, office, number, _ = case
    await office.head.sign(number)
    await office.clerk.act(number, "hand-over")
    await applicant.wait_for(number, lambda told: told["state"] == "issued")
    assert await applicant.document(number, "result.xml")
