"""Adds up duty between two moments without going through all of it again: for windows that move over a long rota."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from services.matcher.planning.require import Window


class DutyTime:
    """The minutes of many windows, where they overlap each for itself.

    Parameters
    ----------
    windows
        In any order.
    """

    def __init__(self, windows: Iterable[Window]) -> None:
        some = tuple(windows)
        self._starts, self._ends = sorted(start for start, _ in some), sorted(end for _, end in some)
        self._sum_starts = tuple(accumulate(self._starts, initial=0))
        self._sum_ends = tuple(accumulate(self._ends, initial=0))

    def between(self, begin: int, end: int) -> int:
        """Give the minutes that lie between two moments."""
        return self._until(end) - self._until(begin)

    def _until(self, moment: int) -> int:
        """Count from the start of whatever has begun, less what is past the end of whatever is over."""
        begun, over = bisect_right(self._starts, moment), bisect_right(self._ends, moment)
        return begun * moment - self._sum_starts[begun] - (over * moment - self._sum_ends[over])
