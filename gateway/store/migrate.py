"""Alembic migrations of one participant's schema, written in SQL and applied at start."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    from gateway.store.database import Database


def newest_revision(versions: Path) -> str:
    """Return the revision of the last file in `versions`; files are named `<revision>_<words>.py` in order."""
    files = sorted(path.name for path in versions.glob("[0-9]*_*.py"))
    if not files:
        raise FileNotFoundError(f"no migrations in {versions}")
    return files[-1].split("_", 1)[0]


async def migrate(database: Database, versions: Path) -> None:
    """Bring the participant's schema to the newest revision in the folder `versions`.

    Several processes may call it at once: one migrates, the others wait. Alembic and SQLAlchemy are loaded only when
    there is something to do, which keeps a second start fast.
    """
    if await _current_revision(database) == newest_revision(versions):
        return
    async with database.pool.acquire() as holder:
        key = zlib.crc32(f"migrate {database.schema}".encode())
        await holder.execute("SELECT pg_advisory_lock($1)", key)
        try:
            await _upgrade(database, versions)
        finally:
            await holder.execute("SELECT pg_advisory_unlock($1)", key)


async def _current_revision(database: Database) -> str | None:
    try:
        value: str | None = await database.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return value


async def _upgrade(database: Database, versions: Path) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
    from sqlalchemy.engine import Connection
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    script = ScriptDirectory(versions, version_locations=[str(versions)])

    def upgrade(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", revision)  # noqa: SLF001 - as alembic.command.upgrade does

    def run(connection: Connection) -> None:
        with EnvironmentContext(Config(), script, fn=upgrade) as environment:
            environment.configure(connection=connection, version_table_schema=database.schema)
            with environment.begin_transaction():
                environment.run_migrations()

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(database.url, server_settings={"search_path": database.schema})

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


def run_sql(*files: Path) -> None:
    """Execute whole SQL files inside the running migration (to be called from a revision's `upgrade`)."""
    for file in files:
        run_statements(file.read_text(encoding="utf-8"))


def run_statements(sql: str) -> None:
    """Execute SQL of one or more statements inside the running migration."""
    from alembic import op

    bind = op.get_bind()
    bind.exec_driver_sql("SELECT 1")  # opens the transaction that the raw connection then shares
    raw = bind.connection.dbapi_connection
    if raw is None:
        raise RuntimeError("the migration has no database connection")
    raw.run_async(lambda connection: connection.execute(sql))
