"""Simulated ГБД ФЛ: answers questions about the synthetic population behind ЭҮШ."""

from simulators.gbdfl.app import create_app

__all__ = ["create_app"]
