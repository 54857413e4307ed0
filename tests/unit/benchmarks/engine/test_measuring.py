"""Of each instance the median of the seeds, then the mean; no plan is dearer than any."""

from typing import Any

import pytest

from tests.benchmarks.engine.measuring import Run, above, best_known, duel, median_runs, summed_up


def a_run(engine: str, instance: str, seed: int, cost: int | None, **more: Any) -> Run:
    told = {"budget": 1.0, "cores": 1, "jobs": 5, "wall": 1.0, **more}
    return Run(engine=engine, instance=instance, seed=seed, cost=cost, **told)


def runs_of(engine: str, instance: str, *costs: int | None, **more: Any) -> list[Run]:
    return [a_run(engine, instance, seed, cost, **more) for seed, cost in enumerate(costs)]


def test_a_gap_is_the_mean_over_instances_of_the_median_of_seeds() -> None:
    runs = [*runs_of("kernel", "a", 100, 110, 190), *runs_of("kernel", "b", 200, 200, 260)]
    (summary,) = summed_up(runs, best_known(runs))
    assert summary.gap == pytest.approx(5)
    assert summary.worst == pytest.approx(10)
    assert (summary.solved, summary.of) == (6, 6)


def test_a_run_without_a_plan_counts_as_the_dearest() -> None:
    runs = runs_of("kernel", "a", None, 100, None)
    assert median_runs(runs)["a"].cost is None
    (summary,) = summed_up(runs, best_known(runs))
    assert (summary.gap, summary.solved) == (None, 1)


def test_a_proven_optimum_is_the_best_known() -> None:
    assert best_known(runs_of("kernel", "a", 105, 103, optimum=100)) == {"a": 100}
    assert best_known([*runs_of("kernel", "a", 105, None), *runs_of("pyvrp", "a", 104)]) == {"a": 104}


def test_a_city_is_measured_by_the_sum_of_its_communities() -> None:
    plan = [a_run("kernel", "a", 1, 110), a_run("kernel", "b", 1, 300)]
    assert above(plan, {"a": 100, "b": 300}) == pytest.approx(2.5)
    assert above([*plan, a_run("kernel", "c", 1, None)], {"a": 100, "b": 300}) == float("inf")


def test_a_duel_counts_vehicles_first_and_compares_ways_only_where_they_are_equal() -> None:
    runs = [
        *runs_of("kernel", "more", 9, vehicles=3, travel=1.0), *runs_of("pyvrp", "more", 8, vehicles=2, travel=9.0),
        *runs_of("kernel", "fewer", 8, vehicles=2, travel=9.0), *runs_of("pyvrp", "fewer", None),
        *runs_of("kernel", "equal", 8, vehicles=2, travel=9.0), *runs_of("pyvrp", "equal", 9, vehicles=2, travel=10.0),
    ]  # fmt: skip
    found = duel(runs, "pyvrp", 1.0)
    assert (found.more, found.fewer, round(found.shorter, 6)) == (("more",), ("fewer",), 10.0)
