"""What is demanded of certificate policies, and which extensions make a path need the whole of RFC 5280 section 6.1."""

from __future__ import annotations

from dataclasses import dataclass

NAME_CONSTRAINTS, POLICY_MAPPINGS = "2.5.29.30", "2.5.29.33"
POLICY_CONSTRAINTS, INHIBIT_ANY_POLICY = "2.5.29.36", "2.5.29.54"
CONSTRAINTS = frozenset({NAME_CONSTRAINTS, POLICY_MAPPINGS, POLICY_CONSTRAINTS, INHIBIT_ANY_POLICY})
"""The extensions that need this module."""


@dataclass(frozen=True, slots=True)
class PathPolicy:
    """The inputs of RFC 5280 section 6.1.1 (c), (e), (f) and (g); by default any policy or none is good."""

    acceptable: frozenset[str] | None = None
    """The certificate policies that are accepted; any when not given."""
    require_explicit: bool = False
    """Whether the path must be good for at least one acceptable policy."""
    inhibit_mapping: bool = False
    inhibit_any: bool = False
    """Whether anyPolicy in a certificate stands for no policy."""

    @property
    def demands(self) -> bool:
        """Whether a path without constraints of its own could fail."""
        return self.require_explicit


ANY_POLICY = PathPolicy()
