"""A search is as hot as the ways of its board are long, whatever a few of them are."""

from services.matcher.planning.draft import Draft
from services.matcher.planning.kernel import engine
from services.matcher.planning.params import Params
from tests.unit.services.matcher.planning.boards import a_problem, a_visit, a_volunteer, line


def heat(places: list[int]) -> float:
    visits = [a_visit(f"visit {number}", place=place) for number, place in enumerate(places)]
    problem = a_problem(a_volunteer(), *visits, travel=line(200))
    made = engine._prepared(Draft(problem, params=Params.default()), None, 0)
    assert made is not None
    return made[1].mean_arc()


def test_one_very_far_stop_hardly_changes_the_heat() -> None:
    near = list(range(1, 10))
    assert heat(near) <= heat([*near, 199]) <= 3 * heat(near)


def test_stops_at_one_place_are_no_ways() -> None:
    assert heat([5, 5, 5, 5, 5, 5, 6]) > 1.0
