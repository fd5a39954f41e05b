"""The clock service: one simulated time for every process, kept as an offset and a rate."""

from simulators.clock.service import ClockService, create_app
from simulators.clock.state import ClockFileInvalid, ClockRefused, ClockState

__all__ = ["ClockFileInvalid", "ClockRefused", "ClockService", "ClockState", "create_app"]
