"""Time as people here mean it: aware moments, closed windows, and a clock that can be replaced."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TimeWindow:
    """A span of time, closed at both ends. Both moments carry a time zone."""

    opens: datetime
    closes: datetime

    def __post_init__(self) -> None:
        if self.opens.tzinfo is None or self.closes.tzinfo is None:
            raise ValueError("a time window needs moments with a time zone, for example 2026-05-12T11:00+08:00")
        if self.closes < self.opens:
            raise ValueError(f"a time window closes ({self.closes}) before it opens ({self.opens})")

    def overlaps(self, other: "TimeWindow") -> bool:
        """Say whether the two windows share at least one moment."""
        return self.opens <= other.closes and other.opens <= self.closes


class Clock(Protocol):
    """Where every process gets its time from, so that a whole day can be rehearsed in a minute."""

    def now(self) -> datetime:
        """Give the present moment, in UTC."""
        ...

    def wait_until(self, moment: datetime) -> Awaitable[None]:
        """Return once `now()` has reached the moment."""
        ...
