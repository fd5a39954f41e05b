"""A party of ЭҮШ that has fallen: it signs its messages well and means no good."""

import asyncio
import contextlib
import dataclasses
import hashlib
import re
import uuid
from datetime import UTC, datetime

import aiohttp
import pytest

from gateway.clock import RealClock
from gateway.eds.certificate import read_certificate
from gateway.eds.keys import load_pkcs12
from gateway.eds.xml import parse
from gateway.eds.xmldsig import sign_enveloped
from gateway.exchange.application import Attachment, build_application, read_application
from gateway.exchange.submission import InlineFile, StoredFile, Submission, build_submission
from gateway.shep.client import ShepClient
from gateway.shep.errors import GatewayError
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Sender
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from simulators.keys import system_password
from simulators.population.cast import SYSTEMS
from simulators.world import checker_of
from tests.acceptance.hostile.cast import INTRUDER, VICTIM
from tests.acceptance.hostile.envelopes import HOSTILE
from tests.acceptance.hostile.signing import entry_key_of, key_of, spoilt

UNEMPLOYED = "QYZMET_UNEMPLOYED_CERTIFICATE"
GUARDIANSHIP = "QYZMET_GUARDIANSHIP_CERTIFICATE"
PDF = b"%PDF-1.7\n%%EOF\n"


@contextlib.asynccontextmanager
async def fallen(country, system, *, password=None):
    """A client with the keys of a system of the country."""
    installation = country.installation
    folder = installation.folder
    key = await asyncio.to_thread(
        load_pkcs12, (folder / "keys" / f"{system}.p12").read_bytes(), system_password(installation, system)
    )
    async with aiohttp.ClientSession() as http:
        clock = RealClock()
        yield ShepClient(
            http,
            sync_url=f"{country.at('shep')}{SYNC_PATH}",
            async_url=f"{country.at('shep')}{ASYNC_PATH}",
            sender=Sender(
                SYSTEMS[system].sender_id, password or system_password(installation, f"{system} at the gateway")
            ),
            key=key,
            gateway_certificates=[read_certificate((folder / "gateways" / "shep.cer").read_bytes())],
            checker=checker_of(installation, http, clock),
            clock=clock,
        )


def request(payload, *, service=UNEMPLOYED, route="R_KARAGANDA", form=PayloadForm.ESCAPED):
    return AsyncMessage(service, MessageType.REQUEST, Payload(form, payload), route_id=route)


async def settled(country, schema, before, *, number):
    """What became of the messages that came after `before`, once there are so many."""
    for _ in range(200):
        rows = await country.fetch(f"SELECT id, state, last_error FROM {schema}.inbox WHERE id > $1", before)
        if len(rows) >= number and all(row["state"] != "received" for row in rows):
            return rows
        await asyncio.sleep(0.1)
    raise TimeoutError([dict(row) for row in rows])


async def last(country, schema):
    ((newest,),) = await country.fetch(f"SELECT coalesce(max(id), 0) FROM {schema}.inbox")
    return newest


async def cases(country):
    return [
        tuple(row) for row in await country.fetch("SELECT number, content_key, version FROM desk.casefile ORDER BY 1")
    ]


@pytest.mark.full
async def test_a_request_that_is_no_application_makes_no_case(country, scene):
    before, known = await last(country, "desk"), await cases(country)
    async with fallen(country, "channels") as portal, country.answering(within=4, memory=260):
        sent = 0
        for body in HOSTILE.values():
            try:
                text = body.decode()
            except UnicodeDecodeError:
                continue
            if not text or len(body) > 12_000_000 or "\x00" in text:
                continue
            with contextlib.suppress(GatewayError):
                await portal.send(request(text.encode()))
                sent += 1
        assert sent > 20
        rows = await settled(country, "desk", before, number=sent)
    assert {row["state"] for row in rows} == {"done"}
    assert await cases(country) == known


async def drafted(country, number):
    """An application of the victim's as the portal fixed it."""
    ((draft,),) = await country.fetch("SELECT draft FROM channels.application WHERE number = $1", number)
    return dataclasses.replace(read_application(parse(bytes(draft))), number="71000000009001")


async def seal_of(country, system):
    file = country.installation.folder / "keys" / f"{system}.p12"
    return await asyncio.to_thread(load_pkcs12, file.read_bytes(), system_password(country.installation, system))


async def forged(country, fresh, number):
    """Signed applications that a desk must not take."""
    folder = country.installation.folder
    own, other = key_of(folder, f"{VICTIM}-sign"), key_of(folder, f"{INTRUDER}-sign")
    attached = Attachment("identity-document", "a.pdf", "application/pdf", len(PDF), hashlib.sha256(PDF).hexdigest())
    variants = [
        (fresh, other),
        (fresh, await entry_key_of(country, VICTIM)),
        (fresh, await seal_of(country, "channels")),
        (dataclasses.replace(fresh, office="almaty-education"), own),
        (dataclasses.replace(fresh, office="nowhere"), own),
        (dataclasses.replace(fresh, service="guardianship-certificate"), own),
        (dataclasses.replace(fresh, service="nothing"), own),
        (dataclasses.replace(fresh, fields={}), own),
        (dataclasses.replace(fresh, fields={**fresh.fields, "address": "x" * 9000}), own),
        (dataclasses.replace(fresh, fields={**fresh.fields, "evil": "1"}), own),
        (dataclasses.replace(fresh, attachments=(attached,)), own),
        (dataclasses.replace(fresh, number=number, created_at=datetime.now(UTC)), own),
    ]
    documents = [(one, sign_enveloped(build_application(one), key)) for one, key in variants]
    plain = build_application(fresh)
    for moment in (b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00", b"2026-02-30T00:00:00Z"):
        dated = re.sub(rb"<createdAt>[^<]*", b"<createdAt>" + moment, plain)
        documents.append((fresh, sign_enveloped(dated, own)))
    spoilt_ones = dict(spoilt(plain, own, other))
    del spoilt_ones["another document"]  # the victim's own signature over what the victim might have written
    return documents + [(fresh, document) for document in spoilt_ones.values()]


async def test_an_application_that_nobody_signed_so_makes_no_case(country, scene):
    fresh = await drafted(country, scene.issued)
    documents = await forged(country, fresh, scene.issued)
    good = sign_enveloped(build_application(fresh), key_of(country.installation.folder, f"{VICTIM}-sign"))
    submissions = [Submission(one.number, one.service, one.office, document) for one, document in documents]
    submissions += [
        Submission("71000000009002", fresh.service, fresh.office, good),
        Submission(fresh.number, "guardianship-certificate", fresh.office, good),
        Submission(fresh.number, fresh.service, "almaty-education", good),
        Submission(fresh.number, fresh.service, fresh.office, good, (InlineFile(PDF),)),
        Submission(fresh.number, fresh.service, fresh.office, good, (StoredFile(str(uuid.uuid4()), "0" * 64),)),
    ]
    before, known = await last(country, "desk"), await cases(country)
    async with fallen(country, "channels") as portal:
        for submission in submissions:
            await portal.send(request(build_submission(submission)))
        payload = build_submission(Submission(fresh.number, fresh.service, fresh.office, good))
        await portal.send(request(payload, service=GUARDIANSHIP, route="R_ALMATY_EDU"))
        rows = await settled(country, "desk", before, number=len(submissions) + 1)
    assert [row["last_error"] for row in rows if row["last_error"]] == []
    assert {row["state"] for row in rows} == {"done"}
    assert await cases(country) == known


async def test_nobody_speaks_in_a_chain_that_is_not_its_own(country, scene):
    ((chain,),) = await country.fetch("SELECT correlation_id FROM desk.casefile WHERE number = $1", scene.issued)
    before = await country.quiet()
    async with fallen(country, "gbdfl") as registry, fallen(country, "channels") as portal:
        for client in (registry, portal):
            for kind in (MessageType.NOTIFICATION, MessageType.RESPONSE, MessageType.UPDATE):
                for correlation in (chain, "1", "x" * 300, "' OR 1=1", "\u0661"):
                    message = AsyncMessage(
                        GUARDIANSHIP, kind, Payload(PayloadForm.ESCAPED, b"<x/>"), correlation_id=correlation
                    )
                    with pytest.raises(GatewayError):
                        await client.send(message)
    assert await country.rows() == before


async def test_a_right_key_with_a_wrong_password_or_name_is_refused(country):
    async with fallen(country, "channels", password="x" * 32) as portal, country.unchanged():
        with pytest.raises(GatewayError, match="SCE002"):
            await portal.send(request(b"<x/>"))
    async with fallen(country, "channels") as portal, country.unchanged():
        portal._sender = Sender("QYZMET_DESK", portal._sender.password)
        with pytest.raises(GatewayError, match="SCE002"):
            await portal.send(request(b"<x/>"))
        portal._sender = Sender("QYZMET_DESK", system_password(country.installation, "desk at the gateway"))
        with pytest.raises(GatewayError, match="SCE006"):
            await portal.send(request(b"<x/>"))
