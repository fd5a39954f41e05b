"""Simulated КДП: asks people for their consent and gives out the tokens that registries want to see."""

from simulators.kdp.app import MIGRATIONS, create_app
from simulators.kdp.consents import Consents
from simulators.kdp.tokens import Company, TokenJudge, Tokens

__all__ = ["MIGRATIONS", "Company", "Consents", "TokenJudge", "Tokens", "create_app"]
