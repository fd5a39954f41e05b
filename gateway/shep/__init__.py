"""The wire of ЭҮШ: envelopes, faults, the synchronous and the asynchronous channel, both halves."""
