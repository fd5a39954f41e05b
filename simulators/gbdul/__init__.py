"""Simulated ГБД ЮЛ: answers questions about synthetic organisations behind ЭҮШ."""

from simulators.gbdul.app import create_app

__all__ = ["create_app"]
