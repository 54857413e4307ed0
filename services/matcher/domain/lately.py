"""Who did how much lately: work is shared out over a week, so a board remembers when each volunteer finished a job."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from services.matcher.domain.board import Board, OpenNeed, Slot

LATELY: Final = timedelta(days=7)
_JOBS: Final = 12  # the latest of one volunteer count; whoever did so many is last in turn anyway


def note_job(board: Board, need: OpenNeed, slot: Slot, volunteer: str, at: datetime) -> Board:
    """Note that a job was done, and forget what is a week old; what a standing duty brings is shared out by rotas."""
    if slot.assigned and need.request.standing:
        return board
    since = at - LATELY
    worked = {one: kept for one, jobs in board.worked.items() if (kept := _after(since, jobs))}
    return replace(board, worked={**worked, volunteer: (*worked.get(volunteer, ()), at)[-_JOBS:]})


def _after(since: datetime, jobs: tuple[datetime, ...]) -> tuple[datetime, ...]:
    """Keep the later moments; if all are, the same object, so that it is not written anew."""
    kept = tuple(job for job in jobs if job > since)
    return jobs if len(kept) == len(jobs) else kept


def jobs_lately(board: Board, volunteer: str, at: datetime) -> int:
    """Count the jobs that somebody did in the last seven days, today's included."""
    return sum(job > at - LATELY for job in board.worked.get(volunteer, ()))
