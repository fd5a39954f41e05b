"""Runs in the process that reads scans, and nowhere else."""
