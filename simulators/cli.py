"""The commands that need the simulators: `qyzmet up` and `qyzmet walk`, found by entry point."""

from __future__ import annotations

from gateway.command import Command
from simulators.up import arguments as up_arguments
from simulators.up import run as up_run
from simulators.walk.command import arguments as walk_arguments
from simulators.walk.command import run as walk_run

up = Command("raise the portal, the desk and every simulator on this machine", up_arguments, up_run)
walk = Command("drive a synthetic person through a service and lay the trail beside the law", walk_arguments, walk_run)
