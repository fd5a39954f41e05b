"""Measurements as ratios to a floor: what the gateway spends, beside what the same work costs in a bare loop."""
