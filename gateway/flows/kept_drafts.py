"""Drafts that nobody finishes, of the portal and of the State Corporation's windows: kept for a time, then forgotten.

What is typed, attached and scanned of a draft is somebody's personal data, which nothing needs any more once its
applicant does not come back. The journal keeps its events, in which a person is a keyed hash.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gateway.flows.applications import EDITABLE, State
from gateway.store import Database

KEPT_DRAFTS = Path(__file__).with_name("sql") / "kept_drafts.sql"
"""Their index, which revision 0013 of the channels' schema brings."""
KEPT: Final = timedelta(days=30)
"""How long a draft is kept after its last change, where nothing else is set; assumed, no act says."""
_BATCH: Final = 500
_FORGET_OLD = """
WITH old AS MATERIALIZED (
    SELECT number FROM application WHERE state IN ('draft', 'ready') AND changed_at < $1
    ORDER BY changed_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
DELETE FROM application USING old WHERE application.number = old.number RETURNING application.number
"""


class KeptDrafts:
    """How long the drafts of both channels are kept."""

    def __init__(self, database: Database, *, keep: timedelta = KEPT) -> None:
        """`keep` is how long a draft is kept after its last change."""
        self._database = database
        self._keep = keep

    def kept_until(self, state: State, changed_at: datetime) -> datetime | None:
        """Return until when an application that was last changed then is kept; None unless it is a draft."""
        return changed_at + self._keep if state in EDITABLE else None

    async def forget_old(self, before: datetime) -> int:
        """Delete the drafts that were last changed before a moment, and return how many they were.

        What was typed, attached, scanned and found for a draft goes with it. Whatever was held, accepted or ended is no
        draft and stays. One that somebody is changing just now is left for another time. It works in batches and may be
        repeated.
        """
        forgotten = 0
        while gone := len(await self._database.fetch(_FORGET_OLD, before, _BATCH)):
            forgotten += gone
        return forgotten
