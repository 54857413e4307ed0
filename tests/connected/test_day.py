"""The same small day, distributed and embedded: each need ends the same way, and each fact is where it belongs."""

from pathlib import Path

import pytest

from tests.connected.day import STEP, distributed
from tests.town.small_day import broken, outcomes, play_embedded, play_over_http, small_city

pytestmark = [pytest.mark.connected, pytest.mark.timeout(900)]


async def test_a_day_distributed_ends_as_it_does_embedded(tmp_path: Path) -> None:
    city = small_city()
    with distributed(city, tmp_path / "town") as town:
        played = await play_over_http(city, town.urls, STEP)
        compared, differences = await town.differences()
    assert broken(played) == []
    assert list(played.mishaps) == []
    assert differences == []
    assert compared > 100  # needs, volunteers, a board, conversations
    embedded = await play_embedded(city, tmp_path / "embedded", STEP)
    assert outcomes(played) == outcomes(embedded)
