"""The journal of a participant: events of applications (append-only) beside the act, and the log of its messages."""

from gateway.journal.erasure import Erasure
from gateway.journal.events import SYSTEM, Event, Journal, Kind, Outcome, Step
from gateway.journal.message_log import MessageLog
from gateway.journal.persons import PersonHash
from gateway.journal.retention import Forgetting, Retention
from gateway.journal.trail import FlowStep, TrailVerdict, follows
from gateway.journal.vault import Vault

__all__ = [
    "SYSTEM",
    "Erasure",
    "Event",
    "FlowStep",
    "Forgetting",
    "Journal",
    "Kind",
    "MessageLog",
    "Outcome",
    "PersonHash",
    "Retention",
    "Step",
    "TrailVerdict",
    "Vault",
    "follows",
]
