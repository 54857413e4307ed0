"""What a job and a volunteer are like without some of the hard rules, or with them widened by some seconds."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from services.matcher.planning.problem import DAY_S, Job, Volunteer
from services.matcher.planning.reason import Reason
from services.matcher.planning.require import Window
from services.matcher.planning.schedule import FAR

_NOTHING_OF: Mapping[Reason, dict[str, Any]] = MappingProxyType(
    {
        Reason.SKILL: {"skills": frozenset()},
        Reason.BATCH_READY: {"batch": None},
        Reason.PEOPLE: {"together": None},
    }
)
_ANY_TIME: tuple[Window, ...] = ((0, FAR),)


def relaxed_job(job: Job, rules: Collection[Reason], wider_s: int | None = None) -> Job:
    """Return the job without these rules; those that concern volunteers or batches change nothing in it.

    By so many seconds windows and hot limit are widened; None: there are none.
    """
    changes: dict[str, Any] = {}
    for rule in rules:
        changes |= _without(job, rule, wider_s)
    return replace(job, **changes) if changes else job


def _without(job: Job, rule: Reason, wider_s: int | None) -> dict[str, Any]:
    match rule:
        case Reason.REFUSED:
            changes: dict[str, Any] = {"not_volunteers": frozenset(), "only_volunteers": None}
        case Reason.HOT_LIMIT if job.max_ride_s is not None:
            changes = {"max_ride_s": None if wider_s is None else job.max_ride_s + wider_s}
        case Reason.WINDOW:  # a job of a group is then done alone, at another time
            pickup = job.pickup and replace(job.pickup, windows=_wider(job.pickup.windows, wider_s))
            changes = {"windows": _wider(job.windows, wider_s), "pickup": pickup, "together": None}
        case Reason.CAPACITY:
            changes = {"load": (0,) * len(job.load)}
        case _:
            changes = _NOTHING_OF.get(rule, {})
    return changes


def relaxed_volunteer(volunteer: Volunteer, rules: Collection[Reason], wider_s: int | None = None) -> Volunteer:
    """Return the volunteer with longer duty, or without a limit of stops.

    By so many seconds duty begins earlier and ends later; None: by a day. Not by more, because a way may stand for one
    that nobody can go, and then takes days.
    """
    if Reason.DUTY in rules:
        more_s = DAY_S if wider_s is None else wider_s
        volunteer = on_longer_duty(volunteer, before_s=more_s, after_s=more_s)
    if Reason.STOPS in rules:
        volunteer = replace(volunteer, max_stops=None)
    return volunteer


def on_longer_duty(volunteer: Volunteer, *, before_s: int, after_s: int) -> Volunteer:
    """Return the volunteer with duty that begins earlier and ends later by so many seconds."""
    return replace(volunteer, duty=_hull(volunteer.duty, before_s, after_s))


def _wider(windows: tuple[Window, ...], wider_s: int | None) -> tuple[Window, ...]:
    return _ANY_TIME if wider_s is None else _hull(windows, wider_s, wider_s)


def _hull(windows: tuple[Window, ...], before_s: int, after_s: int) -> tuple[Window, ...]:
    wide = [(max(0, opens - before_s), closes + after_s) for opens, closes in windows]
    merged = [wide[0]]
    for opens, closes in wide[1:]:
        if opens <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return tuple(merged)
