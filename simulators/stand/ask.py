"""`qyzmet stand ask`: one question as the integrator's system would send it, shown with its answer."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from lxml import etree

from gateway.clock import Clock, FollowedClock
from gateway.eds.certificate import read_certificate
from gateway.eds.keys import SigningKey, load_pkcs12
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import HttpFetcher
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.xmldsig import sign_enveloped
from gateway.identity.numbers import Bin, Iin, NumberError, parse_number
from gateway.registries import gbdfl_messages, gbdul_messages
from gateway.shep.client import Sender, ShepClient
from gateway.shep.errors import GatewayError, RemoteServiceError, ShepError, ShepErrorCode, TransportError
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.names import DS, WSSE
from gateway.shep.passages import Direction, RememberedPassages
from simulators.echo.names import SERVICE_ID as ECHO

_GREETING = Payload(PayloadForm.TYPED, "<data><greeting>Сәлем, ЭҮШ!</greeting></data>".encode())


class WronglyAsked(ValueError):
    """The arguments make no question."""


async def ask(facts: Mapping[str, Any], given: argparse.Namespace) -> int:
    """Send the question; returns 0 when it was answered with success, 1 when not, 64 for wrong usage."""
    shep, system = facts["gateways"]["shep"], facts["system"]
    file = Path(system["key"]["gost" if given.gost else "rsa"])
    key = await asyncio.to_thread(lambda: load_pkcs12(file.read_bytes(), system["key"]["password"]))
    async with aiohttp.ClientSession() as http:
        clock = FollowedClock(facts["clock"], http)
        async with clock.following():
            log = RememberedPassages()
            anchors = Anchors.from_folder(Path(facts["anchors"]))
            client = ShepClient(
                http,
                sync_url=shep["sync"],
                async_url=shep["async"],
                sender=Sender(system["sender_id"], system["password"]),
                key=key,
                gateway_certificates=[read_certificate(await asyncio.to_thread(Path(shep["certificate"]).read_bytes))],
                checker=CertificateChecker(anchors, RevocationChecker(HttpFetcher(http), clock), clock),
                clock=clock,
                log=log,
                patience=0,
            )
            try:
                payload = await asyncio.to_thread(_payload, system, given, key, clock)
            except (WronglyAsked, OSError) as error:
                sys.stderr.write(f"qyzmet stand ask: {error}\n")
                return 64
            return await _asked(client, given, payload, log, shep)


async def _asked(
    client: ShepClient, given: argparse.Namespace, payload: Payload, log: RememberedPassages, shep: Mapping[str, str]
) -> int:
    started, status, outcome = time.perf_counter(), 0, ""
    try:
        answer = await client.ask(given.service, payload)
        outcome = f"{answer.status.code} {answer.status.message}; the gateway's signature holds"
    except RemoteServiceError as error:
        status, outcome = 1, f"{error.status_code} {error.answer.status.message}: the provider says no"
    except GatewayError as error:
        status, outcome = (
            1,
            f"refused: {error.fault.code} {error.fault.message} ({error.fault.data or 'no more is said'})",
        )
    except TransportError as error:
        doubt = " Does `qyzmet stand` run in another terminal?" if error.code is ShepErrorCode.UNREACHABLE else ""
        status, outcome = 1, f"no answer: {error}.{doubt}"
    except ShepError as error:
        status, outcome = 1, f"no answer that can be trusted: {error}"
    milliseconds = (time.perf_counter() - started) * 1000
    for passage in log.passages:
        if passage.direction is Direction.OUT:
            if given.save is not None:
                await asyncio.to_thread(given.save.write_bytes, passage.envelope)
            sys.stdout.write(f"POST {shep['sync']}\n\n{_shown(passage.envelope)}\n")
        else:
            sys.stdout.write(f"Answer after {milliseconds:.0f} ms:\n\n{_shown(passage.envelope)}\n")
    told = sys.stdout if status == 0 else sys.stderr
    sys.stdout.flush()
    told.write(f"{outcome}\n")
    if session := next((each.session_id for each in log.passages if each.session_id), None):
        told.write(f"In the journal: curl -gs '{shep['journal']}?session_id={session}&envelopes'\n")
    if given.save is not None:
        told.write(f"Sent again, it gets the same answer: {_curl(given.save, shep['sync'])}\n")
    else:
        told.write("Shown indented, with certificates cut: --save FILE keeps what went to the byte.\n")
    return status


def _curl(file: Path, url: str) -> str:
    return f"curl -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: \"\"' --data-binary @{file} {url}"


def _payload(system: Mapping[str, str], given: argparse.Namespace, key: SigningKey, clock: Clock) -> Payload:
    if given.payload is not None:
        return Payload(PayloadForm(given.form), given.payload.read_bytes())
    if given.service == ECHO:
        return _GREETING
    if given.service not in (gbdfl_messages.SERVICE_ID, gbdul_messages.SERVICE_ID):
        raise WronglyAsked(f"what shall {given.service} be asked? Give the payload by --payload FILE")
    try:
        number = parse_number(given.number or "")
    except NumberError as error:
        raise WronglyAsked(f"{given.service} is asked about an IIN or BIN: {error}") from error
    if given.service == gbdfl_messages.SERVICE_ID and isinstance(number, Iin):
        question = gbdfl_messages.build_question(
            gbdfl_messages.ByIin(number), message_id=str(uuid.uuid4()), at=clock.now(), sender_code=system["sender_id"]
        )
        return Payload(PayloadForm.TYPED, question)
    if given.service == gbdul_messages.SERVICE_ID and isinstance(number, Bin):
        question = gbdul_messages.build_question(number, requestor=Bin(system["bin"]))
        return Payload(PayloadForm.ESCAPED, sign_enveloped(question, key))
    raise WronglyAsked(f"{given.service} is not asked about {number}: ГБД ФЛ takes IINs, ГБД ЮЛ BINs")


def _shown(envelope: bytes) -> str:
    """Return an envelope for reading: indented, its certificates cut short."""
    try:
        root = etree.fromstring(envelope, etree.XMLParser(remove_blank_text=True, resolve_entities=False))
    except etree.XMLSyntaxError:
        return envelope.decode("utf-8", errors="replace")
    for element in root.iter(f"{{{WSSE}}}KeyIdentifier", f"{{{DS}}}X509Certificate"):
        whole = (element.text or "").strip()
        element.text = f"{whole[:20]}… {len(whole)} characters"
    return etree.tostring(root, encoding="unicode", pretty_print=True)
