"""One small day from need to confirmation, all services in this process."""

from pathlib import Path

from linli.upkeep import differences_in
from tests.town.small_day import broken, outcomes, play_embedded, small_city, tiny_city


async def test_a_day_ends_well_and_agrees_with_its_replay(tmp_path: Path) -> None:
    """One test, because playing the day takes its seconds."""
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


async def test_a_day_comes_out_the_same_again(tmp_path: Path) -> None:
    """That the small city's day does is held by `tests/connected`, where it is played embedded and distributed."""
    first, again = [await play_embedded(tiny_city(), tmp_path / name) for name in ("first", "again")]
    assert outcomes(again) == outcomes(first)
    assert again.facts == first.facts
