"""When a message may reach a person: quiet hours, and not too many updates."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ANSWER_FRESH_FOR: Final = timedelta(minutes=10)
MOST_URGENT: Final = "5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """The community's own settings, given with every command that needs them."""

    quiet_from: time
    quiet_until: time  # the same as `quiet_from`: no quiet hours
    timezone: str
    updates_a_day: int = 6  # more than these wait an hour, in which newer ones replace them
    person_within: timedelta = timedelta(minutes=30)  # by when somebody must act on what no channel could deliver

    def quiet(self, moment: datetime) -> bool:
        """Say whether people sleep."""
        at = self._local(moment).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until

    def awake(self, moment: datetime) -> datetime:
        """Give the moment itself, or the end of the quiet hours it falls into."""
        if not self.quiet(moment):
            return moment
        local = self._local(moment)
        day = local.date() + timedelta(days=local.time() >= self.quiet_until)
        morning = datetime.combine(day, self.quiet_until, tzinfo=local.tzinfo)
        return morning.astimezone(moment.tzinfo)

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.timezone))


def whole_second(moment: datetime) -> datetime:
    """Round up: stores keep milliseconds, and a due time between two of them would be woken too early."""
    return moment if not moment.microsecond else moment.replace(microsecond=0) + timedelta(seconds=1)
