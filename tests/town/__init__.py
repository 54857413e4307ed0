"""All services together, playing a small day."""
