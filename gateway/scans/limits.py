"""How much a scan may be, and how much its reading may take; also known to the process that reads it."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 15_000_000
"""Of one file from the scanner."""
MAX_PAGES: Final = 100
"""Of one file."""
MAX_PIXELS: Final = 80_000_000
"""Of one picture: A3 at 600 dpi has 70 million."""
MAX_KEPT_BYTES: Final = 60_000_000
"""Of all pages of one file together, as they are kept: what is packed tightly may come out larger."""
MAX_COMBINED_BYTES: Final = 30_000_000
"""Of all pages that become one document, before and after: a blob of the journal holds 32 MiB."""
MAX_COMBINED_PAGES: Final = 500
"""Of one document."""

READING_SECONDS: Final = 60.0
PREVIEW_SECONDS: Final = 15.0
COMBINING_SECONDS: Final = 60.0
"""By the wall clock, after which the process that works on it is killed."""
START_SECONDS: Final = 30.0
"""In which a new process must be ready."""

MEMORY_BYTES: Final = 1_300_000_000
"""Address space of one such process; some 250 MB are taken by its libraries."""
JOBS_A_PROCESS: Final = 200
"""After which it is replaced."""
IDLE_SECONDS: Final = 300.0
"""After which an unused process is ended."""
MAX_WAITING_BYTES: Final = 300_000_000
"""Of all jobs that wait for a process."""
