"""The numbers of the house: how many are asked, when nobody is asked, how long is waited."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.matcher.domain.board import OpenNeed, Posted

_MOMENTS = 1024
MOST_URGENT = 5
VETTED = "vetted"  # stands in a request's credentials when children take part


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a city may set. Times of day are local."""

    zone: str = "Asia/Shanghai"
    quiet_from: time = time(21)
    quiet_until: time = time(7)
    pushes_a_day: int = 3
    waves: int = 5  # people asked for one slot before a person takes over
    missed_after: timedelta = timedelta(minutes=15)
    silent_after: timedelta = timedelta(minutes=60)  # begun, should have ended, and no word
    claimable_for: timedelta = timedelta(hours=48)  # a wish waits on the wall before it is dispatched
    worker_acts_within: timedelta = timedelta(minutes=30)
    street_acts_within: timedelta = timedelta(minutes=60)
    escalate_ahead: timedelta = timedelta(hours=2)  # before a later need's window opens
    most_failures: int = 2

    def local(self, moment: datetime) -> datetime:
        """Give the moment as people here read it."""
        return _local(self.zone, moment)

    def is_quiet(self, moment: datetime) -> bool:
        """Say whether people should be left in peace."""
        clock = self.local(moment).time()
        return clock >= self.quiet_from or clock < self.quiet_until

    def quiet_ends(self, moment: datetime) -> datetime:
        """Give the next moment after this one at which people may be asked again."""
        local = self.local(moment)
        ends = local.replace(hour=self.quiet_until.hour, minute=self.quiet_until.minute, second=0, microsecond=0)
        return (ends if ends > local else ends + timedelta(days=1)).astimezone(moment.tzinfo)

    def pushes_today(self, posted: Posted, at: datetime) -> int:
        """Count how often the volunteer was asked today."""
        today = self.local(at).date()
        return sum(self.local(push).date() == today for push in posted.pushes)

    def may_be_asked(self, posted: Posted, at: datetime) -> bool:
        """Say whether one more question today is within the limit."""
        return self.pushes_today(posted, at) < self.pushes_a_day

    def escalates_at(self, need: OpenNeed) -> datetime:
        """Give the moment from which a need without anybody belongs to a person."""
        promised = need.admitted_at + timedelta(seconds=need.request.offer_within_s)
        return min(max(promised, need.request.opens - self.escalate_ahead), need.request.closes)


@lru_cache(_MOMENTS)  # one decision asks the same of hundreds of volunteers
def _local(zone: str, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def stands_by(posted: Posted, moment: datetime) -> bool:
    """Say whether the moment lies in a standing duty of the volunteer."""
    return any(window.standing and window.opens <= moment <= window.closes for window in posted.windows)
