"""The operator's web pages: the workplace of the State Corporation's front office."""

from gateway.web.arm.app import make_arm_app
from gateway.web.arm.guard import ARM

__all__ = ["ARM", "make_arm_app"]
