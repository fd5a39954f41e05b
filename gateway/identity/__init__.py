"""Who is who: identity numbers, accounts, sessions, permissions."""
