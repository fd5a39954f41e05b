"""Growing delays between attempts to log in, by account and by source, on real time."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.clock import Clock, RealClock
from gateway.store import Database
from gateway.store.database import Connection


@dataclass(frozen=True, slots=True)
class Delays:
    """How long to wait after so many attempts: `free` attempts cost nothing, then 2, 4, 8 … seconds up to `longest`."""

    free: int
    longest: timedelta
    forgotten_after: timedelta = timedelta(hours=24)

    def after(self, attempts: int) -> timedelta:
        """Return min(2^(attempts - free), longest), zero while attempts are free."""
        over = attempts - self.free
        if over <= 0:
            return timedelta()
        return min(timedelta(seconds=2 ** min(over, 30)), self.longest)


BY_ACCOUNT = Delays(free=3, longest=timedelta(minutes=15))
BY_SOURCE = Delays(free=30, longest=timedelta(minutes=15))

_LOCK = "SELECT attempts, last_at, blocked_until FROM throttle WHERE subject = $1 FOR UPDATE"
_COUNT = """
INSERT INTO throttle (subject, attempts, last_at, blocked_until) VALUES ($1, $2, $3, $4)
ON CONFLICT (subject) DO UPDATE
SET attempts = excluded.attempts, last_at = excluded.last_at, blocked_until = excluded.blocked_until
"""
_GIVE_BACK = "UPDATE throttle SET attempts = greatest(attempts - 1, 0) WHERE subject = $1"
_FORGET = """
DELETE FROM throttle WHERE subject IN (
    SELECT subject FROM throttle WHERE last_at < $1 ORDER BY last_at LIMIT 100 FOR UPDATE SKIP LOCKED
)
"""


def source_of(address: str | None) -> str:
    """Return what stands for a network source: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class Throttle:
    """Counts every attempt before it is judged, so that attempts made at once are not judged for the price of one."""

    def __init__(
        self,
        database: Database,
        *,
        real_time: Clock | None = None,
        by_account: Delays = BY_ACCOUNT,
        by_source: Delays = BY_SOURCE,
    ) -> None:
        self._database = database
        self._real_time = real_time or RealClock()
        self._by_account = by_account
        self._by_source = by_source

    async def attempt(self, *, account: str, source: str) -> timedelta:
        """Count an attempt and return zero when it may be judged, else how long is still to be waited.

        `account` is the keyed hash of the number, whether an account of it exists or not.
        """
        now = self._real_time.now()
        subjects = ((f"source {source}", self._by_source), (f"account {account}", self._by_account))
        async with self._database.transaction() as conn:
            counts: list[tuple[str, int, Delays]] = []
            for subject, delays in subjects:
                attempts, wait = await self._state(conn, subject, delays, now)
                if wait > timedelta():
                    return wait
                counts.append((subject, attempts + 1, delays))
            for subject, attempts, delays in counts:
                await conn.execute(_COUNT, subject, attempts, now, now + delays.after(attempts))
            await conn.execute(_FORGET, now - self._by_account.forgotten_after)
        return timedelta()

    async def succeeded(self, conn: Connection, *, account: str, source: str | None = None) -> None:
        """Forget the attempts of an account that has shown its password, and of its source this one alone.

        What failed before stays with the source; many people behind one address are no attack.
        """
        await conn.execute("DELETE FROM throttle WHERE subject = $1", f"account {account}")
        if source is not None:
            await conn.execute(_GIVE_BACK, f"source {source}")

    async def _state(self, conn: Connection, subject: str, delays: Delays, now: datetime) -> tuple[int, timedelta]:
        await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", subject)
        row = await conn.fetchrow(_LOCK, subject)
        if row is None or now - row["last_at"] > delays.forgotten_after:
            return 0, timedelta()
        if not delays.after(row["attempts"]):
            return row["attempts"], timedelta()  # of two attempts at once the later may carry the earlier moment
        return row["attempts"], max(row["blocked_until"] - now, timedelta())
