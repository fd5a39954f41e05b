"""A participant of ЭҮШ that says what it was told: for whoever tests a client. Its two services are our invention."""
