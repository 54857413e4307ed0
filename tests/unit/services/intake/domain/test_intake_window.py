"""When a need may begin, so that it ends within the window that people asked for."""

from datetime import datetime, timedelta, timezone

import pytest

from services.intake.domain.window import FURTHEST_AHEAD, LONGEST, to_begin
from shared.kernel.moments import TimeWindow
from shared.kernel.refusals import Refusal
from tests.unit.services.intake.givens import AN_HOUR, NOON

HALF_AN_HOUR = timedelta(minutes=30)


def begins(opens: datetime, closes: datetime, *, fixed: bool = False) -> TimeWindow:
    return to_begin(TimeWindow(opens=opens, closes=closes), duration=HALF_AN_HOUR, fixed=fixed, at=NOON)


def refused(opens: datetime, closes: datetime, *, fixed: bool = False) -> str:
    with pytest.raises(Refusal) as no:
        begins(opens, closes, fixed=fixed)
    return no.value.code


def test_work_ends_within_the_window_that_was_asked_for() -> None:
    window = begins(NOON + AN_HOUR, NOON + 3 * AN_HOUR)
    assert (window.opens, window.closes) == (NOON + AN_HOUR, NOON + 2.5 * AN_HOUR)


def test_a_window_that_is_open_already_begins_now() -> None:
    assert begins(NOON - AN_HOUR, NOON + AN_HOUR).opens == NOON


def test_a_window_shorter_than_the_work_begins_when_it_opens() -> None:
    window = begins(NOON + AN_HOUR, NOON + AN_HOUR + timedelta(minutes=10))
    assert window.opens == window.closes == NOON + AN_HOUR


def test_an_announced_hour_is_the_only_moment_to_begin() -> None:
    window = begins(NOON + AN_HOUR, NOON + 3 * AN_HOUR, fixed=True)
    assert window.opens == window.closes == NOON + AN_HOUR


def test_windows_are_kept_in_utc() -> None:
    there = timezone(timedelta(hours=8))
    window = begins((NOON + AN_HOUR).astimezone(there), (NOON + 3 * AN_HOUR).astimezone(there))
    assert str(window.opens.tzinfo) == "UTC"


@pytest.mark.parametrize(
    ("opens", "closes", "code"),
    [
        (NOON - 3 * AN_HOUR, NOON - AN_HOUR, "need.window_past"),
        (NOON - AN_HOUR, NOON, "need.window_past"),
        (NOON - AN_HOUR, NOON + timedelta(minutes=20), "need.window_past"),
        (NOON + FURTHEST_AHEAD + AN_HOUR, NOON + FURTHEST_AHEAD + 2 * AN_HOUR, "need.window_too_far"),
        (NOON, NOON + LONGEST + AN_HOUR, "need.window_too_long"),
        (datetime.max.replace(tzinfo=NOON.tzinfo), datetime.max.replace(tzinfo=NOON.tzinfo), "need.window_too_far"),
        (datetime.min.replace(tzinfo=NOON.tzinfo), NOON + AN_HOUR, "need.window_too_long"),
    ],
)
def test_a_window_that_cannot_be_kept_is_refused(opens: datetime, closes: datetime, code: str) -> None:
    assert refused(opens, closes) == code


def test_an_announced_hour_that_has_passed_is_refused() -> None:
    assert refused(NOON - AN_HOUR, NOON + AN_HOUR, fixed=True) == "need.window_past"


def test_announced_hours_that_are_too_short_are_refused() -> None:
    assert refused(NOON + AN_HOUR, NOON + AN_HOUR + timedelta(minutes=10), fixed=True) == "need.window_too_short"
