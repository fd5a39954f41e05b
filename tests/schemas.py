"""Schemas that tests borrow: laid out once in a session for each kind, and emptied before they are lent again.

To lay one out costs a server a tenth of a second, to empty one some milliseconds. A schema is lent again only if it
cannot tell its next borrower anything: nobody is connected who could reach it, its shape is what it was laid out with,
every table that holds a row is truncated and every sequence begins anew. Otherwise it is left as it is and another is
laid out.
"""

from __future__ import annotations

import asyncio
import itertools
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from gateway.clock import Clock
from gateway.store import Store
from gateway.store.blobs import PostgresBlobs
from gateway.store.database import Database
from gateway.store.jobs import Jobs
from gateway.store.timers import Timers

ROOT = Path(__file__).resolve().parents[1]
_numbers = itertools.count(1)
GROUND = ("gateway/store/sql/timer.sql", "gateway/store/sql/blob.sql")
_LOOKS, _BETWEEN_LOOKS = 20, 0.005
"""How often and after how many seconds it is asked again whether connections that were just closed have ended."""

# A row of the system's tables that is written anew has a higher `xmin`; rows that come and go change the count.
_OF_SCHEMA = {"pg_class": "relnamespace", "pg_proc": "pronamespace", "pg_type": "typnamespace", "pg_namespace": "oid"}
_OF_RELATIONS = {
    "pg_attribute": "attrelid",
    "pg_attrdef": "adrelid",
    "pg_constraint": "conrelid",
    "pg_trigger": "tgrelid",
    "pg_rewrite": "ev_class",
    "pg_sequence": "seqrelid",
}
_PARTS = (
    *(f"{table} WHERE {column} = $1::regnamespace" for table, column in _OF_SCHEMA.items()),
    *(f"{table} WHERE {column} = ANY (ARRAY(SELECT oid FROM ours))" for table, column in _OF_RELATIONS.items()),
)
_SHAPE = f"""
WITH ours AS MATERIALIZED (SELECT oid FROM pg_class WHERE relnamespace = $1::regnamespace)
SELECT concat_ws(' ', {", ".join(f"(SELECT (count(*), sum(xmin::text::bigint)) FROM {part})" for part in _PARTS)})
"""
# A participant's own connections, which are called after their schema, see no other.
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND coalesce(backend_type, 'client backend') = 'client backend'
  AND (coalesce(application_name, '') NOT LIKE 'qyzmet %' OR application_name = $1)
"""
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r' ORDER BY relname"
_BEGIN_ANEW = """
SELECT setval(seqrelid, seqstart, false) FROM pg_sequence JOIN pg_class ON pg_class.oid = seqrelid
WHERE relnamespace = $1::regnamespace
"""


@dataclass
class _Schema:
    kind: tuple[str, ...]
    name: str
    holding: str = ""
    """The query that names the tables with rows."""
    shape: str = ""


class Schemas:
    """Lends schemas of one database, each to one borrower at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free: dict[tuple[str, ...], list[_Schema]] = defaultdict(list)
        self._lent: dict[str, _Schema] = {}

    async def open(self, name: str, *sql_files: str, clock: Clock) -> Store:
        """Open a store on an empty schema with the tables of `sql_files` (paths from the root of the repository)."""
        kind = (name, *sql_files)
        while self._free[kind]:
            schema = self._free[kind].pop()
            database = await Database.connect(self._url, schema=schema.name)
            if await self._emptied(database, schema):
                self._lent[schema.name] = schema
                jobs = Jobs(database, prefix=f"{schema.name}_")
                return Store(database, jobs, Timers(database, jobs, clock), PostgresBlobs(database), clock)
            await database.close()
        return await self._laid_out(kind, clock)

    async def close(self, store: Store) -> None:
        """Close a store that was opened here; its schema may be lent again."""
        await store.close()
        schema = self._lent.pop(store.database.schema)
        if schema.shape:
            self._free[schema.kind].append(schema)

    async def _laid_out(self, kind: tuple[str, ...], clock: Clock) -> Store:
        schema = _Schema(kind, f"{kind[0]}_{os.getpid()}_{next(_numbers)}")
        admin = await asyncpg.connect(self._url)
        try:
            await admin.execute(f"CREATE SCHEMA {schema.name}")
        finally:
            await admin.close()
        store = await Store.open(self._url, schema=schema.name, clock=clock)
        for file in (*GROUND, *kind[1:]):
            await store.database.execute((ROOT / file).read_text(encoding="utf-8"))
        tables = [row["relname"] for row in await store.database.fetch(_TABLES, schema.name)]
        schema.holding = " UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT FROM {one})" for one in tables)
        if not await store.database.fetch(schema.holding):  # what is laid out with rows in it is lent once
            schema.shape = await store.database.fetchval(_SHAPE, schema.name)
        self._lent[schema.name] = schema
        return store

    async def _emptied(self, database: Database, schema: _Schema) -> bool:
        """Empty a schema that nobody else can reach; False if somebody might, or if it is no longer what it was."""
        async with database.pool.acquire() as conn:
            if not await self._alone(conn, schema) or await conn.fetchval(_SHAPE, schema.name) != schema.shape:
                return False
            holding = [row[0] for row in await conn.fetch(schema.holding)]
            try:
                async with conn.transaction():
                    if holding:
                        await conn.execute("SET LOCAL session_replication_role = replica")  # nothing guards or notes it
                        await conn.execute(f"TRUNCATE {', '.join(holding)} CASCADE")
                    await conn.execute(_BEGIN_ANEW, schema.name)
                    if holding:
                        schema.shape = await conn.fetchval(_SHAPE, schema.name)
            except asyncpg.InsufficientPrivilegeError:  # a server that was given, to a role that is no superuser
                return False
        return True

    async def _alone(self, conn: asyncpg.pool.PoolConnectionProxy, schema: _Schema) -> bool:
        for _ in range(_LOOKS):
            if not await conn.fetchval(_OTHERS, f"qyzmet {schema.name}"):
                return True
            await asyncio.sleep(_BETWEEN_LOOKS)
        return False
