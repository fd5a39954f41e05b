"""The desk's lists and searches over ten thousand cases and over a million, asked by turns on one server.

All migrations are applied, the cases are made by SQL: two years of applications to five offices, of which the largest
has half and is the one that asks. What is timed is what the pages call (`Lists`, `Reports`): the query, PostgreSQL, the
driver and the reading of the rows.
"""

from __future__ import annotations

import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg

from gateway.catalogue import Body, Role
from gateway.clock import ManualClock
from gateway.desk import CaseState, Month, NumberPart, Search, StaffMember
from gateway.desk.lists import Lists
from gateway.desk.reports import Reports
from gateway.identity.numbers import Iin, check_digit, parse_number
from gateway.migrations import DESK
from gateway.store import Store, migrate
from gateway.store.embedded import EmbeddedPostgres

SIZES: Final = (10_000, 1_000_000)
ROUNDS: Final = 100
NOW: Final = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
_WARM_UP: Final = 20
_OFFICE: Final = "office-1"
_SERVICES: Final = ("service-1", "service-2", "service-3", "service-4", "service-5")
_MEMORY: Final = Path("/dev/shm")
_ROOM: Final = 8 * 2**30
_SURNAMES: Final = (
    "Абдрахманов", "Әбдіқадыров", "Ғабитов", "Ержанов", "Жаппаров", "Ибраев", "Қасымов", "Құрманбаев", "Мұқанов",
    "Нұрланов", "Оңалбаев", "Өтегенов", "Рақымжанов", "Сәрсенбаев", "Тілеуов", "Үмбетов", "Хасенов", "Шәріпов",
    "Ыбыраев", "Иванов", "Петров", "Ким", "Шмидт", "Сидоренко",
)  # fmt: skip
_GIVEN: Final = (
    "Айгүл", "Әлихан", "Бауыржан", "Гүлнәр", "Дәурен", "Ержан", "Жанна", "Зарина", "Ілияс", "Қайрат", "Ләззат",
    "Мадина", "Нұрсұлтан", "Олжас", "Роза", "Серік", "Тоғжан", "Ұлан", "Шолпан", "Ясин",
)  # fmt: skip

# Of a hundred applications 50, 20, 15, 10 and 5 go to the offices, 12 are in work, a tenth of these overdue, a tenth of
# all late. The multipliers scatter what belongs together over the table, as life does.
_FILL: Final = """
INSERT INTO casefile (number, content_key, service, office, awaits_office, flow, applicant_number, applicant_name,
                      fields, signed_application, gateway, correlation_id, submitted_at, registered_at, result_due,
                      state, step, action, awaits_verb, awaits_role, due_at, late, executor, check_result, closed_at)
SELECT made.number, made.number || ':key', services[1 + place * 31 % 5], made.office,
       CASE WHEN open THEN made.office END, 'portal', person.number, person.name,
       jsonb_build_object('phone', '+77010000001', 'address', 'Бейбітшілік көшесі, ' || place, 'consent', 'true'),
       blob, 'rshep', made.number, at, at, at + interval '10 days',
       CASE WHEN open THEN 'open' ELSE 'closed' END, stage, 1,
       CASE WHEN open THEN (ARRAY['register', 'resolve', 'draft', 'sign', 'hand-over'])[stage] END,
       CASE WHEN open THEN (ARRAY['clerk', 'head', 'executor', 'head', 'clerk'])[stage] END,
       CASE WHEN open THEN now + interval '1 minute' * (place * 7919 % 43200 - 4320) END,
       place * 13 / 7 % 10 = 0, CASE WHEN stage >= 3 THEN executors[1 + place / 3 % 2] END, 'passed',
       CASE WHEN NOT open THEN at + interval '9 days' END
FROM (
    SELECT place, at, place * 17 / 5 % 100 < 12 AS open, 1 + (place / 13 % 5)::int AS stage,
           to_char(at, 'YYMMDD') || lpad((place * 7919 % 100000000)::text, 8, '0') AS number, 'office-' || CASE
               WHEN share < 50 THEN 1 WHEN share < 70 THEN 2 WHEN share < 85 THEN 3 WHEN share < 95 THEN 4 ELSE 5
           END AS office
    FROM (SELECT place, $1::timestamptz - interval '2 years' * (place::float8 / $2) AS at,
                 place * 37 / 11 % 100 AS share
          FROM generate_series(1, $2::bigint) AS place) AS arrived
) AS made
JOIN person ON person.id = place * 104729 % $3,
(SELECT $1::timestamptz AS now, $4::text AS blob, $5::text[] AS services, $6::bigint[] AS executors) AS given
"""
_STEPS: Final = """
INSERT INTO case_step (number, ordinal, step, started_at, due_at, finished_at, late)
SELECT number, stay, stay, registered_at + interval '1 day' * stay, registered_at + interval '2 days' * stay,
       registered_at + interval '2 days' * stay, late AND stay = 3
FROM casefile, generate_series(1, 4) AS stay WHERE state = 'closed' OR stay <= step
"""
_SEED: Final = """
INSERT INTO staff (iin, name, office, role, password_hash) VALUES (lpad($1, 12, '0'), $1, 'office-1', $2, '')
RETURNING id
"""
_INDEXES: Final = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = $1 AND tablename = 'casefile' AND indexdef NOT LIKE 'CREATE UNIQUE%'
"""


@dataclass(frozen=True)
class Asked:
    """One way of asking: medians in milliseconds with few and with many cases, and how many rows a page had then."""

    label: str
    few: float
    many: float
    rows: tuple[float, float]

    @property
    def ratio(self) -> float:
        return self.many / self.few


@dataclass(frozen=True)
class DeskLists:
    """`lists` are held to a ratio; `reports` go through all of a month, of which a hundred times as much came."""

    lists: Sequence[Asked]
    reports: Sequence[Asked]
    filled: Sequence[float]
    """Seconds that making each store's cases took."""
    megabytes: float
    """Of the larger store, indexes and all."""


@dataclass
class Asking:
    """A desk with so many cases, and some of them to ask for."""

    lists: Lists
    reports: Reports
    members: dict[Role, StaffMember]
    samples: Sequence[asyncpg.Record]
    chance: random.Random

    @property
    def head(self) -> StaffMember:
        return self.members[Role.HEAD]

    def case(self) -> asyncpg.Record:
        return self.chance.choice(self.samples)

    async def found(self, **asked: object) -> int:
        return len((await self.lists.search(self.head, Search(**asked))).cases)  # type: ignore[arg-type]


Ask = Callable[[Asking], Awaitable[int]]


def _inbox(role: Role) -> Ask:
    async def ask(desk: Asking) -> int:
        return len((await desk.lists.inbox(desk.members[role])).cases)

    return ask


async def _second_inbox(desk: Asking) -> int:
    clerk = desk.members[Role.CLERK]
    first = await desk.lists.inbox(clerk)
    return len(first.cases) + len((await desk.lists.inbox(clerk, after=first.after or "")).cases)


async def _overdue(desk: Asking) -> int:
    return len((await desk.lists.overdue(desk.head, NOW)).cases)


async def _open(desk: Asking) -> int:
    return len((await desk.lists.open(desk.head)).cases)


async def _closed(desk: Asking) -> int:
    return len((await desk.lists.closed(desk.head)).cases)


async def _counts(desk: Asking) -> int:
    await desk.lists.count_overdue(desk.head, NOW)
    return await desk.lists.count_waiting(desk.head)


async def _by_name_and_closed(desk: Asking) -> int:
    return await desk.found(name=desk.case()["applicant_name"][:5], state=CaseState.CLOSED)


async def _month(desk: Asking) -> int:
    report = await desk.reports.month(desk.head, Month(2026, 1).before(desk.chance.randrange(12)))
    return sum(one.registered for one in report.services)


LISTS: Final[dict[str, Ask]] = {
    "inbox of a clerk": _inbox(Role.CLERK),
    "inbox of a head": _inbox(Role.HEAD),
    "inbox of an executor": _inbox(Role.EXECUTOR),
    "two pages of a clerk's inbox": _second_inbox,
    "counts of an inbox": _counts,
    "overdue in the office": _overdue,
    "open": _open,
    "closed": _closed,
    "search: whole number": lambda desk: desk.found(number=desk.case()["number"]),
    "search: beginning of a number (4 digits)": lambda desk: desk.found(number=desk.case()["number"][:4]),
    "search: end of a number (8 digits)": lambda desk: desk.found(
        number=desk.case()["number"][6:], part=NumberPart.END
    ),
    "search: IIN": lambda desk: desk.found(person=parse_number(desk.case()["applicant_number"])),
    "search: beginning of a name": lambda desk: desk.found(name=desk.case()["applicant_name"][:5].swapcase()),
    "search: beginning of a name, closed": _by_name_and_closed,
    "search: first letter of a name, late": lambda desk: desk.found(name="К", late=True),
    "search: service": lambda desk: desk.found(service=desk.case()["service"]),
    "search: late": lambda desk: desk.found(late=True),
    "search: service, closed, late": lambda desk: desk.found(
        service=desk.case()["service"], state=CaseState.CLOSED, late=True
    ),
}
REPORTS: Final[dict[str, Ask]] = {"report of a month": _month}


async def measure(sizes: tuple[int, int] = SIZES, rounds: int = ROUNDS) -> DeskLists:
    """Fill both stores, then ask both by turns."""
    in_memory = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
    with tempfile.TemporaryDirectory(prefix="qyzmet-", dir=_MEMORY if in_memory else None) as folder:
        server = EmbeddedPostgres(Path(folder))
        url = server.start()
        stores: list[Store] = []
        try:
            filled, desks = [], []
            for size in sizes:
                began = time.monotonic()
                stores.append(await make_store(url, f"desk_{size}", size))
                filled.append(time.monotonic() - began)
                desks.append(await make_desk(stores[-1]))
            lists = [await _ask(label, ask, desks, rounds) for label, ask in LISTS.items()]
            reports = [await _ask(label, ask, desks, rounds // 5) for label, ask in REPORTS.items()]
            size_of = "SELECT pg_total_relation_size('casefile') / 1000000.0"
            megabytes = float(await stores[-1].database.fetchval(size_of))
        finally:
            for store in stores:
                await store.close()
            server.stop()
    return DeskLists(lists, reports, filled, megabytes)


async def _ask(label: str, ask: Ask, desks: Sequence[Asking], rounds: int) -> Asked:
    taken: list[list[float]] = [[] for _ in desks]
    rows: list[list[int]] = [[] for _ in desks]
    for turn in range(_WARM_UP + rounds):
        for place, desk in enumerate(desks):
            began = time.perf_counter()
            found = await ask(desk)
            if turn >= _WARM_UP:
                taken[place].append(1000 * (time.perf_counter() - began))
                rows[place].append(found)
    few, many = (statistics.median(one) for one in taken)
    return Asked(label, few, many, (statistics.mean(rows[0]), statistics.mean(rows[1])))


async def make_store(url: str, schema: str, size: int) -> Store:
    """A desk's store with so many cases."""
    admin = await asyncpg.connect(url)
    await admin.execute(f"CREATE SCHEMA {schema}")
    await admin.close()
    store = await Store.open(url, schema=schema, clock=ManualClock(NOW))
    await migrate(store.database, DESK)
    # Indexes are made after the rows, which is faster and leaves them as they are after years of vacuuming.
    indexes = await store.database.fetch(_INDEXES, schema)
    async with store.database.transaction() as conn:
        await conn.execute("SET LOCAL session_replication_role = replica")  # the references are known to be good
        for index in indexes:
            await conn.execute(f"DROP INDEX {index['indexname']}")
        executors = [await conn.fetchval(_SEED, number, Role.EXECUTOR.value) for number in ("1", "2")]
        blob = await store.blobs.put(conn, b"<application/>", media_type="application/xml")
        people = _people(3 * size // 5)
        await conn.execute("CREATE TEMPORARY TABLE person (id bigint PRIMARY KEY, number text, name text)")
        await conn.copy_records_to_table("person", records=people)
        await conn.execute(_FILL, NOW, size, len(people), blob, list(_SERVICES), executors)
        await conn.execute(_STEPS)
        await conn.execute("DROP TABLE person")
        for index in indexes:
            await conn.execute(index["indexdef"])
    for table in ("casefile", "case_step"):
        await store.database.execute(f"VACUUM ANALYZE {table}")
    return store


async def make_desk(store: Store) -> Asking:
    executor = await store.database.fetchval("SELECT min(id) FROM staff")
    members = {role: StaffMember(executor, _iin(0), role.value, _OFFICE, role) for role in Role}
    samples = await store.database.fetch(
        "SELECT number, applicant_number, applicant_name, service FROM casefile "
        "WHERE office = $1 AND abs(hashtext(number)) % $2 = 0",
        _OFFICE,
        max(1, await store.database.fetchval("SELECT count(*) FROM casefile") // 5000),
    )
    return Asking(
        Lists(store.database, lambda _: Body.PROVIDER), Reports(store.database), members, samples, random.Random(7)
    )


def _people(count: int) -> list[tuple[int, str, str]]:
    """Synthetic people with Kazakh and Russian names."""
    return [(place, str(_iin(place)), _name(place)) for place in range(count)]


def _iin(place: int) -> Iin:
    """An IIN of a birth in 1800-1899."""
    born = date(1800, 1, 1) + timedelta(days=place % 36_500)
    serial = 10 * (place // 36_500)
    while True:
        digits = f"{born:%y%m%d}1{serial:04}"
        digit = check_digit(digits)
        if digit is not None:
            return Iin(digits + digit)
        serial += 1


def _name(place: int) -> str:
    ways = (_SURNAMES, _GIVEN, _GIVEN)
    words = []
    for names in ways:
        place, chosen = divmod(place * 2654435761 % 2**32, len(names))
        words.append(names[chosen])
    return f"{words[0]} {words[1]} {words[2]}ұлы"
