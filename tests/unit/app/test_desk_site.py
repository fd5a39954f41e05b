"""What the settings say of the desk's counters reaches the site: when a screen locks, how long an entry is kept."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import AsyncMock, MagicMock

import pytest

from gateway.app import desk_site
from gateway.journal import Forgetting

LOCK, KEEP = timedelta(minutes=3), timedelta(days=12)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The desk's site with nothing of the world around it: what it was made with."""
    ground, workplace, app = MagicMock(), MagicMock(), MagicMock(return_value="the site")
    desk = MagicMock()
    desk.open.return_value = workplace

    @contextlib.asynccontextmanager
    async def around(*_: object):
        yield ground

    for name in ("ground_of", "serving"):
        monkeypatch.setattr(desk_site, name, around)
    monkeypatch.setattr(desk_site, "migrate", AsyncMock())
    for name in ("load_catalogue", "_world", "PostgresSessions", "Running"):
        monkeypatch.setattr(desk_site, name, MagicMock())
    monkeypatch.setattr(desk_site, "site_given", MagicMock(return_value={}))
    monkeypatch.setattr(desk_site, "Desk", desk)
    monkeypatch.setattr(desk_site, "make_desk_app", app)
    return SimpleNamespace(ground=ground, workplace=workplace, desk=desk, app=app)


async def test_lock_and_retention_of_the_settings_hold_at_the_counters(made: SimpleNamespace) -> None:
    own = MagicMock(staff=None, lock_after=LOCK, entry_retention=KEEP)
    async with desk_site.desk(MagicMock(desk=own)):
        pass
    assert made.app.call_args.kwargs["lock_after"] == LOCK
    assert made.desk.open.call_args.kwargs["keep_entries"] == KEEP
    forget = made.workplace.counter.entries.forget_old
    made.ground.retention.add.assert_called_once_with(Forgetting("unfinished entries of counters", KEEP, forget))
