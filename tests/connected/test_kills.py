"""Kill -9 of each process of a distributed town in the middle of the day loses nothing and doubles nothing."""

import os
from pathlib import Path
from random import Random

import pytest

from tests.connected.day import REQUESTS_OF_A_DAY, STEP, distributed
from tests.town.kills import Killer, play_under_kills
from tests.town.small_day import broken, outcomes, small_city

ROUNDS = int(os.environ.get("LINLI_TEST_KILL_ROUNDS", "1"))  # how often each process is killed

pytestmark = [pytest.mark.connected, pytest.mark.timeout(900 + 300 * ROUNDS)]


async def test_kill_9_of_each_process_breaks_no_guarantee(tmp_path: Path) -> None:
    city, dice = small_city(), Random(ROUNDS)
    with distributed(city, tmp_path) as town:
        victims = [*town.processes.values()] * ROUNDS
        dice.shuffle(victims)
        moments = dice.sample(range(100, REQUESTS_OF_A_DAY), len(victims))
        killer = Killer(dict(zip(moments, victims, strict=True)), dice)
        played = await play_under_kills(city, town.urls, killer, STEP)
        compared, differences = await town.differences()
    assert sorted(killer.killed) == sorted(victim.name for victim in victims)
    assert broken(played) == []
    assert sum(outcomes(played).values()) == len(city.needs)
    assert differences == []
    assert compared > 100  # needs, volunteers, a board, conversations
