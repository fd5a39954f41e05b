"""Simulated NCALayer: the local program that holds a person's keys and signs for web pages over a websocket."""

from simulators.ncalayer.dialog import Automatic, Question
from simulators.ncalayer.keyring import FolderKeyRing, KeyRing, MemoryKeyRing, StoredKey
from simulators.ncalayer.order import LikelySigners
from simulators.ncalayer.service import Ncalayer, NcalayerSettings
from simulators.ncalayer.timestamps import HttpTimestamper, Timestamper

__all__ = [
    "Automatic",
    "FolderKeyRing",
    "HttpTimestamper",
    "KeyRing",
    "LikelySigners",
    "MemoryKeyRing",
    "Ncalayer",
    "NcalayerSettings",
    "Question",
    "StoredKey",
    "Timestamper",
]
