"""A stopwatch for the wall and for the processor: the second hardly minds what else the machine has to do."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Seconds, on the wall and of this process's work."""

    wall: float
    processor: float


class Stopwatch:
    """Starts once, however often it is told to."""

    def __init__(self) -> None:
        self._began: tuple[float, float] | None = None

    def start(self) -> None:
        """Begin, unless it has begun."""
        self._began = self._began or (time.perf_counter(), time.process_time())

    def stop(self) -> Took:
        """Give what passed since the start."""
        assert self._began is not None, "nothing has begun"
        wall, processor = self._began
        return Took(wall=time.perf_counter() - wall, processor=time.process_time() - processor)
