"""A role and a schema of its own for each participant, without grants on any other's."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import asyncpg

from gateway.store.database import checked_identifier


def role_password(secret: bytes, role: str) -> str:
    """Return the password of a role, derived from the installation's secret (HMAC-SHA-256, hex)."""
    return hmac.new(secret, role.encode(), hashlib.sha256).hexdigest()


def with_role(url: str, role: str, password: str) -> str:
    """Return `url` with another user; host, database and options stay."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query) if key not in ("user", "password")])
    return urlunsplit((parts.scheme, f"{role}:{quote(password)}@{host}", parts.path, query, parts.fragment))


async def provision(admin_url: str, participant: str, *, secret: bytes) -> str:
    """Make sure that `participant` has its role and schema, and return the URL by which it connects.

    `admin_url` must belong to a role that may create roles and schemas. The schema is owned by the participant's role;
    PUBLIC has no rights on it, so no other participant's role can read or write there.
    """
    role = f"qyzmet_{checked_identifier(participant)}"
    password = role_password(secret, role)
    connection = await asyncpg.connect(admin_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(7279001)")
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                await connection.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
            await connection.execute(f"ALTER ROLE {role} PASSWORD '{password}'")
            await connection.execute(f"GRANT {role} TO CURRENT_USER")
            await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {participant} AUTHORIZATION {role}")
            await connection.execute(f"REVOKE ALL ON SCHEMA {participant} FROM PUBLIC")
            await connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    finally:
        await connection.close()
    return with_role(admin_url, role, password)
