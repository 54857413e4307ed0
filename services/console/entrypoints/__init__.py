"""How facts come in and how people and programs look at them."""
