import math

import numpy as np
import pytest

from services.matcher.planning.travel import E_BIKE, WALK, Speed, great_circle_between, travel_between

LONGCHANG = (105.288, 29.339)
NEIJIANG = (105.058, 29.580)


def test_a_degree_of_latitude_is_as_long_as_the_meridian_says() -> None:
    # 6,371,008.8 m x pi / 180
    assert great_circle_between([(105.0, 29.0)], [(105.0, 30.0)])[0, 0] == pytest.approx(111_195.08, abs=0.01)


def test_a_known_distance_between_two_towns() -> None:
    places = [LONGCHANG, NEIJIANG]
    metres = great_circle_between(places, places)
    assert metres[0, 1] == pytest.approx(34_880, rel=0.01)
    assert metres[0, 1] == metres[1, 0]
    assert metres[0, 0] == 0


def test_walking_a_kilometre_takes_seventeen_minutes_and_a_bit() -> None:
    north = (LONGCHANG[0], LONGCHANG[1] + 1_000 / 111_195.08)
    travel = travel_between([LONGCHANG, north])
    walk, e_bike, car = (int(matrix[0, 1]) for matrix in travel.seconds)
    # Whole numbers are rounded up, and a kilometre of degrees is not exact: hence one more.
    assert walk in {1_040, 1_041}  # 1300 m at 4.5 km/h
    assert e_bike in {348 + 60, 349 + 60}  # 1450 m at 15 km/h, and a minute
    assert car in {216 + 60, 217 + 60}  # 1500 m at 25 km/h, and a minute
    assert int(travel.metres[0, 1]) in {1_300, 1_301}


def test_the_same_place_is_no_way_at_all() -> None:
    travel = travel_between([LONGCHANG, LONGCHANG], [E_BIKE])
    assert not travel.seconds[0].any()
    assert not travel.metres.any()


def test_no_detour_is_shorter_than_the_direct_way() -> None:
    places = [(105.28 + 0.001 * k * k % 0.07, 29.33 + 0.0013 * k * 7 % 0.05) for k in range(25)]
    for seconds in travel_between(places).seconds:
        for middle in range(len(places)):
            assert np.all(seconds <= seconds[:, middle, None] + seconds[None, middle, :])


def test_no_places_give_empty_matrices() -> None:
    assert travel_between([], [WALK]).places == 0


def test_swapped_coordinates_are_told() -> None:
    with pytest.raises(ValueError, match="swapped"):
        great_circle_between([LONGCHANG], [(29.339, 105.288)])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *(("detour", value) for value in (0.9, 20.1, math.nan, math.inf)),
        *(("km_h", value) for value in (0, 1e-300, 201, math.nan, math.inf)),
        *(("stop_s", value) for value in (-1, 3601, 3_000_000_000)),
    ],
)
def test_a_wrong_speed_is_told(name: str, wrong: float) -> None:
    with pytest.raises(ValueError, match=rf"Speed\.{name}"):
        Speed(**({"detour": 1, "km_h": 4} | {name: wrong}))  # type: ignore[arg-type]


def test_the_bounds_themselves_are_speeds() -> None:
    for detour, km_h, stop_s in ((1, 0.5, 0), (20, 200, 3600)):
        assert Speed(detour=detour, km_h=km_h, stop_s=stop_s).km_h == km_h
