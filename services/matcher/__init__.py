"""Matches needs with volunteers and keeps the plan of each area right while the day changes."""
