"""Handing whole tours over and swapping tails: what strings cannot do gets done, and the kernel's sums stay true."""

from dataclasses import replace

import numpy as np
import pytest

from services.matcher.planning.draft import Draft
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.kernel.cooling import DEFAULT, Tuning
from services.matcher.planning.kernel.editing import rebuild
from services.matcher.planning.kernel.engine import _prepared
from services.matcher.planning.kernel.search import Search
from services.matcher.planning.params import Params
from services.matcher.planning.problem import Problem
from tests.unit.services.matcher.planning.boards import a_problem, a_random_board, a_visit, a_volunteer

STRINGS = replace(DEFAULT, swaps=0, handed=0.0, mean_removed=1.0, longest_string=1.0, blink=0.0)  # one stop a round
COLD = 1e-6  # mean arcs


def search_of(problem: Problem, seed: int = 1) -> Search:
    made = _prepared(Draft(problem, params=Params.default()), None, seed)
    assert made is not None
    return made[1]


def tours_of(search: Search) -> Array:
    """The present tours, not the best ones, as `Search.begin` takes them."""
    tours = np.zeros_like(search.memory.best)
    for tour in range(len(tours)):
        length = int(search.memory.tours[tour]["length"])
        tours[tour, : length + 1] = length, *search.memory.stops["node"][tour, 1 : length + 1]
    return tours


def everybody_at_the_wrong_end() -> Search:
    """Two people at the ends of a line, each with as much as they may do, and all of it at the other end."""
    far = [a_visit(f"far {place}", place, service_s=60) for place in range(25, 29)]
    near = [a_visit(f"near {place}", place, service_s=60) for place in range(1, 5)]
    people = a_volunteer("li", end_place=0, max_stops=4), a_volunteer("wu", start_place=29, end_place=29, max_stops=4)
    search = search_of(a_problem(*far, *near, *people))
    nodes, rows = search.board.nodes, np.zeros_like(search.memory.best)
    order = np.argsort(nodes["place"])
    rows[:, 0] = 4
    rows[int(np.argmax(search.board.people["start"] == 0)), 1:5] = order[4:]
    rows[int(np.argmax(search.board.people["start"] == 29)), 1:5] = order[:4]
    assert search.begin(rows)
    return search


def cooled(tuning: Tuning) -> tuple[int, int]:
    """The cost of that plan, before and after a hundred rounds."""
    search = everybody_at_the_wrong_end()
    before = search.best_cost
    search.cool(100, replace(tuning, start=COLD, end=COLD), start=COLD)
    return before, search.best_cost


def test_one_string_at_a_time_nobody_gets_home() -> None:
    before, after = cooled(STRINGS)
    assert after == before


@pytest.mark.parametrize("tuning", [replace(STRINGS, handed=1.0), replace(STRINGS, swaps=50)], ids=["handed", "tails"])
def test_whole_tours_change_hands_between_people_who_end_in_different_places(tuning: Tuning) -> None:
    before, after = cooled(tuning)
    ways = 2 * 2 * 4 * 60  # there and back, for each of the two
    assert before > after == ways


def shared_out(tuning: Tuning) -> list[int]:
    """How many stops each has after one round, if one person had them all."""
    ends = [a_visit(f"visit {place}", place, service_s=60) for place in (1, 2, 27, 28)]
    search = search_of(a_problem(*ends, a_volunteer("li"), a_volunteer("wu", start_place=24)))
    rows = np.zeros_like(search.memory.best)
    rows[int(np.argmax(search.board.people["start"] == 0)), :5] = 4, *np.argsort(search.board.nodes["place"])
    assert search.begin(rows)
    search.cool(1, replace(tuning, start=COLD, end=COLD), start=COLD)
    return sorted(int(length) for length in search.memory.best[:, 0])


def test_a_tail_may_go_to_somebody_who_has_nothing_to_do() -> None:
    assert shared_out(STRINGS) == [0, 4]
    assert shared_out(replace(STRINGS, swaps=200)) == [2, 2]


@pytest.mark.parametrize("seed", range(12))
def test_the_sums_of_all_tours_are_what_they_are_when_added_up_anew(seed: int) -> None:
    problem = a_random_board(seed, visits=10, meals=8, pairs=1, volunteers=6)
    people = tuple(replace(one, duty=((34_000, 48_000),), travel_mode=seed % 2) for one in problem.volunteers)
    search = search_of(replace(problem, volunteers=people))
    search.cool(400, replace(DEFAULT, handed=0.5, swaps=50), start=DEFAULT.start)
    anew = search.twin(seed)
    assert rebuild(anew.desk, tours_of(search))
    for sums in ("cost", "stops", "used", "kept", "absent"):
        assert search.memory.now[0][sums] == anew.memory.now[0][sums], sums
    people_rows = slice(0, len(people))
    for sums in ("cost", "travel", "charges", "jobs", "counted", "kept", "hot"):
        assert search.memory.tours[sums][people_rows].tolist() == anew.memory.tours[sums][people_rows].tolist(), sums
    assert search.memory.portions[0].tolist() == anew.memory.portions[0].tolist()
    assert search.board.jobs["tour"].tolist() == anew.board.jobs["tour"].tolist()
