"""What the desk says beside the steps: it waits for the applicant, another office has the application now.

The words travel among the facts of its notifications, and any of them may be overtaken by a later one.
"""

from __future__ import annotations

import structlog

from gateway.catalogue.load import Catalogue
from gateway.exchange.application import content_key
from gateway.exchange.errors import PayloadRefused, unread
from gateway.exchange.notification import REDIRECTED, SUPPLEMENT, StepNotice
from gateway.exchange.waiting import Waiting, read_waiting
from gateway.flows.applications import ApplicationRow, Applications
from gateway.flows.signing import NOT_SIGNED
from gateway.flows.supplement_rows import SupplementRows, SupplementState
from gateway.journal import Journal, Kind, Outcome
from gateway.store import Store
from gateway.store.database import Connection

SUPPLEMENT_NOT_TAKEN = "supplement not taken"

_log = structlog.get_logger(__name__)


class BesideSteps:
    """Follows what the desk says beside the steps."""

    def __init__(self, *, store: Store, catalogue: Catalogue, journal: Journal) -> None:
        self._clock = store.clock
        self._catalogue = catalogue
        self._journal = journal
        self._applications = Applications(store.database)
        self._supplements = SupplementRows(store.database)

    async def follow(
        self, conn: Connection, application: ApplicationRow, notice: StepNotice, *, overtaken: bool
    ) -> None:
        """Follow a notice in the caller's transaction, which has locked the application."""
        await self._wait_for_documents(conn, notice)
        await self._follow_redirection(conn, application, notice, overtaken=overtaken)

    async def _wait_for_documents(self, conn: Connection, notice: StepNotice) -> None:
        """Follow what the desk says of waiting for the applicant, and of what was presented."""
        try:
            said = read_waiting(notice.facts)
        except PayloadRefused as error:
            _log.error("waiting-not-understood", application=notice.number, problem=unread(error))
            return
        if isinstance(said, Waiting):
            await self._supplements.waits(conn, notice.number, said, told=notice.sequence)
        elif said is not None:
            await self._supplements.ended(conn, notice.number, said, told=notice.sequence, at=notice.at)
        elif is_not_taken(notice) and SUPPLEMENT in notice.facts:
            await self._supplement_not_taken(conn, notice)

    async def is_overtaken(self, notice: StepNotice) -> bool:
        """Tell whether a later redirection came before this one."""
        if REDIRECTED not in notice.facts:
            return False
        trail = await self._journal.trail(notice.number)
        return any(REDIRECTED in event.step.facts and event.at > notice.at for event in trail)

    async def _follow_redirection(
        self, conn: Connection, application: ApplicationRow, notice: StepNotice, *, overtaken: bool
    ) -> None:
        """The provider sent the application to another office of the service, which ends it: its officials sign."""
        office = notice.facts.get(REDIRECTED)
        if office is None or overtaken:
            return
        if office not in {one.id for one in self._catalogue.offices_of(application.service)}:
            _log.error("redirected-to-no-office", application=application.number, office=office)
            return
        await self._applications.set(conn, application.number, self._clock.now(), office=office)

    async def _supplement_not_taken(self, conn: Connection, notice: StepNotice) -> None:
        """What the desk could not take goes back to its applicant, who may present it again while the provider waits.

        The desk names what it did not take by number and content: a word about an earlier one changes nothing.
        """
        supplement = await self._supplements.lock(conn, notice.number)
        if supplement is None or supplement.state is not SupplementState.SENT or supplement.draft is None:
            return
        if notice.facts[SUPPLEMENT] not in ("", content_key(notice.number, supplement.draft)):
            return
        refusal = {"code": notice.facts.get("code", "")}
        if notice.message is not None:
            refusal |= {"kk": notice.message.kk, "ru": notice.message.ru}
        await self._supplements.reopen(conn, notice.number, refusal=refusal, **NOT_SIGNED)


def is_not_taken(notice: StepNotice) -> bool:
    """Tell whether the desk says that it does not take what was sent, with the reason as its code."""
    return notice.kind.value == Kind.NOTE and notice.outcome.value == Outcome.FAILED
