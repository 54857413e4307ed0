"""When a need may be served: people say a span in which the work is done, facts say when it may begin."""

from datetime import UTC, datetime, timedelta
from typing import Final

from shared.contracts.needs import Request
from shared.kernel.moments import TimeWindow
from shared.kernel.refusals import Refusal

LONGEST: Final = timedelta(days=14)
FURTHEST_AHEAD: Final = timedelta(days=92)
AGAIN_AT_LEAST: Final = timedelta(hours=2)
"""Whoever serves a reopened need must be found and must travel, whatever the first window was."""


def to_begin(asked: TimeWindow, *, duration: timedelta, fixed: bool, at: datetime) -> TimeWindow:
    """Give the window in which the work may begin, so that it ends within the asked one.

    Raises
    ------
    Refusal
        `need.window_past`, `need.window_too_far`, `need.window_too_long` or `need.window_too_short`.
    """
    if asked.closes <= at:
        raise _past("这个时间已经过去，请重新选择。", "This time has passed; choose a later one.")
    if asked.opens - at > FURTHEST_AHEAD:
        days = FURTHEST_AHEAD.days
        zh, en = f"最多只能提前 {days} 天登记。", f"A need can be asked for at most {days} days ahead; ask again later."
        raise Refusal("need.window_too_far", zh, en)
    if asked.closes - asked.opens > LONGEST:
        days = LONGEST.days
        zh, en = f"时间段不能超过 {days} 天，请缩短。", f"A window is at most {days} days long; choose a shorter one."
        raise Refusal("need.window_too_long", zh, en)
    if fixed:
        return _at_its_hour(asked, duration=duration, at=at)
    latest = max(asked.closes - duration, asked.opens)
    if latest < at:
        raise _past(
            "剩下的时间不够完成服务，请延后结束时间。", "What is left is too short for the work; choose a later end."
        )
    return TimeWindow(opens=max(asked.opens, at).astimezone(UTC), closes=latest.astimezone(UTC))


def _at_its_hour(asked: TimeWindow, *, duration: timedelta, at: datetime) -> TimeWindow:
    """Several people meet, or a door opens: it begins when it was announced to begin."""
    if asked.opens < at:
        raise _past("开始时间已过，请公布新的时间。", "It should have begun already; announce a new time.")
    if asked.closes - asked.opens < duration:
        minutes = int(duration.total_seconds() // 60)
        zh, en = f"该服务需要 {minutes} 分钟，时间段太短。", f"This takes {minutes} minutes; choose a longer window."
        raise Refusal("need.window_too_short", zh, en)
    begins = asked.opens.astimezone(UTC)
    return TimeWindow(opens=begins, closes=begins)


def from_now_on(request: Request, at: datetime) -> Request:
    """Ask for the same again, as soon as possible, in a window in which somebody can still be found."""
    span = max(request.closes - request.opens, AGAIN_AT_LEAST)
    return request.model_copy(update={"opens": at, "closes": at + span})


def _past(zh: str, en: str) -> Refusal:
    return Refusal("need.window_past", zh, en)
