"""Draws what was measured, from its JSON files: `python -m tests.benchmarks.engine.plots var/bench/engine-growth.json`.

Over time: the gap of each engine after so many seconds. Growth: the gap of each engine on cities of different sizes.
"""

import json
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import mean
from typing import Any, Final, NamedTuple

from tests.benchmarks.engine.measuring import Run, best_known, summed_up

WANTED: Final = 3  # points that make a curve
STRAIGHT: Final = 0.1  # per cent: below it the scale is linear, so that zero has a place
GAPS: Final = (0, 0.1, 0.3, 1, 3, 10, 30, 100)
COLOURS: Final = {"kernel": "#c2263b", "pyvrp": "#2369a8", "vroom": "#2f8f5b", "ortools": "#7a6a9c"}
NAMES: Final = {"kernel": "Linli's kernel", "pyvrp": "PyVRP", "vroom": "VROOM", "ortools": "OR-Tools",
                "pyvrp-fleet": "PyVRP, fleet first", "ortools-guided": "OR-Tools, guided"}  # fmt: skip
OTHER: Final = "#8c8c8c"
APART: Final = 13.0  # points between two labels


class Curve(NamedTuple):
    """One engine: x, and per cent above the best known."""

    engine: str
    points: list[tuple[float, float]]


def over_time(runs: Sequence[Run]) -> list[Curve]:
    """Give the mean gap against the mean wall time of each budget; a budget without all plans has no point."""
    best, curves = best_known(runs), dict[str, list[tuple[float, float]]]()
    for one in summed_up(runs, best):
        walls = [run.wall for run in runs if (run.engine, run.budget) == (one.engine, one.budget)]
        if one.gap is not None:
            curves.setdefault(one.engine, []).append((mean(walls), one.gap))
    return [Curve(engine, sorted(points)) for engine, points in curves.items()]


def growth(runs: Sequence[Run], budget: float) -> list[Curve]:
    """Give the mean gap at one budget against the number of stops."""
    best, curves = best_known(runs), dict[str, list[tuple[float, float]]]()
    for jobs in sorted({one.jobs for one in runs}):
        for one in summed_up([run for run in runs if run.jobs == jobs and run.budget == budget], best):
            if one.gap is not None:
                curves.setdefault(one.engine, []).append((jobs, one.gap))
    return [Curve(engine, points) for engine, points in curves.items()]


def draw(path: Path) -> list[Path]:
    """Draw what a file has enough points for, beside the file; nothing, with a word why, where nothing can be drawn."""
    told = json.loads(path.read_text(encoding="utf-8"))
    runs = [Run(**one) for one in told["runs"]]
    drawings = []
    sizes, budgets = {one.jobs for one in runs}, _side_by_side(runs)
    if len(sizes) >= WANTED and "growth" in told["subject"]:
        label = f"Cities of {min(sizes)} to {max(sizes)} stops after {budgets[0]:g} s of search"
        drawings.append(("growth", growth(runs, budgets[0]), "Stops of the city", label))
    elif len(budgets) >= WANTED:
        drawings.append(("over-time", over_time(runs), "Wall time (s)", told["how"].partition(":")[0]))
    if drawings and find_spec("matplotlib") is None:
        sys.stdout.write("Not drawn: matplotlib is not installed here (pip install 'matplotlib>=3.11').\n")
        return []
    return [
        _drawn(path.with_name(f"{path.stem.removesuffix(kind).rstrip('-')}-{kind}.png"), curves, axis, label, told)
        for kind, curves, axis, label in drawings
    ]


def _side_by_side(runs: Sequence[Run]) -> list[float]:
    """Give the budgets at which more than one engine was measured, or all if there is but one engine."""
    engines = {one.engine for one in runs}
    asked = {budget: {one.engine for one in runs if one.budget == budget} for budget in {one.budget for one in runs}}
    return sorted(budget for budget, some in asked.items() if len(some) > 1 or len(engines) == 1)


def _drawn(path: Path, curves: Sequence[Curve], axis: str, label: str, told: dict[str, Any]) -> Path:
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second, and may be missing

    figure = Figure(figsize=(8.4, 5.0), dpi=160, layout="constrained")
    plot = figure.add_subplot()
    for curve in curves:
        ours = curve.engine == "kernel"
        plot.plot(*zip(*curve.points, strict=True), color=COLOURS.get(curve.engine, OTHER), marker="o",
                  markersize=5 if ours else 4, linewidth=2.4 if ours else 1.5, zorder=3 if ours else 2,
                  clip_on=False)  # fmt: skip
    _scaled(plot, curves, axis)
    figure.suptitle(label, x=0.01, ha="left", fontsize=12)
    machine, versions = told["machine"], ", ".join(f"{name} {number}" for name, number in told["versions"].items())
    seeds, instances = ({run[key] for run in told["runs"]} for key in ("seed", "instance"))
    figure.supxlabel(
        f"{len(instances)} instances, median of {len(seeds)} seed(s) each; {told['cores_each']} core(s) an engine;"
        f" {versions}; {machine['processor']}",
        x=0.01, ha="left", fontsize=7, color="#666666",
    )  # fmt: skip
    figure.draw_without_rendering()  # so that places on the page are known
    _labelled(plot, curves)
    figure.savefig(path)
    return path


def _scaled(plot: Any, curves: Sequence[Curve], axis: str) -> None:
    """Scale both axes by factors, with plain numbers on them."""
    xs = sorted({x for curve in curves for x, _ in curve.points})
    most = max((y for curve in curves for _, y in curve.points), default=1.0)
    plot.set_xscale("log")
    plot.set_yscale("symlog", linthresh=STRAIGHT, linscale=0.3)
    wanted = [x for x in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if xs[0] * 0.8 <= x <= xs[-1] * 1.2]
    ticks = xs if axis.startswith("Stops") else wanted
    plot.set_xticks(ticks, [f"{x:g}" for x in ticks])
    plot.set_xticks([], minor=True)
    shown = [gap for gap in GAPS if gap <= most * 3]
    plot.set_yticks(shown, [f"{gap:g}" for gap in shown])
    plot.set_yticks([], minor=True)
    plot.set_ylim(0, most * 1.3)
    plot.set_xlabel(axis)
    plot.set_ylabel("Above the best known plan (%)")
    plot.grid(axis="y", color="#e4e4e4", linewidth=0.8)
    plot.spines[["top", "right"]].set_visible(False)


def _labelled(plot: Any, curves: Sequence[Curve]) -> None:
    """Write each engine's name at the end of its line, from below, each at least `APART` above the one before."""
    per_point = plot.figure.dpi / 72
    height, lowest, floor = {}, float("-inf"), plot.transData.transform((1, 0))[1] / per_point
    for curve in curves:
        height[curve.engine] = plot.transData.transform(curve.points[-1])[1] / per_point
    for curve in sorted(curves, key=lambda curve: height[curve.engine]):
        lowest = max(height[curve.engine], floor + APART / 2, lowest + APART)
        plot.annotate(
            NAMES.get(curve.engine, curve.engine), curve.points[-1], xytext=(9, lowest - height[curve.engine]),
            textcoords="offset points", va="center", color=COLOURS.get(curve.engine, OTHER), annotation_clip=False,
            fontweight="bold" if curve.engine == "kernel" else "normal",
        )  # fmt: skip


def main(paths: Sequence[str]) -> int:
    """Draw the files that are named."""
    for path in paths:
        for drawing in draw(Path(path)):
            sys.stdout.write(f"{drawing}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
