"""The composition root: settings in, a participant of ЭҮШ out.

Channels and desk are put together apart and share nothing; in one process they are two applications on two ports, or
three: the operators' workplace of the State Corporation is a site of the channels. The checks are another, without a
database.
"""

from __future__ import annotations

from gateway.app.checks_site import checks
from gateway.app.desk_site import desk
from gateway.app.ground import Running
from gateway.app.portal_site import channels
from gateway.app.serve import serve
from gateway.app.surroundings import NotConfigured

__all__ = ["NotConfigured", "Running", "channels", "checks", "desk", "serve"]
