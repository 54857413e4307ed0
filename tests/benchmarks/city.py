"""The whole city's day in one process: `linli city`, as an operator would run it, once."""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.benchmarks.figures import Figure, Measured

HOW: Final = "`linli city`: 13 areas, 164 communities, 6,000 volunteers, one generated day in one process, seed 7."
_ROOT: Final = Path(__file__).resolve().parents[2]


def measure() -> Measured:
    """Play the day and read the figures that the command writes."""
    with TemporaryDirectory(prefix="linli-bench-") as folder:
        report = Path(folder) / "city.json"
        command = [sys.executable, "-m", "linli.cli", "city", "--json", str(report)]
        done = subprocess.run(  # noqa: S603 - our own command, no shell
            command, cwd=_ROOT, capture_output=True, text=True, check=False
        )
        if not report.exists():
            return Measured(part="city", how=HOW, missing=(f"the day ended with: {done.stdout[-500:]}",))
        day = json.loads(report.read_text())
    figures = (
        Figure(what="wall", value=day["seconds"], unit="s"),
        Figure(what="facts", value=day["facts"] / day["seconds"], unit="facts/s", note=f"{day['facts']:,} facts"),
        Figure(what="peak memory", value=day["peak_mib"], unit="MiB", target="≤ 600 MiB", note="with a solver process"),
        Figure(
            what="need accepted → first offer, p50",
            value=day["first_offer_ms"]["median"],
            unit="ms",
            note=f"real time, {day['first_offer_ms']['needs']:,} needs; {day['first_offer_ms']['later']:,} held back",
        ),
        Figure(what="need accepted → first offer, p99", value=day["first_offer_ms"]["p99"], unit="ms", target="≤ 1 s"),
    )
    broken = () if day["guarantees_kept"] else ("the day broke a guarantee: its figures are not to be trusted",)
    return Measured(part="city", how=HOW, figures=figures, missing=broken)
