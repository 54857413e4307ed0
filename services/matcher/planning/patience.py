"""How long a question is looked through: until its time is over, yet a small one always to the end."""

from time import perf_counter
from typing import Final

_ALWAYS: Final = 100  # looks, some microseconds each: without any time at all small questions are still answered well


class Patience:
    """Looks at who could do what, counted and timed; parts of one question share one.

    Parameters
    ----------
    ends
        When the time for looking is over, as `time.perf_counter` counts.
    """

    def __init__(self, ends: float) -> None:
        self._ends, self._always = ends, _ALWAYS
        self.is_over = False

    def lasts(self) -> bool:
        """Tell whether there may be one more look; once there may not, there never is."""
        if self._always > 0:
            self._always -= 1
        elif not self.is_over:
            self.is_over = perf_counter() >= self._ends
        return not self.is_over
