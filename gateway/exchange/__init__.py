"""What passes between the channels and the provider's desk over ЭҮШ, each payload with its own schema."""
