"""Checks of ЭЦҚ over HTTP: the REST contract of NCANode for its clients, and beside it the full verdict."""
