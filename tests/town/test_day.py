"""One small day from need to confirmation, all services in this process."""

from pathlib import Path

from linli.upkeep import differences_in
from tests.town.small_day import broken, outcomes, play_embedded, small_city


async def test_every_need_ends_where_a_need_may_end_and_replay_agrees(tmp_path: Path) -> None:
    city = small_city()
    played = await play_embedded(city, tmp_path)
    assert broken(played) == []
    assert list(played.mishaps) == []
    assert sum(outcomes(played).values()) == len(city.needs)
    confirmed = sum(count for (_, outcome), count in outcomes(played).items() if outcome == "confirmed")
    assert confirmed > 0.8 * len(city.needs)  # trouble is rare enough that most people are helped

    compared, differences = await differences_in(tmp_path)
    assert compared > 100  # needs, volunteers, a board, conversations
    assert differences == []


async def test_the_same_day_twice_has_the_same_outcomes(tmp_path: Path) -> None:
    first = await play_embedded(small_city(), tmp_path / "first")
    second = await play_embedded(small_city(), tmp_path / "second")
    assert outcomes(first) == outcomes(second)
    assert first.facts == second.facts
