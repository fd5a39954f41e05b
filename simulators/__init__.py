"""Simulators of every system outside the gateway, each speaking its real wire protocol."""
