"""Routing beside its peers within three minutes: `compare`'s subjects on fewer instances, for `make bench`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.benchmarks.engine import plots
from tests.benchmarks.engine.engines import SIDE_BY_SIDE, Crew, installed
from tests.benchmarks.engine.generated import city, hot_city
from tests.benchmarks.engine.instances import Instance
from tests.benchmarks.engine.measuring import best_known, duel, keep, side_by_side, summed_up
from tests.benchmarks.engine.subjects import FIRST, SUBJECTS
from tests.benchmarks.figures import Figure

SOLOMON: Final = Path(__file__).resolve().parents[4] / "shared" / "data" / "solomon"
SEEDS: Final = (1, 2, 3)
OVER_TIME: Final = (0.1, 0.3, 1.0, 2.0)
HOW: Final = (
    "Engines take turns on the same instances, equal wall time, one core each unless said otherwise; of each instance"
    " the median of three seeds (drawings: one), then the mean. Gaps are to the proven optimum (Solomon) or to the best"
    " of this run. The yardstick of a routing figure is the best peer here."
)
PEER: Final = "pyvrp"
OURS: Final = "kernel"


def routing() -> tuple[list[Figure], list[str]]:
    """Give the figures, and in plain words what could not be measured; draw the gap over time and the growth."""
    names = installed(SIDE_BY_SIDE)
    missing = [f"{name} is not installed here" for name in SIDE_BY_SIDE if name not in names]
    communities = [city(FIRST + number) for number in range(12)]
    hot = [hot_city(FIRST + number) for number in range(6)]
    with Crew(1, names) as crew:
        figures = [
            _gap("12 communities of 60 stops, 0.1 s", crew, communities, 0.1, names),
            _gap("6 communities with hot meals, 0.1 s", crew, hot, 0.1, names),
        ]
        if SOLOMON.exists():
            some = SUBJECTS["solomon"].instances(SOLOMON, None)[::14]
            figures.append(_gap(f"{len(some)} of Solomon's, 0.5 s", crew, some, 0.5, names))
        else:
            missing.append("Solomon's instances are not beside the project")
        if PEER in names:
            figures += _vehicles_first(crew)
        missing += _drawings(crew, names)
    with Crew(2, names) as crew:
        figures.append(_gap("6 communities, 0.1 s, both cores each", crew, communities[:6], 0.1, names))
    return figures, missing


def _gap(what: str, crew: Crew, instances: Sequence[Instance], seconds: float, names: Sequence[str]) -> Figure:
    """Give the kernel's mean gap, and its share of the best peer's."""
    runs = side_by_side(crew, names, instances, [seconds], SEEDS)
    gaps = {one.engine: one.gap for one in summed_up(runs, best_known(runs)) if one.gap is not None}
    ours = gaps.pop(OURS, float("inf"))
    best = min(gaps.values(), default=None)
    said = ", ".join(f"{name} {found:.2f} %" for name, found in gaps.items())
    return Figure(what=what, value=ours, unit="% gap", ratio=ours / best if best else None,
                  target="< 1 of the best peer", note=said)  # fmt: skip


def _vehicles_first(crew: Crew) -> list[Figure]:
    """Hold ours against PyVRP where vehicles count first, on one instance of each family."""
    instances = SUBJECTS["li-lim"].instances(None, 1)
    found = duel(side_by_side(crew, [OURS, PEER], instances, [2.0], SEEDS), PEER, 2.0)
    what = f"pickup and delivery, vehicles first, {len(instances)} instances, 2 s"
    return [
        Figure(what=f"{what}: more vehicles than PyVRP on", value=len(found.more), unit="of them", target="0",
               note=f"fewer on {len(found.fewer)}"),
        Figure(what=f"{what}: shorter than PyVRP's where as many", value=found.shorter, unit="%", target="> 0"),
    ]  # fmt: skip


def _drawings(crew: Crew, names: Sequence[str]) -> list[str]:
    """Draw both curves from one seed each; give what is missing for them."""
    time = side_by_side(crew, names, [city(FIRST), city(FIRST + 1)], OVER_TIME, SEEDS[:1])
    growth = side_by_side(crew, names, SUBJECTS["growth"].instances(None, None), [2.0], SEEDS[:1])
    kept = [
        keep("quick-over-time", "Two communities of 60 stops: above the best of this run", time, cores_each=1),
        keep("quick-growth", "Cities of 60 to 480 stops: above the best of this run", growth, cores_each=1),
    ]
    drawn = [drawing for path in kept for drawing in plots.draw(path)]
    return [] if drawn else ["drawings: matplotlib is not installed here"]
