"""The flows of the channels: the numbered processes and conditions, reading like the regulation."""
