"""The only things services have in common. Nothing here knows which services exist."""
