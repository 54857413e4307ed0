"""Curves hold what was measured, and a drawing is made only where there are enough points."""

from pathlib import Path

import pytest

from tests.benchmarks.engine.measuring import Run, keep
from tests.benchmarks.engine.plots import draw, growth, over_time

BUDGETS, SIZES = (0.1, 1.0, 10.0), (60, 120, 240)


def a_run(engine: str, budget: float, cost: int | None, jobs: int = 60) -> Run:
    name, wall = f"city-{jobs}", 2 * budget
    return Run(engine=engine, instance=name, budget=budget, seed=1, cores=1, jobs=jobs, wall=wall, cost=cost)


@pytest.fixture
def timed() -> list[Run]:
    costs = {"kernel": (103, 101, 100), "vroom": (None, 120, 110)}
    return [a_run(name, budget, some[at]) for name, some in costs.items() for at, budget in enumerate(BUDGETS)]


@pytest.fixture
def grown() -> list[Run]:
    above = {"kernel": 0, "vroom": 6}
    runs = [a_run(name, 2.0, more + jobs, jobs) for name, more in above.items() for jobs in SIZES]
    return [*runs, *(a_run("kernel", 30.0, jobs, jobs) for jobs in SIZES)]


def test_a_curve_over_time_is_gap_against_wall_time(timed: list[Run]) -> None:
    curves = {curve.engine: [(x, round(y, 6)) for x, y in curve.points] for curve in over_time(timed)}
    assert curves == {"kernel": [(0.2, 3.0), (2.0, 1.0), (20.0, 0.0)], "vroom": [(2.0, 20.0), (20.0, 10.0)]}


def test_a_curve_of_growth_is_gap_against_stops(grown: list[Run]) -> None:
    curves = {curve.engine: curve.points for curve in growth(grown, 2.0)}
    assert [x for x, _ in curves["vroom"]] == [60, 120, 240]
    assert [round(y, 6) for _, y in curves["vroom"]] == [10.0, 5.0, 2.5]


@pytest.mark.parametrize(("subject", "runs", "kind"), [("hot", "timed", "over-time"), ("growth", "grown", "growth")])
def test_what_was_kept_is_drawn(
    tmp_path: Path, request: pytest.FixtureRequest, subject: str, runs: str, kind: str
) -> None:
    pytest.importorskip("matplotlib")
    path = keep(subject, "how", request.getfixturevalue(runs), tmp_path / "kept.json", cores_each=1)
    (drawing,) = draw(path)
    assert drawing.name == f"kept-{kind}.png"
    assert drawing.read_bytes().startswith(b"\x89PNG")


def test_two_budgets_are_no_curve(tmp_path: Path, timed: list[Run]) -> None:
    few = [run for run in timed if run.budget > 0.1]
    assert draw(keep("communities", "how", few, tmp_path / "kept.json", cores_each=1)) == []
