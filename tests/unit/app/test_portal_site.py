"""What the settings say of drafts reaches the site of the channels: the job of the night, and what the pages tell."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import AsyncMock, MagicMock

import pytest

from gateway.app import portal_site
from gateway.app.flows_ground import flow_ground
from gateway.journal import Forgetting

KEEP = timedelta(days=12)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The channels' site with nothing of the world around it: what it was made with."""
    ground, rooms, order = MagicMock(), MagicMock(), []
    ground.retention.add.side_effect = lambda _rule: order.append("rule")

    @contextlib.asynccontextmanager
    async def around(*_: object):
        yield ground

    @contextlib.asynccontextmanager
    async def served(*_: object):
        order.append("served")
        yield

    monkeypatch.setattr(portal_site, "ground_of", around)
    monkeypatch.setattr(portal_site, "serving", served)
    monkeypatch.setattr(portal_site, "migrate", AsyncMock())
    for name in ("load_catalogue", "flow_ground", "SealedRefusals", "make_portal_app", "_addresses", "Running"):
        monkeypatch.setattr(portal_site, name, MagicMock())
    monkeypatch.setattr(portal_site, "site_given", MagicMock(return_value={}))
    monkeypatch.setattr(portal_site, "PortalRooms", SimpleNamespace(open=MagicMock(return_value=rooms)))
    return SimpleNamespace(ground=ground, rooms=rooms, order=order)


async def test_drafts_are_forgotten_as_the_settings_say_where_there_are_no_windows_too(made: SimpleNamespace) -> None:
    async with portal_site.channels(MagicMock(channels=MagicMock(arm=None, draft_retention=KEEP))):
        pass
    forget = made.rooms.kept_drafts.forget_old
    made.ground.retention.add.assert_called_once_with(Forgetting("unfinished drafts", KEEP, forget))
    assert made.order == ["rule", "served"], "the night's job begins with the serving"


def test_what_the_pages_tell_is_of_the_same_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("Journal", "EdsChecks", "ShepDelivery", "tempstorage"):
        monkeypatch.setattr(f"gateway.app.flows_ground.{name}", MagicMock())
    assert flow_ground(MagicMock(draft_retention=KEEP), MagicMock(), MagicMock()).draft_retention == KEEP
