"""ЭЦҚ: algorithms, certificates, trust paths, revocation, XML signatures and the verdict."""
