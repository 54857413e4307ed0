"""Moments of people and whole seconds of the planner, both ways."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from services.matcher.domain.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Seconds are counted from local midnight of yesterday, so that a stop of last evening is not negative."""

    start: datetime

    @classmethod
    def around(cls, moment: datetime, rules: Rules) -> Self:
        """Give the day in which the board plans at this moment."""
        midnight = rules.local(moment).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(start=(midnight - timedelta(days=1)).astimezone(moment.tzinfo))

    def seconds(self, moment: datetime) -> int:
        """Give whole seconds since the start, 0 if earlier."""
        return max(0, int((moment - self.start).total_seconds()))

    def moment(self, seconds: int) -> datetime:
        """Give the moment of so many seconds since the start."""
        return self.start + timedelta(seconds=seconds)
