"""What the flows of every channel stand on; the composition root makes it once for all sites of the channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gateway.catalogue.load import Catalogue
from gateway.clock import Clock
from gateway.flows.kept_drafts import KEPT
from gateway.flows.ports import Dispatch, SignatureChecks
from gateway.identity.passwords import Passwords
from gateway.journal import Journal, PersonHash
from gateway.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowGround:
    """One store, the rules, the journal, and the ports to signatures and gateways."""

    store: Store
    catalogue: Catalogue
    journal: Journal
    persons: PersonHash
    signatures: SignatureChecks
    dispatch: Dispatch
    hold_limit: timedelta = timedelta(hours=24)
    """How long what was signed is held while the status of its certificate is not known."""
    draft_retention: timedelta = KEPT
    """How long a draft is kept after its last change."""
    passwords: Passwords | None = None
    """How they are hashed, where it is not the usual way."""
    real_time: Clock | None = None
    """The time by which sessions end and tries are delayed, where it is not the machine's."""
