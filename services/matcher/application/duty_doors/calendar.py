"""Local dates and times of day become minutes since the first midnight, and back; also where the clocks change."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.matcher.application.duty_doors.asked import WEEKDAYS, Available, Days, Held, Hours, Span
from services.matcher.planning.rota import Credential

_MINUTE: Final = timedelta(minutes=1)
_MARGIN_DAYS: Final = 8  # somebody who is always available is so a week before and after, too

Window = tuple[int, int]


class Calendar:
    """The days of one question.

    Parameters
    ----------
    asked
        First day, number of days, time zone.
    """

    def __init__(self, asked: Days) -> None:
        self._first, self._days = asked.first_day, asked.days
        self._zone = ZoneInfo(asked.timezone)
        self._midnight = self._local(asked.first_day, time()).astimezone(UTC)

    def minute(self, moment: datetime) -> int:
        """Give the minutes from the first midnight to a moment; one without an offset is local."""
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=self._zone)
        return (aware.astimezone(UTC) - self._midnight) // _MINUTE

    def moment(self, minute: int) -> datetime:
        """Give the local moment of a minute."""
        return (self._midnight + minute * _MINUTE).astimezone(self._zone)

    @property
    def day_starts(self) -> tuple[int, ...]:
        """Give the minutes at which the days begin."""
        return tuple(self._minute_of(self._first + timedelta(days=day), time()) for day in range(self._days))

    @property
    def ends(self) -> int:
        """Give the minute at which the last day is over."""
        return self._minute_of(self._first + timedelta(days=self._days), time())

    @property
    def dates(self) -> tuple[date, ...]:
        """Give the days."""
        return tuple(self._first + timedelta(days=day) for day in range(self._days))

    def window(self, span: Span) -> Window:
        """Read a span as minutes."""
        return self.minute(span.starts), self.minute(span.ends)

    def hours_on(self, hours: Hours, day: date) -> Window | None:
        """Give the hours that begin on a day, if they do on that weekday."""
        if WEEKDAYS[day.weekday()] not in hours.days:
            return None
        next_day = day + timedelta(days=hours.ends <= hours.starts)
        window = self._minute_of(day, hours.starts), self._minute_of(next_day, hours.ends)
        return window if window[0] < window[1] else None  # nothing is left where the clocks jump over it

    def windows(self, when: Available) -> tuple[Window, ...]:
        """Give all windows in which somebody is available, ascending, not touching."""
        if not when.available and not when.weekly:
            return ((-_MARGIN_DAYS * 24 * 60, self.ends + _MARGIN_DAYS * 24 * 60),)
        near = [self._first + timedelta(days=day) for day in range(-1, self._days + 1)]
        weekly = (self.hours_on(hours, day) for hours in when.weekly for day in near)
        return merged([*map(self.window, when.available), *(window for window in weekly if window is not None)])

    def credentials(self, held: Iterable[Held]) -> tuple[Credential, ...]:
        """Read credentials: they are valid until the end of their last day."""
        return tuple(
            Credential(
                name=one.name,
                expires=None if one.until is None else self.after(one.until),
            )
            for one in held
        )

    def after(self, day: date) -> int:
        """Give the minute at which a day is over."""
        return self._minute_of(day + timedelta(days=1), time())

    def _minute_of(self, day: date, moment: time) -> int:
        return self.minute(self._local(day, moment))

    def _local(self, day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, self._zone)


def merged(windows: Sequence[Window]) -> tuple[Window, ...]:
    """Sort windows, and make one of those that touch or overlap."""
    found = list[Window]()
    for opens, closes in sorted(windows):
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], max(closes, found[-1][1]))
        else:
            found.append((opens, closes))
    return tuple(found)
