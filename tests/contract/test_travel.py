"""What every source of travel times promises: a street map, a server that answers like OSRM."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import numpy as np
import pytest

from services.matcher.adapters.travel.osrm import OsrmServer
from services.matcher.adapters.travel.streets import Streets
from services.matcher.application.ports import NoWays, TravelSource
from services.matcher.application.surveying import survey
from services.matcher.application.travel_book import MODES
from services.matcher.planning.travel import SPEEDS, great_circle_between
from tests.osrm_like import osrm_like
from tests.street_grid import corner, write_grid

PROFILES = {"walk": "foot", "e_bike": "bike", "car": "car"}
# Beside the streets, as cells are; more than a server answers for at once.
PLACES = [corner(0.1 + number % 9, 0.3 + number // 9 * 1.2) for number in range(70)]


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Streets]:
    """One map for all tests here: its process takes a second to start, and keeps nothing of a question."""
    folder = tmp_path_factory.mktemp("streets")
    source = Streets(write_grid(folder / "grid.osm.pbf"), folder / "kept")
    yield source
    asyncio.run(source.close())


@pytest.fixture(params=["streets", "osrm"])
async def source(request: pytest.FixtureRequest) -> AsyncIterator[TravelSource]:
    if request.param == "streets":
        yield request.getfixturevalue("streets")
        return
    with osrm_like() as url:
        server = OsrmServer(url, PROFILES)
        try:
            yield server
        finally:
            await server.close()


async def test_there_is_a_way_from_everywhere_to_everywhere_and_none_to_where_one_is(source: TravelSource) -> None:
    table = await source.table(PLACES, PLACES)
    for ways in (*table.seconds, table.metres):
        assert ways.shape == (len(PLACES), len(PLACES))
        assert np.isfinite(ways).all()
        assert not ways.diagonal().any()
        assert (ways[~np.eye(len(PLACES), dtype=bool)] > 0).all()


async def test_a_part_of_a_table_is_a_table_of_the_part(source: TravelSource) -> None:
    whole = await source.table(PLACES[:9], PLACES[:9])
    for origins, destinations in ((slice(0, 2), slice(0, 9)), (slice(0, 9), slice(3, 5))):
        part = await source.table(PLACES[origins], PLACES[destinations])
        for ways, all_ways in zip((*part.seconds, part.metres), (*whole.seconds, whole.metres), strict=True):
            np.testing.assert_allclose(ways, all_ways[origins, destinations], atol=0.11)


async def test_from_nowhere_there_are_no_ways(source: TravelSource) -> None:
    assert (await source.table([], PLACES)).metres.shape == (0, len(PLACES))


async def test_wheels_are_faster_than_feet_and_no_way_is_shorter_than_the_great_circle(source: TravelSource) -> None:
    far = [PLACES[0], PLACES[-1]]
    table = await source.table(far, far)
    walk, e_bike, car = (table.seconds[MODES[mode]][0, 1] for mode in ("walk", "e_bike", "car"))
    assert walk > e_bike > car
    assert table.metres[0, 1] >= great_circle_between(far, far)[0, 1]


async def test_no_detour_is_shorter_than_the_direct_way(source: TravelSource) -> None:
    """Insertion relies on it; a second is rounding."""
    page = await survey(source, None, PLACES[:12], SPEEDS)
    for ways in page.travel.seconds:
        over = ways[:, :, None] + ways[None, :, :]
        assert (ways[:, None, :] <= over + 1).all()


async def test_a_page_that_grew_is_the_page_surveyed_at_once(source: TravelSource) -> None:
    grown = await survey(source, await survey(source, None, PLACES[:5], SPEEDS), PLACES[:9], SPEEDS)
    once = await survey(source, None, PLACES[:9], SPEEDS)
    assert grown.index == once.index
    for ways, others in zip(grown.travel.seconds, once.travel.seconds, strict=True):
        np.testing.assert_allclose(ways, others, atol=1)


async def test_a_map_says_which_place_it_does_not_know(source: TravelSource) -> None:
    nowhere = (105.9, 29.9)
    for ways in (([PLACES[0]], [nowhere]), ([nowhere], [PLACES[0]])):
        with pytest.raises(NoWays, match=r"105\.900, 29\.900") as refused:
            await source.table(*ways)
        assert refused.value.place == nowhere
