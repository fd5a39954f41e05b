"""Simulated БНАЖ/ЕНИС: powers of attorney that notaries attested. Its contract is our invention, none is public."""

from simulators.enis.app import create_app

__all__ = ["create_app"]
