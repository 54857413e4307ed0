"""The plan: all routes of a board at one moment, with the reason for every job that is on none."""

from dataclasses import dataclass

from services.matcher.planning.reason import Language, NearestMiss, Reason, reason_in_words
from services.matcher.planning.step import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What one volunteer does, in order; frozen steps come first.

    Parameters
    ----------
    volunteer
        Whose route it is.
    steps
        In the order they are done.
    end_travel_s, end_distance_m
        The way from the last step to the volunteer's end place: seconds and metres; 0 if they may end
        anywhere or nothing is open.
    """

    volunteer: str
    steps: tuple[Step, ...] = ()
    end_travel_s: int = 0
    end_distance_m: int = 0

    @property
    def open_steps(self) -> tuple[Step, ...]:
        """The steps that may still be changed."""
        return tuple(step for step in self.steps if not step.frozen)

    @property
    def travel_s(self) -> int:
        """Open travel in seconds, including the way to the end place; what is frozen is sunk."""
        return sum(step.travel_s for step in self.steps if not step.frozen) + self.end_travel_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """A job on no route, with the rule that blocks it.

    Parameters
    ----------
    job
        The job's id.
    reason
        The hard rule to relax.
    nearest_miss
        How close the nearest placement came, under `reason`.
    also
        Further rules that have to be relaxed together with `reason`; empty as a rule.
    """

    job: str
    reason: Reason
    nearest_miss: NearestMiss = NearestMiss()  # noqa: RUF009 - a frozen value
    also: tuple[Reason, ...] = ()

    def in_words(self, language: Language | str) -> str:
        """Say why, for a dispatcher, in `zh` or `en`."""
        return reason_in_words(reason=self.reason, also=self.also, miss=self.nearest_miss, language=language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All routes of a board.

    Parameters
    ----------
    routes
        One per volunteer of the problem, in the problem's order; an idle volunteer has no steps.
    unplaced
        Every job that is on no route, with its reason, in the problem's order.
    cost
        Seconds-equivalent: travel, wishes and what is left unplaced (see cost.py).
    engine
        Which engine made it: `insertion`, `routing` ...
    degraded
        Engines were asked for and none delivered; this is the insertion plan.
    note
        What became of the engines that did not deliver, also where another one did.
    """

    routes: tuple[Route, ...]
    unplaced: tuple[Unplaced, ...] = ()
    cost: int = 0
    engine: str = "insertion"
    degraded: bool = False
    note: str = ""

    @property
    def placed(self) -> frozenset[str]:
        """The ids of all jobs that are finished on some route."""
        return frozenset(step.job for route in self.routes for step in route.steps if step.action.finishes)

    def volunteer_of(self, job: str) -> str | None:
        """Who finishes the job, or None."""
        for route in self.routes:
            if any(step.job == job and step.action.finishes for step in route.steps):
                return route.volunteer
        return None
