"""What a problem refuses when it is made: errors that name the field, so that a board is never half right."""

from collections import Counter
from collections.abc import Hashable, Iterable
from itertools import pairwise

Window = tuple[int, int]
"""Opens and closes, whole seconds since day start, closed on both ends."""


def require(holds: bool, message: str) -> None:  # noqa: FBT001 - reads as an assertion
    """Raise the message as a ValueError unless the condition holds."""
    if not holds:
        raise ValueError(message)


def require_not_negative(owner: str, **numbers: float) -> None:
    """Refuse numbers below zero, by name."""
    for name, number in numbers.items():
        require(number >= 0, f"{owner}.{name} is {number}; it cannot be negative.")


def require_loads(name: str, loads: tuple[int, ...]) -> None:
    """Refuse loads below zero."""
    require(all(load >= 0 for load in loads), f"{name} is {loads}; a load cannot be negative.")


def require_windows(name: str, windows: tuple[Window, ...]) -> None:
    """Refuse windows that are missing, close before they open, or do not follow one another."""
    require(len(windows) > 0, f"{name} is empty; give at least one window.")
    for opens, closes in windows:
        require(opens <= closes, f"{name} closes at {closes}, before it opens at {opens}.")
    require(
        all(a[1] < b[0] for a, b in pairwise(windows)),
        f"{name} must be ascending and must not touch: {windows}.",
    )


def require_distinct(name: str, ids: Iterable[Hashable]) -> None:
    """Refuse ids that come more than once."""
    twice = [one for one, times in Counter(ids).items() if times > 1]
    require(not twice, f"{name} has these ids more than once: {twice}.")
