"""Times of the generated day as people write them, so that no module counts minutes by hand."""

import datetime as dt

from linli.rehearsal.scenario.city import SHANGHAI
from shared.kernel.moments import TimeWindow


def at(on: dt.date, clock: str) -> dt.datetime:
    """Return the moment of a clock time; ``24:00`` and later belong to the night that follows."""
    hours, minutes = clock.split(":")
    return dt.datetime(on.year, on.month, on.day, tzinfo=SHANGHAI) + dt.timedelta(
        hours=int(hours), minutes=int(minutes)
    )


def between(on: dt.date, hours: str) -> TimeWindow:
    """Return the window of a span such as ``08:00-12:00``."""
    opens, closes = hours.split("-")
    return TimeWindow(opens=at(on, opens), closes=at(on, closes))


def minutes(count: int) -> dt.timedelta:
    """Return so many minutes."""
    return dt.timedelta(minutes=count)
