"""The journal of a participant: events of applications, append-only, and their comparison with the act."""

from gateway.journal.events import SYSTEM, Event, Journal, Kind, Outcome, Step
from gateway.journal.persons import PersonHash
from gateway.journal.trail import FlowStep, TrailVerdict, follows

__all__ = [
    "SYSTEM",
    "Event",
    "FlowStep",
    "Journal",
    "Kind",
    "Outcome",
    "PersonHash",
    "Step",
    "TrailVerdict",
    "follows",
]
