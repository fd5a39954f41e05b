"""One question through ЭҮШ: either a payload came back, or the registry is unavailable."""

from __future__ import annotations

from typing import Protocol

from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.shep.errors import GatewayError, RemoteServiceError, ShepError, TransportError
from gateway.shep.messages import Payload, SyncAnswer


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
