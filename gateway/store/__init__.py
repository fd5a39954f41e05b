"""PostgreSQL: connection, migrations, jobs, timers and blobs of one participant."""

from gateway.store.blobs import BlobMissing, Blobs, MemoryBlobs, PostgresBlobs
from gateway.store.database import Database, DatabaseAway
from gateway.store.jobs import JobHandler, Jobs
from gateway.store.migrate import migrate
from gateway.store.store import Store
from gateway.store.timers import Timers

__all__ = [
    "BlobMissing",
    "Blobs",
    "Database",
    "DatabaseAway",
    "JobHandler",
    "Jobs",
    "MemoryBlobs",
    "PostgresBlobs",
    "Store",
    "Timers",
    "migrate",
]
