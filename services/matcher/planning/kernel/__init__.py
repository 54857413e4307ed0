"""The project's own routing engine: ruin and recreate, compiled (see anneal.py for the method)."""
