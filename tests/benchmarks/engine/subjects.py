"""What can be compared: for each subject the instances, budgets and engines that answer its question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.engine.engines import SIDE_BY_SIDE
from tests.benchmarks.engine.generated import city, hot_city, pickup_delivery
from tests.benchmarks.engine.instances import Instance
from tests.benchmarks.engine.li_lim import FAMILIES, generated
from tests.benchmarks.engine.published import li_lim, solomon

COMMUNITIES: Final = 164
CITY_S: Final = 8.0  # wall time for all of them
HANDOVER_S: Final = 0.002  # kept back for each, for taking it to a process and back
FIRST: Final = 1000  # seed of the first community
SIZES: Final = ((60, 8), (120, 16), (240, 32), (480, 64))  # stops and vehicles


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One question.

    Parameters
    ----------
    asks
        In a sentence.
    instances
        Called with a folder of published instances or None, and how many are wanted or None for the usual number.
    budgets
        Seconds.
    engines
        Whom to ask.
    seeds, cores
        How many.
    reference
        Seconds for which the kernel searches for a best known plan besides; None: the best of the run has to do.
    whole
        Whether the instances are one city, planned beside each other, whose wall time counts.
    """

    asks: str
    instances: Callable[[Path | None, int | None], list[Instance]]
    budgets: tuple[float, ...]
    engines: tuple[str, ...] = SIDE_BY_SIDE
    seeds: int = 3
    cores: int = 1
    reference: float | None = None
    whole: bool = False


def _solomon(data: Path | None, count: int | None) -> list[Instance]:
    if data is None:
        raise ValueError("Solomon's instances are not part of the project: give their folder with --data")
    return [solomon(path) for path in sorted(data.glob("*.txt"))][: count or None]


def _li_lim(data: Path | None, count: int | None) -> list[Instance]:
    """Read the files of a folder, or make so many of each family."""
    if data is not None:
        return [li_lim(path) for path in sorted(data.glob("*.txt"))][: count or None]
    return [generated(family, seed) for family in FAMILIES for seed in range(1, 1 + (count or 4))]


def _communities(make: Callable[[int], Instance], usual: int) -> Callable[[Path | None, int | None], list[Instance]]:
    return lambda data, count: [make(FIRST + number) for number in range(count or usual)]


def _growth(data: Path | None, count: int | None) -> list[Instance]:
    del data
    return [city(5 + number, stops, vehicles) for stops, vehicles in SIZES for number in range(count or 1)]


def city_budget(cores: int) -> float:
    """Give the seconds for one community, so that all are planned within `CITY_S`."""
    return round(CITY_S * cores / COMMUNITIES - HANDOVER_S, 4)


SUBJECTS: Final = {
    "solomon": Subject(
        asks="How far from the proven optimum of Solomon's published instances?",
        instances=_solomon,
        budgets=(0.5,),
    ),
    "li-lim": Subject(
        asks="Pickup and delivery in the form of Li and Lim: how many vehicles, and then how far do they go?",
        instances=_li_lim,
        budgets=(2.0,),
        engines=("kernel", "pyvrp", "pyvrp-fleet"),
    ),
    "pairs": Subject(
        asks="Pickup and delivery where distance alone counts: how far above the best of the run?",
        instances=lambda data, count: [pickup_delivery(1 + number) for number in range(count or 4)],
        budgets=(1.0,),
    ),
    "communities": Subject(
        asks="Communities of 60 stops: how far above the best of the run?",
        instances=_communities(city, 24),
        budgets=(0.1,),
    ),
    "hot-communities": Subject(
        asks="Communities of 60 stops with hot meals: how far above the best of the run?",
        instances=_communities(hot_city, 24),
        budgets=(0.1,),
    ),
    "growth": Subject(
        asks="Cities of 60 to 480 stops: how far above the best of 30 s?",
        instances=_growth,
        budgets=(2.0,),
        reference=30.0,
    ),
    "city": Subject(
        asks="164 communities within 8 s of wall time: how far above the best plans known?",
        instances=_communities(city, COMMUNITIES),
        budgets=(city_budget(2),),
        cores=2,
        reference=1.5,
        whole=True,
    ),
    "hot-city": Subject(
        asks="The same with hot meals: how far above the best plans known?",
        instances=_communities(hot_city, COMMUNITIES),
        budgets=(city_budget(2),),
        cores=2,
        reference=1.5,
        whole=True,
    ),
}


def named(instances: Sequence[Instance], names: Sequence[str]) -> list[Instance]:
    """Keep those of these names; all without names."""
    return [one for one in instances if not names or one.name in names]
