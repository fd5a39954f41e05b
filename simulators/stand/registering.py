"""Systems entered at the gateways of a running stand, by their admin API."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping
from typing import Any

import aiohttp

from gateway.eds.certificate import read_certificate
from gateway.eds.errors import CertificateUnreadable
from simulators.echo.names import ASYNC_SERVICE_ID
from simulators.shep.config import hash_password


class AdminRefused(RuntimeError):
    """A gateway's admin API did not do what it was asked."""

    def __init__(self, url: str, status: int, answer: str) -> None:
        super().__init__(f"{url} answered {status}: {answer[:500]}")


async def register_as_asked(facts: Mapping[str, Any], given: argparse.Namespace) -> int:
    """Carry out `qyzmet stand register`; returns 0, 1 for a certificate that cannot be read, 64 for wrong usage."""
    own = facts["system"]
    rule = {"bin": own["bin"]}
    if given.certificate is not None:
        try:
            certificate = read_certificate(await asyncio.to_thread(given.certificate.read_bytes))
        except (OSError, CertificateUnreadable) as error:
            sys.stderr.write(f"qyzmet stand register: {given.certificate}: {error}\n")
            return 1
        rule = {"sha256": certificate.sha256}
    elif given.sender_id not in (None, own["sender_id"]):
        sys.stderr.write("qyzmet stand register: a system of your own needs its --certificate\n")
        return 64
    sender_id = given.sender_id or own["sender_id"]
    admins = [each["admin"] for each in facts["gateways"].values()]
    async with aiohttp.ClientSession() as http:
        await register(
            http,
            admins,
            sender_id=sender_id,
            password=given.password or own["password"],
            certificate=rule,
            push_url=given.push_url,
        )
    handing = f"are pushed to {given.push_url}" if given.push_url else "wait until it fetches them"
    sys.stdout.write(f"{sender_id} is registered at both gateways; its messages {handing}\n")
    return 0


async def register(
    http: aiohttp.ClientSession,
    admins: list[str],
    *,
    sender_id: str,
    password: str,
    certificate: dict[str, str],
    push_url: str | None,
) -> None:
    """Enter a system at the gateways with these admin APIs, with the right to every question and to the echo.

    Raises `AdminRefused`, and what aiohttp raises when nobody answers.
    """
    entry = {
        "sender_id": sender_id,
        "password_sha256": hash_password(password),
        "certificate": certificate,
        **({"push_url": push_url} if push_url else {}),
    }
    for admin in admins:
        services = [
            each["service_id"]
            for each in (await registry_of(http, admin))["services"]
            if each["channel"] == "sync" or each["service_id"] == ASYNC_SERVICE_ID
        ]
        await _call(http, "POST", f"{admin}/systems", {"system": entry, "services": services})


async def registry_of(http: aiohttp.ClientSession, admin: str) -> dict[str, Any]:
    """Return what a gateway says of itself; raises as `register` does."""
    registry: dict[str, Any] = await _call(http, "GET", f"{admin}/registry")
    return registry


async def _call(http: aiohttp.ClientSession, method: str, url: str, body: Any = None) -> Any:
    async with http.request(method, url, json=body) as answer:
        if answer.status >= 400:
            raise AdminRefused(url, answer.status, await answer.text())
        return await answer.json()
