"""Synthetic people and organisations: seeded, repeatable, with numbers that nobody living holds."""

from simulators.population.model import (
    Address,
    Entry,
    Guardianship,
    IdentityDocument,
    Locality,
    PersonName,
    SyntheticOrganisation,
    SyntheticPerson,
)
from simulators.population.population import Population

__all__ = [
    "Address",
    "Entry",
    "Guardianship",
    "IdentityDocument",
    "Locality",
    "PersonName",
    "Population",
    "SyntheticOrganisation",
    "SyntheticPerson",
]
