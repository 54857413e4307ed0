"""Kill -9 of the embedded process in the middle of the day loses nothing and doubles nothing."""

import asyncio
import os
from pathlib import Path
from random import Random

import pytest

from linli.upkeep import differences_in
from tests.town.kills import REQUESTS_OF_A_SMALL_DAY, Killer, embedded_process, play_under_kills
from tests.town.small_day import broken, outcomes, small_city

KILLS = int(os.environ.get("LINLI_TEST_KILLS", "3"))
pytestmark = [pytest.mark.connected, pytest.mark.timeout(180 + 60 * KILLS)]  # real processes, and minutes long


async def test_kill_9_at_random_moments_breaks_no_guarantee(tmp_path: Path) -> None:
    city, dice = small_city(), Random(KILLS)
    process, urls = embedded_process(city, tmp_path)
    await asyncio.to_thread(process.start)
    try:
        moments = dice.sample(range(100, REQUESTS_OF_A_SMALL_DAY), KILLS)
        killer = Killer(dict.fromkeys(moments, process), dice)
        played = await play_under_kills(city, urls, killer)
    finally:
        await asyncio.to_thread(process.stop)
    assert len(killer.killed) == KILLS
    assert broken(played) == []
    assert sum(outcomes(played).values()) == len(city.needs)
    _, differences = await differences_in(tmp_path / "data")
    assert differences == []
