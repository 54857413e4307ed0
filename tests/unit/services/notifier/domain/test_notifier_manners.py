"""Quiet hours in the community's own time zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.manners import Manners, whole_second

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHTS = Manners(quiet_from=time(21), quiet_until=time(7), timezone="Asia/Shanghai")
SIESTA = Manners(quiet_from=time(13), quiet_until=time(14), timezone="Asia/Shanghai")
NEVER = Manners(quiet_from=time(0), quiet_until=time(0), timezone="Asia/Shanghai")

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"), [(20, 59, False), (21, 0, True), (0, 0, True), (6, 59, True), (7, 0, False)]
)
def test_the_night_is_closed_at_its_begin_and_open_at_its_end(hour: int, minute: int, quiet: bool) -> None:  # noqa: FBT001
    assert NIGHTS.quiet(datetime(2026, 5, 12, hour, minute, tzinfo=SHANGHAI)) is quiet


def test_quiet_hours_may_lie_within_a_day() -> None:
    assert SIESTA.awake(datetime(2026, 5, 12, 13, 20, tzinfo=SHANGHAI)) == datetime(2026, 5, 12, 14, tzinfo=SHANGHAI)


@given(MOMENTS)
def test_equal_ends_mean_no_quiet_hours(moment: datetime) -> None:
    assert not NEVER.quiet(moment)


@given(MOMENTS, st.sampled_from([NIGHTS, SIESTA, NEVER]))
def test_the_next_waking_moment_is_soon_and_never_quiet(moment: datetime, manners: Manners) -> None:
    awake = manners.awake(moment)
    assert not manners.quiet(awake)
    assert timedelta(0) <= awake - moment <= timedelta(hours=10)


@given(MOMENTS)
def test_rounding_to_seconds_never_goes_back(moment: datetime) -> None:
    assert timedelta(0) <= whole_second(moment) - moment < timedelta(seconds=1)
    assert whole_second(moment).microsecond == 0
