"""What every site of people is given of the settings, the same way for all."""

from __future__ import annotations

from typing import TypedDict

from gateway.app.ground import Ground
from gateway.settings import Participant, Settings
from gateway.web.once import PostgresOnce
from gateway.web.signing import Ncalayer


class SiteGiven(TypedDict):
    """The part of a site that is no part of its rooms."""

    once: PostgresOnce
    ncalayer: Ncalayer
    simulation: bool
    secure: bool
    origins: frozenset[str]


def site_given(settings: Settings, own: Participant, ground: Ground, public_url: str) -> SiteGiven:
    """Return what a site gets that people reach at `public_url`."""
    return SiteGiven(
        once=PostgresOnce(ground.store.database),
        ncalayer=Ncalayer(own.ncalayer_url, own.ncalayer_window_url, own.ncalayer_any_chain),
        simulation=settings.simulation,
        secure=public_url.startswith("https:"),
        origins=frozenset({public_url.rstrip("/")}),
    )
