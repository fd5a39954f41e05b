"""One question through ЭҮШ: either a payload came back, or the registry is unavailable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from lxml import etree

from gateway.registries.certification import Certifier
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.outcome import Evidence
from gateway.shep.elements import Malformed
from gateway.shep.errors import GatewayError, RemoteServiceError, ShepError, TransportError
from gateway.shep.messages import Payload, SyncAnswer

_Answer = TypeVar("_Answer")


class Asker(Protocol):
    """Who asks through ЭҮШ under its own senderId; `ShepClient` is one."""

    async def ask(self, service_id: str, payload: Payload | None, *, route_id: str | None = None) -> SyncAnswer:
        """Return the provider's answer; raises `ShepError`."""


async def ask_for_payload(
    shep: Asker, registry: Registry, service_id: str, question: Payload, *, route_id: str | None
) -> Payload:
    """Ask and return the payload of the answer; raises `RegistryUnavailable`.

    Some providers report "nothing found" with a status that is no success (SCSE001) and a payload of its own: the
    payload then decides, as in any other answer.
    """
    try:
        answer = await shep.ask(service_id, question, route_id=route_id)
    except RemoteServiceError as error:
        if error.answer.payload is None:
            raise RegistryUnavailable(registry, UnavailableCode.REFUSED, status=error.status_code) from error
        answer = error.answer
    except TransportError as error:
        raise RegistryUnavailable(registry, UnavailableCode.NO_ANSWER, shep=error.code.value) from error
    except GatewayError as error:
        raise RegistryUnavailable(registry, UnavailableCode.GATEWAY_REFUSED, fault=error.fault.code) from error
    except ShepError as error:
        raise RegistryUnavailable(registry, UnavailableCode.NOT_TRUSTED, shep=error.code.value) from error
    if answer.payload is None:
        raise RegistryUnavailable(registry, UnavailableCode.UNREADABLE, reason="the answer has no payload")
    return answer.payload


async def ask_certified(
    shep: Asker,
    certifier: Certifier,
    registry: Registry,
    service_id: str,
    question: Payload,
    *,
    read: Callable[[etree._Element], _Answer],
    route_id: str | None,
) -> tuple[_Answer, Evidence]:
    """Ask, and return the answer as `read` finds it, with its evidence; raises `RegistryUnavailable`.

    An official vouches for the data; only what is covered by that signature is read.
    """
    payload = await ask_for_payload(shep, registry, service_id, question, route_id=route_id)
    certified = await certifier.certify(payload.xml)
    try:
        return read(certified.root), certified.evidence
    except Malformed as error:
        raise RegistryUnavailable(registry, UnavailableCode.UNREADABLE, path=error.path) from error
