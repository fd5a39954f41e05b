"""The operator's workplace (ARM) of the State Corporation: applications taken in at a window and sent in its name."""
