"""City-wide assignment: exact against every possibility on small cases, explained, and kept exact through changes."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from services.matcher.planning.assignment import (
    NOBODY,
    AssignmentProblem,
    LeftOut,
    assign,
    cost_of,
    explain,
    lowest_possible,
    price_of_one_more,
)
from services.matcher.planning.live_assignment import Changes, LiveAssignment, NewTask, NewVolunteer

SEEDS = range(25)


def a_problem(
    candidates: dict[str, dict[str, int]], *, penalty: int = 100, capacity: dict[str, int] | None = None
) -> AssignmentProblem:
    """Who may do what at which cost; everybody does one thing unless told otherwise."""
    volunteers = sorted({one for able in candidates.values() for one in able} | set(capacity or {}))
    rows = [
        (task, volunteers.index(one), cost)
        for task, able in enumerate(candidates.values())
        for one, cost in sorted(able.items())
    ]
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    return AssignmentProblem(
        tasks=tuple(candidates),
        volunteers=tuple(volunteers),
        penalty=np.full(len(candidates), penalty),
        capacity=np.array([(capacity or {}).get(one, 1) for one in volunteers], np.int64),
        task=columns[0],
        volunteer=columns[1],
        cost=columns[2],
    )


def a_random_problem(seed: int, *, tasks: int = 5, volunteers: int = 4) -> AssignmentProblem:
    chance = np.random.default_rng(seed)
    there = chance.random((tasks, volunteers)) < 0.6
    task, volunteer = np.nonzero(there)
    return AssignmentProblem(
        tasks=tuple(f"t{number}" for number in range(tasks)),
        volunteers=tuple(f"v{number}" for number in range(volunteers)),
        penalty=chance.integers(0, 12, tasks),
        capacity=chance.integers(0, 3, volunteers),
        task=task,
        volunteer=volunteer,
        cost=chance.integers(0, 12, len(task)),
    )


def possibilities(problem: AssignmentProblem) -> Iterator[np.ndarray]:
    """Give every assignment that keeps the capacities."""
    options = [[NOBODY, *np.flatnonzero(problem.task == task)] for task in range(len(problem.tasks))]
    for choice in product(*options):
        chosen = np.array(choice, np.int64)
        load = np.bincount(problem.volunteer[chosen[chosen != NOBODY]], minlength=len(problem.volunteers))
        if (load <= problem.capacity).all():
            yield chosen


def keeps_capacities(problem: AssignmentProblem, chosen: np.ndarray) -> bool:
    done = np.flatnonzero(chosen != NOBODY)
    load = np.bincount(problem.volunteer[chosen[done]], minlength=len(problem.volunteers))
    return bool((problem.task[chosen[done]] == done).all() and (load <= problem.capacity).all())


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_cheaper_than_what_the_flow_finds(seed: int) -> None:
    problem = a_random_problem(seed)
    found = assign(problem)
    assert keeps_capacities(problem, found.chosen)
    assert found.cost == min(cost_of(problem, chosen) for chosen in possibilities(problem))


@pytest.mark.parametrize("seed", SEEDS)
def test_prices_prove_the_optimum(seed: int) -> None:
    problem = a_random_problem(seed, tasks=40, volunteers=25)
    found = assign(problem)
    assert lowest_possible(problem, price_of_one_more(problem, found)) == found.cost


def test_the_same_problem_has_the_same_answer() -> None:
    problem = a_random_problem(3, tasks=60, volunteers=30)
    assert (assign(problem).chosen == assign(problem).chosen).all()


def test_a_city_without_anybody_leaves_everything_out() -> None:
    problem = a_problem({"lamp": {}, "tap": {}})
    assert (assign(problem).cost, assign(problem).pairs(problem)) == (200, ())
    assert assign(a_problem({})).cost == 0


def test_somebody_may_do_as_much_as_they_have_room_for() -> None:
    problem = a_problem({"lamp": {"Wang": 3}, "tap": {"Wang": 4}, "rice": {"Wang": 5}}, capacity={"Wang": 2})
    assert assign(problem).pairs(problem) == (("lamp", "Wang"), ("tap", "Wang"))


@pytest.mark.parametrize(
    ("candidates", "capacity", "reason", "short_of", "volunteer"),
    [
        ({"lamp": {}}, {"Wang": 1}, LeftOut.NO_CANDIDATE, 0, ""),
        ({"lamp": {"Wang": 1}}, {"Wang": 0}, LeftOut.NO_CANDIDATE, 0, ""),
        ({"lamp": {"Wang": 130}}, {}, LeftOut.TOO_DEAR, 30, "Wang"),
        ({"tap": {"Wang": 1}, "lamp": {"Wang": 9}}, {}, LeftOut.OUTBID, 8, "Wang"),
    ],
)
def test_what_is_left_out_says_why(
    candidates: dict[str, dict[str, int]], capacity: dict[str, int], reason: LeftOut, short_of: int, volunteer: str
) -> None:
    problem = a_problem(candidates, capacity=capacity)
    found = assign(problem)
    (why,) = explain(problem, found, price_of_one_more(problem, found))
    assert (why.task, why.reason, why.short_of, why.volunteer) == ("lamp", reason, short_of, volunteer)
    assert why.said_in("zh") != why.said_in("en")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_penalty_raised_by_more_than_what_is_missing_gets_the_task_done(seed: int) -> None:
    problem = a_random_problem(seed, tasks=12, volunteers=6)
    found = assign(problem)
    for why in explain(problem, found, price_of_one_more(problem, found)):
        task = problem.tasks.index(why.task)
        for more in (-1, 1):
            penalty = problem.penalty.copy()
            penalty[task] = max(0, penalty[task] + why.short_of + more)
            again = AssignmentProblem(
                tasks=problem.tasks,
                volunteers=problem.volunteers,
                penalty=penalty,
                capacity=problem.capacity,
                task=problem.task,
                volunteer=problem.volunteer,
                cost=problem.cost,
            )
            done = assign(again).chosen[task] != NOBODY
            assert done == (more > 0 and why.reason is not LeftOut.NO_CANDIDATE)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"cost": np.array([-1])}, "cost must lie between"),
        ({"cost": np.array([1, 2])}, "cost has"),
        ({"volunteer": np.array([1])}, "volunteer names a position"),
        ({"task": np.array([7])}, "task names a position"),
        ({"tasks": ("lamp", "lamp"), "penalty": np.array([1, 1])}, "tasks has these ids more than once"),
        ({"task": np.array([0, 0]), "volunteer": np.array([0, 0]), "cost": np.array([1, 2])}, "no pair may come twice"),
    ],
)
def test_a_problem_that_cannot_be_names_the_field(changed: dict[str, object], message: str) -> None:
    fields: dict[str, object] = {
        "tasks": ("lamp",),
        "volunteers": ("Wang",),
        "penalty": np.array([1]),
        "capacity": np.array([1]),
        "task": np.array([0]),
        "volunteer": np.array([0]),
        "cost": np.array([1]),
    }
    with pytest.raises(ValueError, match=message):
        AssignmentProblem(**{**fields, **changed})  # type: ignore[arg-type]


def some_changes(live: LiveAssignment, chance: np.random.Generator, moment: int) -> Changes:
    """Draw tasks that go, refusals, volunteers who leave, and newcomers of both kinds."""
    problem = live.problem
    tasks, volunteers = list(problem.tasks), list(problem.volunteers)
    gone = [str(one) for one in chance.choice(tasks, 2, replace=False)]
    left = [str(one) for one in chance.choice(volunteers, 2, replace=False)]
    new = f"v-new{moment}"
    there = [one for one in volunteers if one not in left] + [new]
    arrived = tuple(
        NewTask(
            id=f"t-new{moment}-{number}",
            penalty=int(chance.integers(0, 30)),
            candidates=tuple((str(one), int(chance.integers(0, 30))) for one in chance.choice(there, 4, replace=False)),
        )
        for number in range(3)
    )
    able = chance.choice([one for one in tasks if one not in gone], 5, replace=False)
    return Changes(
        gone=gone,
        left=left,
        refused=[pair for pair in live.assignment.pairs(problem)[::5] if pair[0] not in gone and pair[1] not in left],
        tasks=arrived,
        volunteers=(
            NewVolunteer(
                id=new,
                capacity=int(chance.integers(0, 3)),
                candidates=tuple((str(one), int(chance.integers(0, 30))) for one in able),
            ),
        ),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_after_any_changes_the_assignment_is_as_good_as_one_made_anew(seed: int) -> None:
    live, chance = LiveAssignment(a_random_problem(seed, tasks=30, volunteers=20)), np.random.default_rng(seed)
    for moment in range(6):
        live.change(some_changes(live, chance, moment))
        assert keeps_capacities(live.problem, live.assignment.chosen)
        assert live.assignment.cost == assign(live.problem).cost
        assert lowest_possible(live.problem, live.prices) == live.assignment.cost


@pytest.mark.parametrize("capacity", [1, 2, 3])
@pytest.mark.parametrize("room", [24, 60, 120])
def test_a_city_with_too_little_just_enough_or_plenty_of_room_stays_exact(capacity: int, room: int) -> None:
    chance = np.random.default_rng(room)
    places = np.sort(chance.random(60))  # along a road: everybody is a candidate of their surroundings only
    homes = np.sort(chance.random(room // capacity))
    apart = (1000 * np.abs(places[:, None] - homes[None, :])).astype(np.int64)
    task, volunteer = np.nonzero(apart < 150)
    live = LiveAssignment(
        AssignmentProblem(
            tasks=tuple(f"t{number}" for number in range(len(places))),
            volunteers=tuple(f"v{number}" for number in range(len(homes))),
            penalty=np.full(len(places), 400),
            capacity=np.full(len(homes), capacity),
            task=task,
            volunteer=volunteer,
            cost=apart[task, volunteer],
        )
    )
    for moment in range(4):
        live.change(some_changes(live, chance, moment))
        assert keeps_capacities(live.problem, live.assignment.chosen)
        assert live.assignment.cost == assign(live.problem).cost
        assert lowest_possible(live.problem, live.prices) == live.assignment.cost


def test_capacities_without_end_take_no_memory() -> None:
    live = LiveAssignment(a_problem({"tap": {"Wang": 1}, "lamp": {"Wang": 2}}, capacity={"Wang": 10**9}))
    live.change(Changes(tasks=[NewTask(id="rice", penalty=9, candidates=(("Wang", 3),))]))
    assert live.assignment.cost == 6


def test_a_refusal_moves_only_who_is_needed() -> None:
    live = LiveAssignment(a_problem({"tap": {"Wang": 1, "Li": 5}, "lamp": {"Li": 1, "Zhao": 9}, "rice": {"Chen": 2}}))
    live.change(Changes(refused=[("tap", "Wang")]))
    assert dict(live.assignment.pairs(live.problem)) == {"tap": "Li", "lamp": "Zhao", "rice": "Chen"}


@pytest.mark.parametrize("changes", [Changes(gone=["x"]), Changes(left=["x"]), Changes(refused=[("tap", "x")])])
def test_a_change_of_somebody_unknown_is_refused_and_changes_nothing(changes: Changes) -> None:
    live = LiveAssignment(a_problem({"tap": {"Wang": 1}}))
    with pytest.raises(ValueError, match="'x', which is not there"):
        live.change(changes)
    assert live.assignment.pairs(live.problem) == (("tap", "Wang"),)
