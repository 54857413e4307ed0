"""What one volunteer does at one place for one job: the word that problems and plans share."""

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What happens at a step."""

    PICKUP = "pickup"  # something is taken on board, at a kitchen as a rule
    DROPOFF = "dropoff"  # what was picked up is handed over at the door
    VISIT = "visit"  # a person helps at a place
    SHIFT = "shift"  # a fixed block of time at a place

    @property
    def finishes(self) -> bool:
        """Whether this step completes its job; a pickup does not."""
        return self is not Action.PICKUP


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One timed step of a route.

    Parameters
    ----------
    job, action, place
        Which job, what is done, and at which place (index into the travel matrices).
    arrival, start, departure
        Seconds since day start: the volunteer arrives, service begins, service ends. Between arrival and
        start lie the set-up of a pickup and any waiting.
    load_after
        What is on board at departure, in the board's load dimensions.
    travel_s, distance_m
        From the place before: seconds and metres.
    frozen
        Done, under way or being driven to: it stays where it is.
    """

    job: str
    action: Action
    place: int
    arrival: int
    start: int
    departure: int
    load_after: tuple[int, ...]
    travel_s: int = 0
    distance_m: int = 0
    frozen: bool = False
