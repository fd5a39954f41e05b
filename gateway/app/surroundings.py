"""What every process has around it, with a database or without: the clock, and whom it trusts."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp

from gateway.clock import Clock, FollowedClock, RealClock
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import HttpFetcher
from gateway.eds.revocation.policy import Order, Profile, RevocationPolicy
from gateway.eds.revocation.store import ListStore
from gateway.eds.timestamping import TimestampClient
from gateway.eds.trust import Anchors
from gateway.settings import Settings, TrustSettings


class NotConfigured(ValueError):
    """The settings lack what this process needs."""


@dataclass(frozen=True)
class Surroundings:
    """What is outside of a process, as far as it may be reached."""

    http: aiohttp.ClientSession
    clock: Clock
    anchors: Anchors
    fetcher: HttpFetcher
    """For what the trust core fetches: lists, answers of OCSP, timestamps."""
    revocation: RevocationChecker
    timestamps: TimestampClient | None


@contextlib.asynccontextmanager
async def surroundings(settings: Settings) -> AsyncIterator[Surroundings]:
    """Reach what is outside until the context ends; raises `NotConfigured`."""
    trust = settings.trust
    if trust is None:
        raise NotConfigured("the settings have no part `trust`")
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        clock = await _clock(settings, http, stack)
        fetcher = HttpFetcher(http, timeout_seconds=trust.timeout.total_seconds())
        revocation = _revocation(trust, fetcher, clock)
        await stack.enter_async_context(revocation.renewing())
        yield Surroundings(
            http=http,
            clock=clock,
            anchors=Anchors.from_folder(trust.anchors),
            fetcher=fetcher,
            revocation=revocation,
            timestamps=_timestamps(trust, fetcher),
        )


async def _clock(settings: Settings, http: aiohttp.ClientSession, stack: contextlib.AsyncExitStack) -> Clock:
    if settings.clock_url is None:
        return RealClock()
    return await stack.enter_async_context(FollowedClock(settings.clock_url, http).following())


def _timestamps(trust: TrustSettings, fetcher: HttpFetcher) -> TimestampClient | None:
    return None if trust.tsa_url is None else TimestampClient(fetcher, trust.tsa_url, policy=trust.tsa_policy)


def _revocation(trust: TrustSettings, fetcher: HttpFetcher, clock: Clock) -> RevocationChecker:
    policy = RevocationPolicy.of(
        Profile(trust.revocation_profile),
        order=Order.named(trust.revocation_order),
        ocsp_max_age=trust.revocation_freshness,
        reuse=trust.revocation_reuse,
        crl_max_age=trust.crl_freshness,
        authority_crl_max_age=trust.authority_crl_freshness,
        crl_reuse=trust.crl_reuse,
    )
    store = ListStore(trust.cache) if trust.cache is not None else None
    return RevocationChecker(fetcher, clock, policy, store=store)
