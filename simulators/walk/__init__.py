"""Walks: a synthetic person goes through a service by HTTP and NCALayer, and the trail is laid beside the law."""
