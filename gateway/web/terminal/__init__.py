"""The terminal at which papers are taken in: what the State Corporation's windows and the desk's counters share.

The scan field, the keys, what is typed kept between one key and the next, scans page by page, the locked screen. Whose
rights hold and what is done with a paper are the two workplaces' own.
"""
