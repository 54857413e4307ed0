"""What the wishes weigh: one frozen value, read from a TOML file with a sentence for each number."""

import tomllib
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib import resources
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Weights of the wishes, in seconds-equivalent, 0 or more.

    Parameters
    ----------
    unfamiliar_s
        A resident with familiar volunteers gets somebody else.
    fair_share_jobs
        Jobs of one route, done or planned, that are a fair share. A number, not a cost.
    crowding_s
        Each job beyond the fair share.
    busy_s
        One more job, for each that the volunteer will probably have done by the end of the week.
    change_s
        A job that the present plan gives to one volunteer is moved to another.
    abandon_s
        Something on board is not brought to its door, on top of the job's priority.
    most_moved_pct
        Of a hundred jobs that the present plan gives to somebody who may still do them, so many may be moved. A
        number, not a cost; only engines move jobs.
    """

    unfamiliar_s: int
    fair_share_jobs: int
    crowding_s: int
    change_s: int
    abandon_s: int
    busy_s: int = 0
    most_moved_pct: int = 100

    def __post_init__(self) -> None:
        for name, number in asdict(self).items():
            if number < 0:
                raise ValueError(f"Params.{name} is {number}; a weight cannot be negative.")

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read the weights; an unknown or missing name is an error that says so.

        Raises
        ------
        ValueError
            If a name is missing or unknown.
        """
        given = tomllib.loads(text)
        wanted = {field.name for field in fields(cls)}
        if given.keys() != wanted:
            raise ValueError(
                f"Params: missing {sorted(wanted - given.keys())}, unknown {sorted(given.keys() - wanted)}."
            )
        return cls(**given)

    @classmethod
    def default(cls) -> Self:
        """Return the weights of `params.toml` beside this file."""
        return cls.from_toml(_default_text())


@cache
def _default_text() -> str:
    return resources.files(__package__).joinpath("params.toml").read_text(encoding="utf-8")
