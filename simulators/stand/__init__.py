"""`qyzmet stand`: ЭҮШ and ЭҮӨШ with the state databases, for whoever tests a client of their own."""
