"""When an engine stops: by wall time in production, by a number of solutions where a result must repeat."""

from dataclasses import dataclass


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
        How many solutions (routing) or iterations (kernels) are looked at; at least one.
    """

    solutions: int

    def __post_init__(self) -> None:
        if self.solutions < 1:
            raise ValueError(f"AfterSolutions.solutions is {self.solutions}; it must be at least 1.")


Stop = AfterSeconds | AfterSolutions
