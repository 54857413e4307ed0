"""Runs engines side by side, taking turns, so that all meet the same noise; and sums up what they did."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median_low
from typing import Any

from tests.benchmarks.engine.engines import Answer, Crew, versions
from tests.benchmarks.engine.instances import Instance, price
from tests.benchmarks.figures import KEPT_IN, machine

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One engine on one instance, once.

    Parameters
    ----------
    engine, instance, budget, seed, cores
        What was asked; the budget in seconds.
    jobs
        Of the instance.
    wall
        Seconds, from outside.
    cost
        What engines are compared by; None if a rule was broken or nothing was found.
    travel, vehicles, left_out
        Of which it is made; the travel in published units.
    optimum
        Of the instance, if it is proven.
    """

    engine: str
    instance: str
    budget: float
    seed: int
    cores: int
    jobs: int
    wall: float
    cost: int | None = None
    travel: float = 0.0
    vehicles: int = 0
    left_out: int = 0
    optimum: int | None = None


def run(crew: Crew, engine: str, one: Instance, seconds: float, seed: int) -> Run:
    """Run one engine on one instance with all cores."""
    return judged(
        one, crew.solve(engine, one, seconds, seed), engine=engine, budget=seconds, seed=seed, cores=crew.cores
    )


def judged(one: Instance, answer: Answer, **asked: Any) -> Run:
    """Check an answer from outside and price it; a broken plan counts as none."""
    told = {**asked, "instance": one.name, "jobs": one.jobs, "wall": round(answer.wall, 4), "optimum": one.best}
    try:
        cost = price(one, answer.routes or [[] for _ in range(one.vehicles)])
    except ValueError:
        return Run(**told)
    travel = cost.travel / one.unit
    return Run(**told, cost=cost.total, travel=travel, vehicles=cost.vehicles, left_out=cost.left_out)


def side_by_side(
    crew: Crew, engines: Sequence[str], instances: Iterable[Instance], budgets: Sequence[float], seeds: Sequence[int]
) -> list[Run]:
    """Run every engine on every instance with every budget and seed; engines alternate fastest."""
    return [
        run(crew, engine, one, seconds, seed)
        for one in instances for seconds in budgets for seed in seeds for engine in engines
    ]  # fmt: skip


def whole_city(crew: Crew, engine: str, city: Sequence[Instance], seconds: float, seed: int) -> tuple[list[Run], float]:
    """Plan all communities, as many beside each other as there are cores; with the wall time of the whole."""
    answers, wall = crew.solve_many(engine, city, seconds, seed)
    asked = {"engine": engine, "budget": seconds, "seed": seed, "cores": 1}
    return [judged(one, answer, **asked) for one, answer in zip(city, answers, strict=True)], wall


def best_known(runs: Iterable[Run]) -> dict[str, int]:
    """Give the proven optimum of each instance, or the best that any of these runs found."""
    best: dict[str, int] = {}
    for one in runs:
        if one.cost is not None:
            best[one.instance] = one.optimum or min(best.get(one.instance, one.cost), one.cost)
    return best


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One engine at one budget: for each instance the median of its seeds, over instances the mean.

    Parameters
    ----------
    gap, worst
        Per cent above the best known, mean and largest; None if some instance's median is no plan.
    solved, of
        Runs that gave a plan, and all.
    over
        Seconds by which the slowest run overran.
    vehicles, travel
        Sums over instances, of their median runs.
    """

    engine: str
    budget: float
    gap: float | None
    worst: float | None
    solved: int
    of: int
    over: float
    vehicles: int
    travel: float


def summed_up(runs: Sequence[Run], best: dict[str, int]) -> list[Summary]:
    """Sum up each engine at each budget, in the order of the runs."""
    asked = dict.fromkeys((one.engine, one.budget) for one in runs)
    return [_summary([one for one in runs if (one.engine, one.budget) == key], best) for key in asked]


def _summary(runs: Sequence[Run], best: dict[str, int]) -> Summary:
    middle = list(median_runs(runs).values())
    gaps = [100 * (one.cost / best[one.instance] - 1) for one in middle if one.cost is not None]
    whole = len(gaps) == len(middle)
    return Summary(
        engine=runs[0].engine, budget=runs[0].budget, gap=mean(gaps) if whole else None,
        worst=max(gaps) if whole else None, solved=sum(one.cost is not None for one in runs), of=len(runs),
        over=max(one.wall - one.budget for one in runs), vehicles=sum(one.vehicles for one in middle),
        travel=sum(one.travel for one in middle),
    )  # fmt: skip


def median_runs(runs: Sequence[Run]) -> dict[str, Run]:
    """Give for each instance the run whose cost is the (lower) median of its seeds; no plan is dearest."""
    by_instance: dict[str, list[Run]] = {}
    for one in runs:
        by_instance.setdefault(one.instance, []).append(one)
    middle = {}
    for name, some in by_instance.items():
        costs = [float("inf") if one.cost is None else one.cost for one in some]
        middle[name] = some[costs.index(median_low(costs))]
    return middle


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """Ours against a peer where vehicles count first: for each instance, the median run of each.

    Parameters
    ----------
    more, fewer
        Instances on which ours uses more, and fewer, vehicles.
    shorter
        Per cent by which ours is shorter where both use as many; negative if it is longer. 0 without such instances.
    """

    peer: str
    budget: float
    more: tuple[str, ...]
    fewer: tuple[str, ...]
    shorter: float


def duel(runs: Sequence[Run], peer: str, budget: float, ours: str = "kernel") -> Duel:
    """Compare instance by instance."""
    mine, theirs = (
        median_runs([one for one in runs if one.engine == name and one.budget == budget]) for name in (ours, peer)
    )
    used = {name: (_vehicles(mine[name]), _vehicles(theirs[name])) for name in mine}
    equal = [name for name, (here, there) in used.items() if here == there]
    shorter = [100 * (1 - mine[name].travel / theirs[name].travel) for name in equal if mine[name].cost is not None]
    return Duel(
        peer=peer, budget=budget, more=tuple(name for name, (here, there) in used.items() if here > there),
        fewer=tuple(name for name, (here, there) in used.items() if here < there),
        shorter=mean(shorter) if shorter else 0.0,
    )  # fmt: skip


def _vehicles(one: Run) -> float:
    return float("inf") if one.cost is None else one.vehicles


def above(runs: Sequence[Run], best: dict[str, int]) -> float:
    """Give the per cent by which all communities together are above the best known; inf if one has no plan."""
    costs = [one.cost for one in runs]
    if None in costs:
        return float("inf")
    return 100 * (sum(cost for cost in costs if cost is not None) / sum(best[one.instance] for one in runs) - 1)


def table(runs: Sequence[Run], say: Say) -> None:
    """Print each engine at each budget."""
    for one in summed_up(runs, best_known(runs)):
        gap = "some instance without a plan" if one.gap is None else f"mean {one.gap:7.3f} %  worst {one.worst:7.2f} %"
        say(
            f"{one.budget:6.2f} s  {one.engine:14s} {gap}  solved {one.solved}/{one.of}  over {1000 * one.over:6.1f} ms"
            f"  vehicles {one.vehicles}  travel {one.travel:,.0f}"
        )


def keep(subject: str, how: str, runs: Sequence[Run], path: Path | None = None, **more: Any) -> Path:
    """Write every single run, with machine and versions, to a JSON file that `plots` can draw."""
    path = path or KEPT_IN / f"engine-{subject}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"machine": machine(), "versions": versions({one.engine for one in runs}), "subject": subject, "how": how,
            **more, "runs": [asdict(one) for one in runs]}  # fmt: skip
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
