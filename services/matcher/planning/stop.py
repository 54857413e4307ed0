"""When an engine stops: by wall time in production, by a number of solutions where a result must repeat.

The stopwatch here measures the work itself. The board's time is not read from any clock; it is `Problem.now`.
"""

from dataclasses import dataclass
from time import monotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterSeconds:
    """Stop after so much wall time, model building included.

    Parameters
    ----------
    seconds
        The budget. The engine keeps a margin so that the call returns within it.
    """

    seconds: float

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise ValueError(f"AfterSeconds.seconds is {self.seconds}; it must be positive.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterSolutions:
    """Stop after so many solutions: the same problem and seed then give the same plan.

    Parameters
    ----------
    solutions
        How many solutions are looked at (routing), or rounds of ruin and recreate done (kernel); at least one.
    """

    solutions: int

    def __post_init__(self) -> None:
        if self.solutions < 1:
            raise ValueError(f"AfterSolutions.solutions is {self.solutions}; it must be at least 1.")


Stop = AfterSeconds | AfterSolutions


class Countdown:
    """What is left of a stop: starts when it is made, and is asked before each part of the work."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._started = monotonic()

    def left(self, *, margin_s: float = 0.0) -> Stop | None:
        """Return the rest of the budget, less a margin, or None; a count of solutions stays as it is."""
        if isinstance(self._stop, AfterSolutions):
            return self._stop
        seconds = self._started + self._stop.seconds - monotonic() - margin_s
        return AfterSeconds(seconds=seconds) if seconds > 0 else None

    def seconds(self) -> float:
        """Return the whole budget, seconds; 0 for a count of solutions."""
        return self._stop.seconds if isinstance(self._stop, AfterSeconds) else 0.0

    def share_left(self) -> float:
        """Return how much of the budget is left, from 1 to 0; a count of solutions stays at 1."""
        if isinstance(self._stop, AfterSolutions):
            return 1.0
        return max(0.0, 1 - (monotonic() - self._started) / self._stop.seconds)
