"""How long intake waits before a person has to act; nothing waits without an owner and a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

WORKER: Final = "community_worker"

TOLD_WITHIN: Final = timedelta(hours=2)
"""A resident who is not told within this time that a need was refused or withdrawn is told by a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The city's own waiting times."""

    follow_up_after: timedelta = timedelta(hours=2)
    follow_up_every: timedelta = timedelta(hours=4)
    review_within: timedelta = timedelta(hours=1)
    change_of_mind: timedelta = timedelta(days=7)


def on_the_second(moment: datetime) -> datetime:
    """Cut to whole seconds: stores keep milliseconds, and a timer must find a due moment reached, not almost."""
    return moment.replace(microsecond=0)
