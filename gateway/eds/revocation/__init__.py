"""Revocation: OCSP and CRL, asked in the order of a policy, and never valid when they do not answer."""
