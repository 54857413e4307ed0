"""How messages leave the house: texts, the console, e-mail, and the owners of addresses."""
