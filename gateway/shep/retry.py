"""When a message that could not be handed over is tried again, and when that ends."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class RetryRule:
    """Wait `first * 2^(attempt-1)`, at most `longest`, of which a random half keeps senders apart; end after `limit`.

    The limit counts from the moment when the message was put.
    """

    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=10)
    limit: timedelta = timedelta(days=3)
    chance: random.Random = field(default_factory=random.Random, repr=False, compare=False)

    def delay(self, attempt: int) -> timedelta:
        """Return the wait after the attempt of this number, counted from 1."""
        whole = min(self.first * (1 << min(attempt - 1, 20)), self.longest)
        return whole / 2 + whole / 2 * self.chance.random()

    def is_over(self, *, put_at: datetime, now: datetime) -> bool:
        """Whether the stated limit has passed."""
        return now - put_at >= self.limit
