"""The simulated ЭҮШ; a regional ЭҮӨШ is the same program with another configuration."""
