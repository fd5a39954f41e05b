"""The commands of the gateway itself, a module each."""
