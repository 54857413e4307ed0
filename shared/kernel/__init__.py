"""Nouns and values that every room may name. Standard library only; everything is frozen."""
