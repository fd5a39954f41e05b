"""Other programs, asked on the command line."""

import subprocess


def run(*command: str) -> tuple[bool, str]:
    """Run a program; tell whether it was content, and what it said."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode == 0, done.stdout + done.stderr
