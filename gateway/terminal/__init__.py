"""What every terminal at which papers are taken in shares below its pages: the scanned code, the scanned pages.

A window of the State Corporation and a counter of a provider or a rural akim are such terminals.
"""
