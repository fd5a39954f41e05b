"""Whose key a result must be signed with."""

from __future__ import annotations

from gateway.eds.policies import Policy, bin_is, may_sign, role_in
from gateway.eds.roles import Role
from gateway.results.document import Authority, ResultDocument


def signer_policies(document: ResultDocument) -> tuple[Policy, ...]:
    """Return what the signer of a result must be: an official of the issuer who may sign, or the portal's system."""
    if document.authority is Authority.PORTAL:
        return bin_is(document.issuer.bin), role_in({Role.INFORMATION_SYSTEM}), may_sign()
    return bin_is(document.issuer.bin), role_in({Role.HEAD, Role.SIGNING_RIGHT}), may_sign()
