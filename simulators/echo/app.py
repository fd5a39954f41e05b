"""The echo as an application to be mounted; its store must be run for the asynchronous answers to go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from aiohttp import web

from gateway.eds.certificate import Certificate
from gateway.eds.keys import SigningKey
from gateway.eds.trust import CertificateChecker
from gateway.shep.client import ShepClient
from gateway.shep.inbox import Inbox
from gateway.shep.outbox import Outbox
from gateway.shep.participant import Participant
from gateway.store import Store
from simulators.echo.names import SERVICE_ID
from simulators.echo.services import AsyncEcho, echo

MIGRATIONS: Final = Path(__file__).with_name("migrations")


def create_app(
    store: Store,
    *,
    clients: Mapping[str, ShepClient],
    system: SigningKey,
    gateways: Mapping[str, Sequence[Certificate]],
    checker: CertificateChecker,
) -> web.Application:
    """Return the application: `/shep/ask` and `/shep/push` for the gateways named, `clients` being the ways back."""
    outbox, inbox = Outbox(store, clients), Inbox(store)
    AsyncEcho(store, outbox).listen(inbox)
    participant = Participant(
        gateways=gateways,
        key=system,
        checker=checker,
        clock=store.clock,
        receiver=inbox,
        services={SERVICE_ID: echo},
        on_status=outbox.note_status,
    )
    app = web.Application()
    app.add_routes(participant.routes())
    return app
