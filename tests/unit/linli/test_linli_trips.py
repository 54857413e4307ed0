"""Trips are read out of facts as a board says them; here each story is a few facts of one volunteer."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from linli.trips import Trip, trips_in
from shared.contracts import dispatch as said
from shared.contracts.fact import Fact, FactData
from shared.contracts.places import Cell
from shared.contracts.volunteers import Profile
from tests.unit.services.matcher.play import a_meal, a_request, at, cell

AREA = "511083001"
HOME, FIRST, SECOND, KITCHEN = cell(0), cell(500), cell(1500), cell(900, 900)


def facts(*data: FactData) -> Iterator[Fact]:
    for number, one in enumerate(data):
        yield Fact(
            id=f"f{number}",
            type=one.TYPE,
            source="matcher",
            subject=AREA,
            time=at("08:00"),
            partitionkey=AREA,
            sequence=number + 1,
            correlationid="c",
            data=one,
        )


def stop(need: str, where: Cell, starts: datetime, *, travel_s: int = 300) -> said.Stop:
    return said.Stop(
        need=need,
        action="visit",
        cell=where,
        arrives_at=starts,
        starts_at=starts,
        leaves_at=starts + timedelta(minutes=30),
        travel_s=travel_s,
        distance_m=1000,
    )


def visit(need: str, begins: datetime, ends: datetime) -> tuple[FactData, FactData]:
    who: dict[str, Any] = {"need": need, "slot": 0, "volunteer": "v1"}
    return said.VisitStarted(**who, at=begins), said.VisitCompleted(**who, complete=True, at=ends)


def plan(*stops: said.Stop) -> said.RoutePlanned:
    return said.RoutePlanned(volunteer="v1", stops=stops, engine="test")


BEGINNING: tuple[FactData, ...] = (
    said.VolunteerPosted(volunteer="v1", profile=Profile(home=HOME, travel="e_bike"), windows=()),
    said.NeedAdmitted(need="n1", request=a_request(cell=FIRST)),
    said.NeedAdmitted(need="n2", request=a_request(cell=SECOND)),
)
FIRST_VISIT = visit("n1", at("09:00"), at("09:30"))


def read(*data: FactData) -> list[Trip]:
    return list(trips_in(facts(*BEGINNING, *data)))


def test_who_goes_on_at_once_makes_a_trip() -> None:
    second = visit("n2", at("09:37"), at("10:00"))
    assert read(*FIRST_VISIT, plan(stop("n2", SECOND, at("09:35"))), *second) == [
        Trip(area=AREA, mode="e_bike", origin=FIRST, destination=SECOND, seconds=420)
    ]


def test_a_plan_with_time_to_wait_makes_none() -> None:
    second = visit("n2", at("10:00"), at("10:30"))
    assert read(*FIRST_VISIT, plan(stop("n2", SECOND, at("10:00"))), *second) == []


def test_twenty_seconds_of_handing_over_are_no_part_of_a_way() -> None:
    second = visit("n2", at("09:35") + timedelta(seconds=20), at("10:00"))
    assert read(*FIRST_VISIT, plan(stop("n2", SECOND, at("09:35") + timedelta(seconds=20))), *second) == []


def test_slow_trips_are_not_preferred_to_fast_ones() -> None:
    for arrives, seconds in (("09:32", 120), ("09:55", 1500)):
        second = visit("n2", at(arrives), at("10:30"))
        assert [one.seconds for one in read(*FIRST_VISIT, plan(stop("n2", SECOND, at("09:35"))), *second)] == [seconds]


def test_the_way_from_home_makes_none_because_nobody_says_when_it_begins() -> None:
    assert read(plan(stop("n1", FIRST, at("09:00"))), *FIRST_VISIT) == []


def test_who_reports_all_in_one_breath_makes_none() -> None:
    second = visit("n2", at("09:50"), at("09:50"))
    assert read(*FIRST_VISIT, plan(stop("n2", SECOND, at("09:35"))), *second) == []


def test_a_way_within_one_cell_makes_none() -> None:
    request = said.NeedAdmitted(need="n2", request=a_request(cell=FIRST))
    second = visit("n2", at("09:33"), at("10:00"))
    assert read(request, *FIRST_VISIT, plan(stop("n2", FIRST, at("09:31"), travel_s=0)), *second) == []


def test_a_meal_s_way_begins_at_its_kitchen() -> None:
    kitchen = said.CanteenOpened(canteen="C-01", name_zh="食堂", name_en="canteen", cell=KITCHEN, batches=())
    meal = said.NeedAdmitted(need="n3", request=a_meal(cell=SECOND), canteen="C-01", batch="b")
    picked = said.GoodsPickedUp(need="n3", slot=0, volunteer="v1", canteen="C-01", at=at("11:00"))
    door = visit("n3", at("11:06"), at("11:09"))
    taken = stop("n3", KITCHEN, at("11:00")).model_copy(update={"action": "pickup"})
    (trip,) = read(kitchen, meal, plan(taken, stop("n3", SECOND, at("11:05"))), picked, *door)
    assert (trip.origin, trip.seconds) == (KITCHEN, 360)
    assert read(kitchen, meal, plan(taken, stop("n3", SECOND, at("11:20"))), picked, *door) == []


def test_what_failed_at_the_door_ends_a_trip_and_begins_the_next() -> None:
    request = said.NeedAdmitted(need="n3", request=a_request(cell=HOME))
    failed = (
        said.VisitStarted(need="n2", slot=0, volunteer="v1", at=at("09:35")),
        said.VisitFailed(need="n2", slot=0, volunteer="v1", reason="nobody_home", at=at("09:40")),
    )
    third = visit("n3", at("09:50"), at("10:00"))
    plans = (plan(stop("n2", SECOND, at("09:35"))), plan(stop("n3", HOME, at("09:45"))))
    found = read(request, *FIRST_VISIT, plans[0], *failed, plans[1], *third)
    assert [one.seconds for one in found] == [300, 600]


def test_what_is_not_about_the_way_changes_nothing() -> None:
    assert read(said.NeedDropped(need="n9", reason="withdrawn"), *visit("n9", at("09:00"), at("09:30"))) == []
