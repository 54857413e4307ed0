"""How the matcher reaches out: to solver processes."""
