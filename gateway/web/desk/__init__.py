"""The desk's web pages: the workplace of a provider's clerks, heads and executors."""

from gateway.web.desk.app import DESK, make_desk_app

__all__ = ["DESK", "make_desk_app"]
