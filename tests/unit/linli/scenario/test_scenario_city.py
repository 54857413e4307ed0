import datetime as dt
import re
from collections import Counter
from functools import cache

import pytest

from linli.rehearsal.scenario import day
from linli.rehearsal.scenario.city import City, Need, Volunteer
from linli.rehearsal.scenario.generate import Sizes
from shared.catalogue.load import load_catalogue

GUHU = "511083001"
SHENGDENG = "511083103"
CATALOGUE = load_catalogue()


@cache
def city() -> City:
    return day(7)


@cache
def guhu() -> City:
    return day(7, areas=[GUHU])


def of(service: str, generated: City) -> list[Need]:
    return [need for need in generated.needs if need.service == service]


def able(need: Need, generated: City) -> list[Volunteer]:
    """Who could do it, looking only at papers, strength and hours."""
    service = CATALOGUE.service(need.service)
    kind = {"patrol.round": "patrol", "reading.shift": "reading", "meal.lunch": "carrier"}.get(need.service)
    return [
        volunteer
        for volunteer in generated.volunteers
        if volunteer.area == need.area
        and service.skills <= volunteer.skills
        and volunteer.may_work_with(service.credentials, generated.on)
        and (volunteer.vetted or not service.minors)
        and volunteer.capacity_grams >= service.load.grams
        and any(duty.window.overlaps(need.window) and kind in (None, duty.kind) for duty in volunteer.duties)
    ]


def test_the_city_has_the_figures_of_the_article() -> None:
    areas = city().areas
    communities = [community for area in areas for community in area.communities]
    assert len(areas) == 13
    assert len(communities) == 164
    assert sum(community.name.endswith("社区") for community in communities) == 67
    assert sum(len(community.compounds) for community in communities) == 271
    assert len(city().canteens) == 13
    assert len(city().volunteers) == 6_000


def test_the_day_has_a_thousand_lunches_and_767_requests() -> None:
    counts = Counter(need.service for need in city().needs)
    assert counts.pop("meal.lunch") == 1_000
    assert counts.pop("patrol.round") == 24 * 3
    assert counts.pop("reading.shift") == 4
    assert counts.total() == 767
    assert len(counts) >= 15


def test_the_patrols_fill_144_slots_round_the_clock() -> None:
    shifts = of("patrol.round", city())
    assert sum(need.people for need in shifts) == 144
    assert {need.window.closes - need.window.opens for need in shifts} == {dt.timedelta(hours=8)}
    assert min(Counter(need.area for need in shifts).values()) >= 3


def test_about_a_quarter_is_on_duty_and_150_carry_lunch() -> None:
    duties = Counter(duty.kind for volunteer in city().volunteers for duty in volunteer.duties)
    assert duties["carrier"] == 150
    assert sum(1 for _ in city().on_duty()) == pytest.approx(1_500, rel=0.05)


def test_the_same_seed_gives_the_same_day() -> None:
    assert day(11, areas=[GUHU]) == day(11, areas=[GUHU])
    assert day(11, areas=[GUHU]) != day(12, areas=[GUHU])


def test_an_area_alone_is_the_same_as_within_the_city() -> None:
    assert guhu().needs == tuple(need for need in city().needs if need.area == GUHU)
    assert guhu().volunteers == tuple(volunteer for volunteer in city().volunteers if volunteer.area == GUHU)
    assert guhu().canteens == tuple(canteen for canteen in city().canteens if canteen.area == GUHU)


def test_one_more_volunteer_and_one_more_need_move_nobody_else() -> None:
    larger = day(7, sizes=Sizes(volunteers=6_001, lunches=1_001, requests=768))
    assert larger.volunteers[:6_000] == city().volunteers
    assert set(city().needs) < set(larger.needs)
    assert len(larger.needs) == len(city().needs) + 2


def test_another_date_moves_every_moment() -> None:
    moved = day(7, on=dt.date(2026, 6, 1), areas=[SHENGDENG])
    assert {need.window.opens.date() for need in moved.needs} <= {dt.date(2026, 6, 1), dt.date(2026, 6, 2)}


def test_every_moment_carries_the_citys_offset() -> None:
    for need in city().needs:
        for moment in (need.reported_at, need.window.opens, need.window.closes):
            assert moment.utcoffset() == dt.timedelta(hours=8)


def test_nobody_asks_after_the_window_has_begun_to_close() -> None:
    for need in city().needs:
        work = dt.timedelta(minutes=CATALOGUE.service(need.service).duration_min)
        assert need.reported_at <= need.window.opens, need.number
        assert need.window.opens + work <= need.window.closes, need.number


def test_subscriptions_and_shifts_are_known_the_evening_before() -> None:
    early = [need for need in city().needs if need.reported_at.date() < city().on]
    lunches = of("meal.lunch", city())
    assert sum(need in early for need in lunches) > 900
    assert all(need in early for need in of("patrol.round", city()) + of("reading.shift", city()))
    assert len(early) < len(city().needs) - 400


def test_channels_are_mixed_as_assumed() -> None:
    made_by_residents = [need for need in city().needs if need.service not in ("patrol.round", "reading.shift")]
    counts = Counter(need.channel for need in made_by_residents)
    assert counts["window"] / counts.total() == pytest.approx(0.40, abs=0.04)
    assert counts["online"] / counts.total() == pytest.approx(0.40, abs=0.04)
    assert counts["wall"] / counts.total() == pytest.approx(0.20, abs=0.04)


def test_nothing_sensitive_hangs_on_the_wall() -> None:
    assert not [n for n in city().needs if n.channel == "wall" and CATALOGUE.service(n.service).sensitive]


def test_no_phone_is_a_real_one() -> None:
    residents = [need.resident for need in city().needs]
    phones = [volunteer.phone for volunteer in city().volunteers] + [who.phone for who in residents if who.phone]
    assert all(re.fullmatch(r"1990000\d{4}", phone) for phone in phones)


def test_one_phone_belongs_to_one_person() -> None:
    people = {(volunteer.phone, volunteer.name) for volunteer in city().volunteers}
    people |= {(need.resident.phone or need.number, need.resident.name) for need in city().needs}
    assert len({phone for phone, _ in people}) == len(people)


def test_a_city_larger_than_the_placeholder_block_says_so() -> None:
    with pytest.raises(ValueError, match="ask for at most 2,000"):
        day(7, sizes=Sizes(lunches=2_001))


def test_a_fifth_of_the_residents_has_no_phone() -> None:
    eaters = [need.resident for need in of("meal.lunch", city())]
    assert sum(who.phone is None for who in eaters) / len(eaters) == pytest.approx(0.2, abs=0.04)


def test_homes_are_only_coarse_cells() -> None:
    for volunteer in city().volunteers:
        assert volunteer.home == volunteer.home.coarse()


def test_places_lie_where_longchang_is() -> None:
    for need in city().needs:
        assert 105.03 < need.resident.place.lon < 105.45
        assert 29.18 < need.resident.place.lat < 29.55


def test_some_papers_expired_yesterday() -> None:
    papers = [paper for volunteer in city().volunteers for paper in volunteer.credentials]
    expired = [paper for paper in papers if paper.valid_until < city().on]
    assert 0 < len(expired) < 0.1 * len(papers)
    assert {paper.valid_until for paper in expired} == {city().on - dt.timedelta(days=1)}


def test_nearly_every_need_has_somebody_and_a_few_have_nobody() -> None:
    alone = [need for need in city().needs if len(able(need, city())) < need.people]
    assert {(need.service, need.area) for need in alone} >= {("repair.electrics", SHENGDENG)}
    assert len(alone) <= 10


def test_every_canteen_area_can_cook_what_it_is_asked_for() -> None:
    for area in city().areas:
        portions = sum(need.portions for need in of("meal.lunch", city()) if need.area == area.code)
        meals = sum(b.meals for c in city().canteens if c.area == area.code for b in c.batches)
        assert meals >= portions, area.name


def test_a_walker_carries_eight_kilograms_and_an_e_bike_carrier_twenty_meals() -> None:
    assert {v.capacity_grams for v in city().volunteers if v.travel == "walk"} == {8_000}
    carriers = [v for v in city().volunteers if any(duty.kind == "carrier" for duty in v.duties)]
    assert {v.capacity_meals for v in carriers if v.travel == "e-bike"} == {20}


def test_a_few_per_cent_change_their_minds_after_reporting() -> None:
    needs = {need.number: need for need in city().needs}
    assert 0.03 < len(city().changes) / len(needs) < 0.09
    assert {change.kind for change in city().changes} == {"withdrawn", "amended"}
    for change in city().changes:
        need = needs[change.need]
        assert need.reported_at < change.at < need.window.closes
        assert change.at.date() == city().on


def test_numbers_are_unique() -> None:
    assert len({need.number for need in city().needs}) == len(city().needs)
    assert len({volunteer.number for volunteer in city().volunteers}) == 6_000


def test_the_day_of_guhu_is_large_enough_to_show() -> None:
    assert len({need.service for need in guhu().needs}) >= 10
    assert len(of("meal.lunch", guhu())) > 200
    assert len(guhu().canteens) == 3


def test_an_unknown_area_lists_the_known_ones() -> None:
    with pytest.raises(LookupError, match="511083001 古湖街道"):
        day(7, areas=["511083999"])
