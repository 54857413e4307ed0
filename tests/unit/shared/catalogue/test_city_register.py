"""The register of areas and communities: what is unknown is named with what looks like it."""

from pathlib import Path

import pytest

from shared.catalogue.city import City, CityError, UnknownPlace, load_city, read_city
from shared.kernel.places import Place

LONGCHANG = Path(__file__).parents[4] / "linli" / "rehearsal" / "data" / "longchang.toml"


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(LONGCHANG)


def a_table(**changes: object) -> dict[str, object]:
    area = {
        "code": "1",
        "name": "东街",
        "prefix": "DJ",
        "lon": 105.0,
        "lat": 29.0,
        "communities": [["11", "平安社区"], ["12", {"zh": "和平社区", "en": "Peace"}]],
    }
    other = area | {"code": "2", "name": "西街", "prefix": "XJ", "communities": [["21", "平安社区"]]}
    return {"code": "0", "name": {"zh": "小城", "en": "Small Town"}, "area": [area | changes, other]}


def a_small_city() -> City:
    return read_city(a_table(), where="here")


def test_the_shipped_city_is_the_one_of_the_newspaper_page(city: City) -> None:
    assert (city.name.zh, len(city.areas)) == ("隆昌市", 13)
    assert sum(len(area.communities) for area in city.areas) == 164


def test_an_area_is_found_by_code_and_by_name(city: City) -> None:
    area = city.area("511083001")
    assert area is city.area(" 古湖街道 ")
    assert (area.prefix, area.place) == ("GH", Place(lon=105.278, lat=29.346))


def test_a_community_is_found_by_code_and_by_name_and_knows_its_area(city: City) -> None:
    community = city.community("511083001011")
    assert community is city.community("观湖社区") is city.community("观湖社区", area="511083001")
    assert community.area == "511083001"


def test_a_misspelt_community_is_named_with_its_neighbours(city: City) -> None:
    with pytest.raises(UnknownPlace, match="511083001011 观湖社区") as unknown:
        city.community("观胡社区")
    assert unknown.value.kind == "community"


def test_a_misspelt_area_is_named_with_its_neighbours(city: City) -> None:
    with pytest.raises(UnknownPlace, match="511083001 古湖街道"):
        city.area("古湖街")


def test_a_community_of_another_area_is_refused_with_its_own(city: City) -> None:
    with pytest.raises(UnknownPlace, match="it lies in area 511083001"):
        city.community("511083001011", area="511083002")


def test_an_unknown_area_is_no_reason_to_search_everywhere(city: City) -> None:
    with pytest.raises(UnknownPlace, match="No area '5'"):
        city.community("观湖社区", area="5")


def test_a_name_of_two_areas_needs_the_area() -> None:
    with pytest.raises(UnknownPlace, match="several areas") as unknown:
        a_small_city().community("平安社区")
    assert unknown.value.near == ("11", "21")
    assert a_small_city().community("平安社区", area="2").code == "21"


def test_one_name_stands_for_both_languages_and_two_for_each() -> None:
    city = a_small_city()
    assert city.community("平安社区", area="1").name.en == "平安社区"
    assert city.community("Peace").code == "12"


@pytest.mark.parametrize(
    ("changes", "spot"),
    [
        ({"lon": 300.0}, "area.0.lon"),
        ({"lat": float("nan")}, "area.0.lat"),
        ({"prefix": "古湖"}, "area.0.prefix"),
        ({"communities": []}, "area.0.communities"),
        ({"communities": [["11"]]}, "area.0.communities.0"),
        ({"communities": [["a b", "平安社区"]]}, "area.0.communities.0"),
        ({"name": ""}, "area.0.name"),
        ({"code": "2"}, "code 2 twice"),
        ({"communities": [["21", "平安社区"]]}, "code 21 twice"),
    ],
)
def test_a_mistake_in_the_file_is_named(changes: dict[str, object], spot: str) -> None:
    with pytest.raises(CityError, match=spot):
        read_city(a_table(**changes), where="here")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"area = [", "not valid TOML"),
        (b"\xff\xfe", "not UTF-8"),
        (b"code = '1'", "cannot be used"),
        (None, "LINLI_CITY"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "city.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CityError, match=said):
        load_city(path)
