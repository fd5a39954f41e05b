"""ЭҮШ and ЭҮӨШ of the simulated country: two instances of one program, and the registries they are run by.

The registries lie in the installation's folder as `gateways/shep.yaml` and `gateways/rshep.yaml`, for people to read
and edit. The centre knows the portal, the desk (for offices that the act lets it reach straight), the state databases
and the region; the region knows its desk and the centre.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import cache

import aiohttp
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from gateway.catalogue import Channel as ServiceChannel
from gateway.catalogue import load_catalogue
from gateway.clock import FollowedClock
from gateway.eds.certificate import read_certificate
from gateway.exchange.courier_register import REGISTER_SERVICE, RETURN_SERVICE
from gateway.exchange.office_booking import BOOKING_SERVICE
from gateway.serving import listening
from gateway.shep.names import ASYNC_PATH, SYNC_PATH
from gateway.shep.participant import ASK_PATH, PUSH_PATH
from gateway.store import Store
from simulators import integrator
from simulators.echo.names import ASYNC_SERVICE_ID as ECHO_ASYNC
from simulators.echo.names import SERVICE_ID as ECHO
from simulators.installation import LOOPBACK, Installation
from simulators.keys import system_password
from simulators.population.cast import SYSTEMS
from simulators.shep.config import (
    CertificateRule,
    Channel,
    Demand,
    GatewayConfig,
    Mode,
    PeerEntry,
    RouteEntry,
    ServiceEntry,
    SystemEntry,
    hash_password,
)
from simulators.shep.gateway import Gateway, make_gateway
from simulators.shep.registry_file import registry_at
from simulators.world import checker_of, key_of_system

QUESTIONS = {
    "GBDFL_UniversalServiceSync": "gbdfl",
    "GBDFLUniversal_token": "gbdfl",
    "GbdulInfoByBin_v2": "gbdul",
    "QYZMET_ENIS_PowerOfAttorney": "enis",
    "KDP_SERVICE": "kdp",
    "EDS_TEMP_FILES": "tempstorage",
}
"""The synchronous services and the systems that answer them."""
_OF_INTEGRATOR = {integrator.SENDER_ID: (*QUESTIONS, ECHO, ECHO_ASYNC)}


@cache
def applications() -> tuple[str, ...]:
    """Return the asynchronous services by which applications travel: one for each service that is applied for so.

    They are those of the portal and of the State Corporation's operators.
    """
    law = load_catalogue()
    by_channel = (law.offered(channel) for channel in (ServiceChannel.PORTAL, ServiceChannel.CORPORATION))
    return tuple(dict.fromkeys(service.shep_service_id for offered in by_channel for service in offered))


def _to_the_desk() -> tuple[str, ...]:
    return (*applications(), REGISTER_SERVICE, BOOKING_SERVICE)


@cache
def routes() -> dict[str, str | None]:
    """Return the gateway to which the centre passes each provider's route on; None where it reaches the desk straight.

    The way of the portal's applications decides, which is the same for all services of an office; a provider whose
    applications of the State Corporation take another has a second route, over the region.
    """
    catalogue = load_catalogue()
    found: dict[str, str | None] = {}
    for office in catalogue.offices.values():
        if office.route_id is None:
            continue
        ways = {
            route.path
            for service_id in office.services
            for route in catalogue.service(service_id).routes
            if route.channel is ServiceChannel.PORTAL
        }
        found[office.route_id] = "rshep" if ("shep", "rshep") in ways else None
        if office.regional_route_id is not None:
            found[office.regional_route_id] = "rshep"
    return found


def central(installation: Installation) -> GatewayConfig:
    """Return the centre's registry."""
    portal, desk = SYSTEMS["channels"].sender_id, SYSTEMS["desk"].sender_id
    services = [
        ServiceEntry(service_id=service, owner=SYSTEMS[system].sender_id, channel=Channel.SYNC)
        for service, system in QUESTIONS.items()
    ]
    services += [ServiceEntry(service_id=service, owner=desk, channel=Channel.ASYNC) for service in _to_the_desk()]
    services.append(ServiceEntry(service_id=RETURN_SERVICE, owner=portal, channel=Channel.ASYNC))
    services += _echo_services(SYSTEMS["echo"].sender_id)
    return GatewayConfig(
        name="shep",
        mode=_mode(installation),
        number_base=254_000_000,
        systems=(
            _participant(installation, "channels", "portal"),
            _participant(installation, "desk", "desk"),
            _echo(installation),
            _integrator(),
            *(_database(installation, system) for system in dict.fromkeys(QUESTIONS.values())),
        ),
        peers=(_peer(installation, "rshep"),),
        services=tuple(services),
        rights=dict.fromkeys((portal, desk), (*QUESTIONS, *_to_the_desk(), RETURN_SERVICE)) | _OF_INTEGRATOR,
        routes=tuple(RouteEntry(route_id=route, to=to or desk) for route, to in routes().items()),
    )


def regional(installation: Installation) -> GatewayConfig:
    """Return the region's registry."""
    desk = SYSTEMS["desk"].sender_id
    services = [ServiceEntry(service_id=service, owner="shep", channel=Channel.SYNC) for service in QUESTIONS]
    services += [ServiceEntry(service_id=service, owner=desk, channel=Channel.ASYNC) for service in _to_the_desk()]
    services.append(ServiceEntry(service_id=RETURN_SERVICE, owner="shep", channel=Channel.ASYNC))
    services += _echo_services("shep")
    return GatewayConfig(
        name="rshep",
        mode=_mode(installation),
        number_base=610_000_000,
        systems=(_participant(installation, "desk", "desk"), _integrator()),
        peers=(_peer(installation, "shep"),),
        services=tuple(services),
        rights={desk: (*QUESTIONS, *_to_the_desk(), RETURN_SERVICE)} | _OF_INTEGRATOR,
        routes=tuple(RouteEntry(route_id=route, to=desk) for route, to in routes().items() if to == "rshep"),
    )


CONFIGURATIONS = {"shep": central, "rshep": regional}


@contextlib.asynccontextmanager
async def gateway(installation: Installation, name: str) -> AsyncIterator[Gateway]:
    """Run ЭҮШ (`shep`) or ЭҮӨШ (`rshep`) until the context ends."""
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        clock = FollowedClock(clock_url(installation), http)
        await stack.enter_async_context(clock.following())
        store = await Store.open(await installation.database_url(name), schema=name, clock=clock)
        stack.push_async_callback(store.close)
        checker = checker_of(installation, http, clock)
        made = await make_gateway(
            await asyncio.to_thread(registry_of, installation, name),
            store=store,
            key=await asyncio.to_thread(key_of_system, installation, name),
            checker=checker,
            http=http,
            clock=clock,
        )
        port = getattr(installation.ports, name)
        await stack.enter_async_context(listening(made.app, LOOPBACK, port, shutdown_seconds=2))
        await stack.enter_async_context(store.working())
        yield made


def registry_of(installation: Installation, name: str) -> GatewayConfig:
    """Return the registry of the gateway's file, which is written unless somebody has edited it; reads and writes."""
    file = installation.folder / "gateways" / f"{name}.yaml"
    return registry_at(file, CONFIGURATIONS[name](installation))


def clock_url(installation: Installation) -> str:
    """Return the address of the clock service."""
    return f"{installation.address('world')}/time/clock"


def _participant(installation: Installation, system: str, address: str) -> SystemEntry:
    return SystemEntry(
        sender_id=SYSTEMS[system].sender_id,
        password_sha256=hash_password(system_password(installation, f"{system} at the gateway")),
        certificate=CertificateRule(sha256=_certificate_digest(installation, system)),
        push_url=f"{installation.address(address)}{PUSH_PATH}",
    )


def _database(installation: Installation, system: str) -> SystemEntry:
    return SystemEntry(
        sender_id=SYSTEMS[system].sender_id,
        password_sha256=hash_password(system_password(installation, f"{system} at the gateway")),
        certificate=CertificateRule(sha256=_certificate_digest(installation, system)),
        sync_url=f"{installation.address('world')}/{system}{ASK_PATH}",
    )


def _echo(installation: Installation) -> SystemEntry:
    pushed = f"{installation.address('world')}/echo{PUSH_PATH}"
    return _database(installation, "echo").model_copy(update={"push_url": pushed})


def _echo_services(owner: str) -> list[ServiceEntry]:
    """Return the two services of the echo.

    A newcomer's first question may do without a signature, and so may the acknowledgement of the first push.
    """
    return [
        ServiceEntry(service_id=ECHO, owner=owner, channel=Channel.SYNC, transport_signature=Demand.OPTIONAL),
        ServiceEntry(service_id=ECHO_ASYNC, owner=owner, channel=Channel.ASYNC, provider_signature=Demand.OPTIONAL),
    ]


def _integrator() -> SystemEntry:
    return SystemEntry(
        sender_id=integrator.SENDER_ID,
        password_sha256=hash_password(integrator.PASSWORD),
        certificate=CertificateRule(bin=str(integrator.ORGANISATION.bin)),
    )


def _mode(installation: Installation) -> Mode:
    return Mode.STRICT if installation.strict else Mode.LENIENT


def _peer(installation: Installation, name: str) -> PeerEntry:
    certificate = load_der_x509_certificate((installation.folder / "gateways" / f"{name}.cer").read_bytes())
    return PeerEntry(
        name=name,
        certificates=(certificate.public_bytes(Encoding.PEM).decode(),),
        sync_url=f"{installation.address(name)}{SYNC_PATH}",
        async_url=f"{installation.address(name)}{ASYNC_PATH}",
    )


def _certificate_digest(installation: Installation, system: str) -> str:
    return read_certificate((installation.folder / "gateways" / f"{system}.cer").read_bytes()).sha256
