import pytest

from services.matcher.adapters.travel.ways import paces

BOTH, ALONG, AGAINST, NONE = (True, True), (True, False), (False, True), (False, False)


@pytest.mark.parametrize(
    ("tags", "walk", "e_bike", "car"),
    [
        ({"highway": "residential"}, BOTH, BOTH, BOTH),
        ({"highway": "residential", "oneway": "yes"}, BOTH, ALONG, ALONG),
        ({"highway": "residential", "oneway": "-1"}, BOTH, AGAINST, AGAINST),
        ({"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}, BOTH, BOTH, ALONG),
        ({"highway": "tertiary", "junction": "roundabout"}, BOTH, ALONG, ALONG),
        ({"highway": "motorway"}, NONE, NONE, ALONG),
        ({"highway": "motorway", "oneway": "no"}, NONE, NONE, BOTH),
        ({"highway": "trunk", "motorroad": "yes"}, NONE, NONE, BOTH),
        ({"highway": "primary", "bicycle": "no", "foot": "no"}, NONE, NONE, BOTH),
        ({"highway": "footway"}, BOTH, NONE, NONE),
        ({"highway": "footway", "bicycle": "designated"}, BOTH, BOTH, NONE),
        ({"highway": "steps", "bicycle": "yes"}, BOTH, NONE, NONE),
        ({"highway": "cycleway"}, BOTH, BOTH, NONE),
        ({"highway": "service", "access": "private"}, NONE, NONE, NONE),
        ({"highway": "service", "access": "private", "foot": "yes"}, BOTH, NONE, NONE),
        ({"highway": "unclassified", "motor_vehicle": "no"}, BOTH, BOTH, NONE),
        ({"highway": "pedestrian", "area": "yes"}, NONE, NONE, NONE),
        ({"highway": "construction"}, NONE, NONE, NONE),
        ({"building": "yes"}, NONE, NONE, NONE),
    ],
)
def test_who_may_pass_a_way(
    tags: dict[str, str], walk: tuple[bool, bool], e_bike: tuple[bool, bool], car: tuple[bool, bool]
) -> None:
    assert [(pace.along > 0, pace.against > 0) for pace in paces(tags)] == [walk, e_bike, car]


def test_a_car_keeps_to_a_lower_sign_and_not_to_a_higher_one() -> None:
    assert paces({"highway": "primary", "maxspeed": "20"})[2].along == 20
    assert paces({"highway": "residential", "maxspeed": "60"})[2].along == paces({"highway": "residential"})[2].along


@pytest.mark.parametrize("sign", ["walk", "0", "3²", ""])
def test_a_sign_that_is_no_number_says_nothing(sign: str) -> None:
    assert paces({"highway": "residential", "maxspeed": sign}) == paces({"highway": "residential"})
