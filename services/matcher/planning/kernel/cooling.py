"""How hot the search is at which moment, and the numbers it is tuned by."""

from dataclasses import dataclass
from math import exp, log

from services.matcher.planning.kernel.recreate import RETRIED
from services.matcher.planning.kernel.ruin import LONGEST_STRING, MEAN_REMOVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What the search is tuned by.

    Parameters
    ----------
    start, end
        Temperatures in mean arcs of the first plan (Christiaens and Vanden Berghe use fixed ones; arcs carry over
        from one city to another).
    blink
        How often the best insertion is passed over.
    mean_removed, longest_string
        Stops, see ruin.py.
    retried
        See recreate.py.
    reheat_from_s
        A budget of at least so many seconds is spent on several coolings.
    reheats
        Start temperature of each cooling, as a share of the first, with the share of the budget it gets.
    """

    start: float = 1.0
    end: float = 0.01
    blink: float = 0.01
    mean_removed: float = MEAN_REMOVED
    longest_string: float = LONGEST_STRING
    swaps: int = 10
    retried: int = RETRIED
    reheat_from_s: float = 2.0
    reheats: tuple[tuple[float, float], ...] = ((1.0, 0.5), (0.5, 0.25), (0.5, 0.25))


DEFAULT = Tuning()


def temperature_at(progress: float, tuning: Tuning, *, reheat: bool) -> float:
    """Return the temperature in mean arcs at a share of the budget."""
    begun = 0.0
    for hot, length in tuning.reheats if reheat else ((1.0, 1.0),):
        start, share = tuning.start * hot, min(1.0, max(0.0, (progress - begun) / length))
        if share < 1.0:
            break
        begun += length
    return start * exp(log(tuning.end / start) * share)
