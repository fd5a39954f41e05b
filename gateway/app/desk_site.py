"""The provider's desk."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from gateway.app.asked import persons_and_organisations, tempstorage
from gateway.app.ground import Ground, Running, ground_of, serving
from gateway.app.pages import site_given
from gateway.app.surroundings import NotConfigured
from gateway.catalogue import load_catalogue
from gateway.desk import Desk, ResultSettings, World
from gateway.desk.registers import OrganisationsOnRecord, PersonsOnRecord, StoredFiles
from gateway.desk.signatures import CheckedSignatures
from gateway.identity.sessions import PostgresSessions
from gateway.journal import Forgetting
from gateway.migrations import DESK
from gateway.settings import Desk as DeskSettings
from gateway.settings import Settings
from gateway.shep.participant import PUSH_PATH
from gateway.staff_file import seed_staff
from gateway.store import migrate
from gateway.web.desk import make_desk_app


@contextlib.asynccontextmanager
async def desk(settings: Settings) -> AsyncIterator[Running]:
    """Serve the provider's desk until the context ends; raises `NotConfigured`."""
    own = settings.desk
    if own is None:
        raise NotConfigured("the settings have no part `desk`")
    async with ground_of(settings, own) as ground:
        await migrate(ground.store.database, DESK)
        catalogue = load_catalogue()
        workplace = Desk.open(
            ground.store,
            catalogue,
            _world(ground, own),
            results=ResultSettings(verification=own.verification_url, simulated=settings.simulation),
            persons=ground.persons,
            keep_entries=own.entry_retention,
        )
        unfinished = workplace.counter.entries.forget_old
        ground.retention.add(Forgetting("unfinished entries of counters", own.entry_retention, unfinished))
        if own.staff is not None:
            await seed_staff(workplace.staff, own.staff, offices=catalogue.offices)
        workplace.listen(ground.inbox)
        app = make_desk_app(
            workplace,
            sessions=PostgresSessions(ground.store.database),
            machine_paths=(PUSH_PATH,),
            lock_after=own.lock_after,
            **site_given(settings, own, ground, own.public_url),
        )
        async with serving(ground, own, app, catalogue):
            yield Running(app, ground.store)


def _world(ground: Ground, own: DeskSettings) -> World:
    gbdfl, gbdul = persons_and_organisations(ground, own, own.registries)
    return World(
        outgoing=ground.outbox,
        signatures=CheckedSignatures(ground.checker, ground.keeper),
        persons=PersonsOnRecord(gbdfl),
        organisations=OrganisationsOnRecord(gbdul),
        files=StoredFiles(tempstorage(ground, own)),
    )
