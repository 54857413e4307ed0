"""Duty between two moments is added up as if every window were looked at."""

import random

import pytest

from services.matcher.planning.rota.duty_time import DutyTime


@pytest.mark.parametrize("seed", range(20))
def test_duty_between_two_moments_is_the_sum_of_all_windows_there(seed: int) -> None:
    chance = random.Random(seed)
    windows = [(start, start + chance.randrange(1, 9)) for start in chance.choices(range(-20, 20), k=seed)]
    time = DutyTime(windows)
    for _ in range(50):
        begin, end = sorted(chance.choices(range(-25, 30), k=2))
        assert time.between(begin, end) == sum(max(0, min(b, end) - max(a, begin)) for a, b in windows)
