"""The services of the echo by name."""

from __future__ import annotations

from typing import Final

SERVICE_ID: Final = "QYZMET_ECHO"
ASYNC_SERVICE_ID: Final = "QYZMET_ECHO_ASYNC"
