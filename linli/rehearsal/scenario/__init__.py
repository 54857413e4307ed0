"""A generated day of a city: the same seed gives the same day, and one more person moves nobody else."""

from linli.rehearsal.scenario.generate import day

__all__ = ["day"]
