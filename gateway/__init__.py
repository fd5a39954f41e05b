"""qyzmet: an open e-government channel gateway."""
