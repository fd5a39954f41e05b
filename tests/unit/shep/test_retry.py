import random
from datetime import UTC, datetime, timedelta

from gateway.shep.retry import RetryRule

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_delays_grow_up_to_the_longest_and_never_fall_together():
    rule = RetryRule(first=timedelta(seconds=2), longest=timedelta(minutes=10), chance=random.Random(1))
    for attempt, whole in [(1, 2), (2, 4), (5, 32), (9, 512), (10, 600), (10_000, 600)]:
        delays = {rule.delay(attempt) for _ in range(20)}
        assert len(delays) > 10
        assert all(timedelta(seconds=whole / 2) <= each <= timedelta(seconds=whole) for each in delays)


def test_the_limit_counts_from_the_moment_of_putting():
    rule = RetryRule(limit=timedelta(days=3))
    assert not rule.is_over(put_at=NOW, now=NOW + timedelta(days=3) - timedelta(seconds=1))
    assert rule.is_over(put_at=NOW, now=NOW + timedelta(days=3))
