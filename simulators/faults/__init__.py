"""What the simulated providers behind ЭҮШ have in common: faults on demand, the admin API, the reading of payloads."""
