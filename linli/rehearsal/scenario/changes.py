"""Lets a few residents change their minds, because a plan that is never disturbed proves little."""

import datetime as dt

from linli.rehearsal.scenario.chance import chance, dice
from linli.rehearsal.scenario.city import Change, Need
from linli.rehearsal.scenario.hours import at, minutes
from shared.kernel.moments import TimeWindow

WITHDRAWN = 0.03
AMENDED = 0.03
LATER_MIN = 60
BEDTIME = "21:00"
LUNCH_CHANGES = ("07:00", "09:45")  # before the first kitchen counts its pots

FIRM = ("patrol.round", "reading.shift")  # shifts of the rota are changed by their people, not by residents


def changes(seed: int, on: dt.date, needs: tuple[Need, ...]) -> tuple[Change, ...]:
    """Return what residents take back or move, by time."""
    made = [change for need in needs if (change := _change(seed, on, need))]
    return tuple(sorted(made, key=lambda change: (change.at, change.need)))


def _change(seed: int, on: dt.date, need: Need) -> Change | None:
    draw = chance(seed, "change", need.number)
    if need.service in FIRM or draw >= WITHDRAWN + AMENDED:
        return None
    moment = _moment(seed, on, need)
    if draw < WITHDRAWN:
        return Change(need=need.number, at=moment, kind="withdrawn", note="家人已帮忙,不需要了")
    if need.service == "meal.lunch":
        return Change(need=need.number, at=moment, kind="amended", portions=need.portions + 1, note="加一份")
    later = TimeWindow(opens=need.window.opens + minutes(LATER_MIN), closes=need.window.closes + minutes(LATER_MIN))
    return Change(need=need.number, at=moment, kind="amended", window=later, note="请晚一小时来")


def _moment(seed: int, on: dt.date, need: Need) -> dt.datetime:
    """Return a whole minute after reporting and before half of the window is over, on the day itself."""
    earliest = max(need.reported_at + minutes(5), at(on, LUNCH_CHANGES[0]))
    latest = min(need.window.opens + (need.window.closes - need.window.opens) / 2, at(on, BEDTIME))
    if need.service == "meal.lunch":
        latest = at(on, LUNCH_CHANGES[1])
    span = max((latest - earliest) // minutes(1), 1)
    return earliest + minutes(dice(seed, "moment", need.number).randrange(span))
