"""What somebody asks for becomes a request by the catalogue row: its window policy, its load, its words."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.intake.application.ask import Asked, Prepared, Wanted, World, diet_of, load_for, prepare, spoken
from services.intake.application.resident import Resident, masked, plain_number
from shared.catalogue.city import City, read_city
from shared.catalogue.load import load_catalogue
from shared.kernel.places import Place
from shared.kernel.refusals import Refusal

SHANGHAI = ZoneInfo("Asia/Shanghai")
CATALOGUE = load_catalogue()


def a_city() -> City:
    area = {"code": "1", "name": "东街", "prefix": "DJ", "lon": 105.12345, "lat": 29.0}
    return read_city(
        {"code": "0", "name": "小城", "area": [area | {"communities": [["11", "平安社区"]]}]}, where="here"
    )


WORLD = World(catalogue=CATALOGUE, city=a_city(), timezone=SHANGHAI)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-05-{text}").replace(tzinfo=SHANGHAI)


MORNING = at("12T09:00")


def prepared(service: str, *, now: datetime = MORNING, wanted: Wanted | None = None, **changes: Any) -> Prepared:
    asked = Asked(
        need="need-1",
        area=None,
        community="平安社区",
        service=service,
        channel="online",
        resident=Resident(area="", community="", name="王秀英"),
        wanted=wanted or Wanted(),
    )
    return prepare(replace(asked, **changes), WORLD, now)


def window(service: str, *, now: datetime = MORNING, **wanted: Any) -> tuple[datetime, datetime]:
    """Give when the work may begin and by when it must end."""
    request = prepared(service, now=now, wanted=Wanted(**wanted)).request
    return request.opens, request.closes + timedelta(seconds=request.duration_s)


def test_as_soon_as_possible_is_from_now_for_the_row_s_length() -> None:
    assert window("repair.light") == (MORNING, MORNING + timedelta(minutes=240))


def test_a_chosen_window_is_as_long_as_the_row_says_unless_its_end_is_given() -> None:
    assert window("care.haircut", opens=at("12T14:00")) == (at("12T14:00"), at("12T17:00"))
    assert window("care.haircut", opens=at("12T14:00"), closes=at("12T15:00")) == (at("12T14:00"), at("12T15:00"))


def test_a_chosen_window_has_to_be_chosen() -> None:
    with pytest.raises(Refusal, match=r"need\.window_missing"):
        prepared("care.haircut")


def test_a_shift_begins_when_it_was_announced() -> None:
    request = prepared("patrol.round", wanted=Wanted(opens=at("12T22:00"), closes=at("13T06:00"))).request
    assert request.opens == request.closes == at("12T22:00")
    assert (request.duration_s, request.people, request.standing) == (8 * 3600, 2, True)


@pytest.mark.parametrize(
    ("service", "now", "meal"),
    [
        ("meal.lunch", "12T09:00", ("12T11:00", "12T13:00")),
        ("meal.lunch", "12T12:00", ("12T12:00", "12T13:00")),
        ("meal.lunch", "12T12:58", ("13T11:00", "13T13:00")),
        ("meal.dinner", "12T09:00", ("12T17:00", "12T19:00")),
    ],
)
def test_a_meal_comes_at_the_next_mealtime_of_the_city(service: str, now: str, meal: tuple[str, str]) -> None:
    assert window(service, now=at(now)) == (at(meal[0]), at(meal[1]))


def test_a_need_says_where_only_coarsely_and_the_area_stands_in_for_a_place_that_is_not_known() -> None:
    home = Resident(area="", community="", name="王", place=Place(lon=105.27816, lat=29.34625))
    assert prepared("repair.light", resident=home).request.cell.lon == 105.278
    assert prepared("repair.light").request.cell.lon == 105.123


def test_a_parcel_says_where_it_is_fetched() -> None:
    request = prepared("errand.parcel", wanted=Wanted(pickup=Place(lon=105.00049, lat=29.0))).request
    assert request.pickup is not None
    assert request.pickup.lon == 105.0


def test_the_number_begins_with_the_area_s_letters_unless_the_office_has_its_own() -> None:
    assert prepared("repair.light").request.number.startswith("DJ-")
    assert prepared("repair.light", number="0042").request.number == "0042"
    assert prepared("repair.light").request.number == prepared("repair.light").request.number


@pytest.mark.parametrize("service", CATALOGUE.codes())
def test_every_row_of_the_catalogue_can_be_asked_for(service: str) -> None:
    row = CATALOGUE.service(service)
    opens = at("12T14:00")
    request = prepared(service, wanted=Wanted(opens=opens, closes=opens + timedelta(minutes=row.window_min))).request
    assert (request.service, request.skills, request.credentials) == (service, row.skills, row.credentials)
    assert request.opens <= request.closes
    assert prepared(service, wanted=Wanted(opens=opens)).review == (row.review == "review")


def test_the_load_grows_with_the_portions() -> None:
    assert load_for(CATALOGUE.service("meal.lunch"), 3) == (3, 2400)
    for portions in (0, 51):
        with pytest.raises(Refusal, match=r"need\.portions"):
            load_for(CATALOGUE.service("meal.lunch"), portions)


def test_who_eats_everything_wants_nothing_special() -> None:
    assert diet_of(("普通", "软食 ", "无", "")) == {"软食"}


@pytest.mark.parametrize(
    ("language", "notices"), [("zh", "zh"), ("zh-x-sichuan", "zh"), ("csl", "zh"), ("en-GB", "en"), ("EN", "en")]
)
def test_dialects_and_sign_language_are_written_as_chinese(language: str, notices: str) -> None:
    assert spoken(language) == notices


@pytest.mark.parametrize("written", ["19900000001", "199 0000 0001", "+86 199-0000-0001", "008619900000001"])
def test_a_phone_is_one_however_it_is_written(written: str) -> None:
    assert plain_number(written) == "19900000001"


def test_what_looks_like_a_number_of_a_person_does_not_travel_in_a_reason() -> None:
    assert masked("请打 199 0000 0001，3 号楼 501") == "请打 ***，3 号楼 501"
