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
        from one city to another). Colder than a tenth of an arc hardly anything is accepted that is not better: rounds
        spent there are missing where the plan still changes, which shows when there are few.
    blink
        How often the best insertion is passed over.
    mean_removed, longest_string
        Stops, see ruin.py.
    retried
        See recreate.py.
    swaps
        Tail swaps tried after each round, see tails.py.
    handed
        How often a ruined tour is handed over, see handing.py.
    again, hot
        Where a later cooling starts, in mean arcs; how many coolings from `start` come before. See together.py.
    promising
        What is between the best plan and the bound, shared out evenly among its routes, is one share; routes are kept
        whose reduced cost is below so many shares. See routes.py.
    """

    start: float = 1.5
    end: float = 0.1
    blink: float = 0.01
    mean_removed: float = MEAN_REMOVED
    longest_string: float = LONGEST_STRING
    swaps: int = 10
    handed: float = 0.1
    retried: int = RETRIED
    again: float = 0.5
    hot: int = 2
    promising: float = 4.0


DEFAULT = Tuning()


def temperature_at(progress: float, start: float, end: float) -> float:
    """Return the temperature at a share of one cooling, from 0 to 1; in what the start and the end are in."""
    return start * exp(log(end / start) * min(1.0, max(0.0, progress)))
