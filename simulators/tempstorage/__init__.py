"""Simulated temporary store (EDS_TEMP_FILES, ХЭД): large files on their way between participants of ЭҮШ."""

from simulators.tempstorage.app import MIGRATIONS, create_app

__all__ = ["MIGRATIONS", "create_app"]
