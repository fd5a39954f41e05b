"""Typed questions to the state databases and the temporary store, asked through ЭҮШ."""
