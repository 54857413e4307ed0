"""Who will have done how much this week: work is shared out over it, so a board remembers who finished jobs when."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self

from services.matcher.domain.board import Board, OpenNeed, Slot
from services.matcher.domain.rules import Rules

_WEEK: Final = 7  # days
_LATELY: Final = 4 * _WEEK
_DAY_MIN: Final = 24 * 60
_KEPT_MIN: Final = (_LATELY + 1) * _DAY_MIN  # four weeks before today, and today
_JOBS: Final = 60  # the latest of one volunteer count; whoever did so many is last in turn anyway


def note_job(board: Board, need: OpenNeed, slot: Slot, volunteer: str, at: datetime) -> Board:
    """Note that a job was done, and forget what is too old; what a standing duty brings is shared out by rotas."""
    if slot.assigned and need.request.standing:
        return board
    minute = _minute(at)
    since = minute - _KEPT_MIN
    finished = {one: kept for one, jobs in board.finished_min.items() if (kept := _after(since, jobs))}
    return replace(board, finished_min={**finished, volunteer: (*finished.get(volunteer, ()), minute)[-_JOBS:]})


def _after(since: int, jobs: tuple[int, ...]) -> tuple[int, ...]:
    """Keep the later minutes; if all are, the same object, so that it is not written anew."""
    kept = tuple(job for job in jobs if job > since)
    return jobs if len(kept) == len(jobs) else kept


def _minute(moment: datetime) -> int:
    """Give whole minutes since 1970: a third of a moment's text, and in no time zone."""
    return int(moment.timestamp()) // 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The local week around a moment, Monday to Sunday, as a board remembers it: in minutes since 1970."""

    finished_min: dict[str, tuple[int, ...]]  # by volunteer, as the board keeps them
    monday: int
    today: int
    lately: int  # the first day that tells how much somebody does: four weeks before today
    days_left: int  # today included
    days_known: float  # before today, of which the board knows what was done: a week at least, four weeks at most

    @classmethod
    def around(cls, moment: datetime, board: Board, rules: Rules) -> Self:
        """Give the week in which this moment lies where people here live."""
        midnight = rules.local(moment).replace(hour=0, minute=0, second=0, microsecond=0)
        today = _minute(midnight)
        first = min((min(jobs) for jobs in board.finished_min.values()), default=today)
        return cls(
            finished_min=board.finished_min,
            monday=_minute(midnight - timedelta(days=midnight.weekday())),
            today=today,
            lately=_minute(midnight - timedelta(days=_LATELY)),
            days_left=_WEEK - midnight.weekday(),
            days_known=min(_LATELY, max(_WEEK, (today - first) / _DAY_MIN)),
        )

    def done_before_today(self, volunteer: str) -> int:
        """Give how many jobs somebody has done from Monday until yesterday."""
        return sum(self.monday <= job < self.today for job in self.finished_min.get(volunteer, ()))

    def expected_jobs(self, volunteer: str) -> float:
        """Give how many jobs somebody will probably have done by the end of the week.

        Those since Monday, and for each day that is left as many as on a day of the last four weeks, or of those days
        that the board knows.
        """
        jobs = self.finished_min.get(volunteer, ())
        this_week = sum(job >= self.monday for job in jobs)
        before = sum(self.lately <= job < self.today for job in jobs)
        return this_week + before / self.days_known * self.days_left
