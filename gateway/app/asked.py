"""Whom a participant asks through its home gateway: the state databases, the notary system, the temporary storage."""

from __future__ import annotations

from gateway.app.ground import Ground
from gateway.identity.numbers import Bin
from gateway.registries.certification import OwnersOfficial
from gateway.registries.enis import Enis
from gateway.registries.errors import Registry
from gateway.registries.gbdfl import Gbdfl
from gateway.registries.gbdul import Gbdul
from gateway.registries.tempstorage import TempStorage
from gateway.registries.tempstorage_messages import Credentials
from gateway.settings import Participant, Registries


def persons_and_organisations(ground: Ground, own: Participant, registries: Registries) -> tuple[Gbdfl, Gbdul]:
    """Return ГБД ФЛ and ГБД ЮЛ, whose answers their owners certify."""
    asker = ground.clients[own.home_gateway]
    gbdfl = Gbdfl(
        asker,
        _owner(ground, Registry.GBDFL, registries.gbdfl_owner),
        sender_code=registries.sender_code,
        clock=ground.clock,
    )
    gbdul = Gbdul(
        asker,
        _owner(ground, Registry.GBDUL, registries.gbdul_owner),
        requestor=Bin(registries.requestor),
        key=ground.key,
    )
    return gbdfl, gbdul


def notaries(ground: Ground, own: Participant, registries: Registries) -> Enis | None:
    """Return БНАЖ, where its owner is known."""
    if registries.enis_owner is None:
        return None
    official = _owner(ground, Registry.ENIS, registries.enis_owner)
    return Enis(ground.clients[own.home_gateway], official, clock=ground.clock)


def tempstorage(ground: Ground, own: Participant) -> TempStorage:
    """Return the temporary storage, in which files travel."""
    credentials = Credentials(own.sender_id, own.storage_password.get_secret_value())
    return TempStorage(ground.clients[own.home_gateway], credentials=credentials)


def _owner(ground: Ground, registry: Registry, owner: str) -> OwnersOfficial:
    return OwnersOfficial(registry, ground.checker, Bin(owner), ground.keeper)
