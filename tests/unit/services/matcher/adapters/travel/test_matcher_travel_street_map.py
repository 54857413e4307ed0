import os
from pathlib import Path

import numpy as np
import pytest

from services.matcher.adapters.travel.map_file import read_roads
from services.matcher.adapters.travel.street_map import OffTheMap, StreetMap
from services.matcher.application.travel_book import MODES
from services.matcher.planning.travel import Point, factor_table
from tests.architecture.repository import ROOT
from tests.street_grid import BLOCK_M, corner, write_grid

WALK_M_S = 1.25
SHANGHAI = Path(os.environ.get("LINLI_TEST_DATA", ROOT.parent / "shared" / "data")) / "shanghai/shanghai_center.osm.pbf"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> StreetMap:
    return StreetMap(read_roads(write_grid(tmp_path_factory.mktemp("town") / "grid.osm.pbf")))


def seconds(town: StreetMap, mode: str, origin: Point, destination: Point) -> float:
    return float(town.table([origin], [destination]).seconds[MODES[mode]][0, 0])


def test_one_goes_around_blocks(town: StreetMap) -> None:
    way = town.table([corner(1, 1)], [corner(4, 5)])
    assert way.metres[0, 0] == pytest.approx(7 * BLOCK_M, rel=0.002)
    assert way.seconds[MODES["walk"]][0, 0] == pytest.approx(7 * BLOCK_M / WALK_M_S, rel=0.002)


def test_wheels_keep_to_one_way_streets_and_feet_do_not(town: StreetMap) -> None:
    west, east = corner(2, 0), corner(5, 0)
    around = 5 / 3  # a block north, three west, a block south
    for mode in ("e_bike", "car"):
        ahead, back = seconds(town, mode, west, east), seconds(town, mode, east, west)
        assert back / ahead == pytest.approx(around, rel=0.01)
    assert seconds(town, "walk", east, west) == pytest.approx(seconds(town, "walk", west, east))


def test_what_lies_beside_the_street_is_walked(town: StreetMap) -> None:
    crossing, beside = corner(1, 1), corner(1.25, 1.25)
    walked = BLOCK_M / 4 / WALK_M_S
    found = seconds(town, "car", beside, corner(9, 9)) - seconds(town, "car", crossing, corner(9, 9))
    assert walked - 20 < found < walked * 2


def test_the_nearest_street_that_is_joined_to_the_others_counts(town: StreetMap) -> None:
    """Beside the island there is a street, but nobody gets away from it."""
    with pytest.raises(OffTheMap, match="for walk"):
        town.table([corner(30, 1)], [corner(1, 1)])


def test_the_search_from_either_side_finds_the_same(town: StreetMap) -> None:
    places = [corner(number, number * 0.7) for number in range(8)]
    whole = town.table(places, places)
    for index, place in enumerate(places):
        column = town.table(places, [place])
        np.testing.assert_allclose(column.seconds[1][:, 0], whole.seconds[1][:, index])


@pytest.mark.skipif(not SHANGHAI.exists(), reason=f"no map at {SHANGHAI}; name its folder with LINLI_TEST_DATA")
def test_a_real_city_is_read_and_ways_are_as_long_as_ways_are() -> None:
    town = StreetMap(read_roads(SHANGHAI))
    places = [(121.46 + 0.008 * (number % 4), 31.22 + 0.007 * (number // 4)) for number in range(16)]
    on_streets, by_factors = town.table(places, places), factor_table(places, places)
    far = by_factors.metres > 800
    for mode in MODES.values():
        assert np.isfinite(on_streets.seconds[mode]).all()
        ratio = on_streets.seconds[mode][far] / by_factors.seconds[mode][far]
        assert 0.6 < np.median(ratio) < 1.4  # the factor model is a fair guess, and only that
