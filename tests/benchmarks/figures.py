"""What a benchmark says: figures with their unit and target, printed as a table and kept as JSON."""

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

KEPT_IN = Path(__file__).resolve().parents[2] / "var" / "bench"
_SMALL = 10  # below it a decimal is worth reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number. `ratio` is to the yardstick of the same run, `target` is what the design asks for."""

    what: str
    value: float
    unit: str
    ratio: float | None = None
    target: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All figures of one part, and in plain words what could not be measured."""

    part: str
    how: str
    figures: tuple[Figure, ...] = ()
    missing: tuple[str, ...] = ()


def show(measured: Measured, out: Console) -> None:
    """Print a part."""
    table = Table("what", "figure", "of the yardstick", "target", "note", title=measured.part, caption=measured.how)
    for figure in measured.figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        table.add_row(figure.what, f"{_number(figure.value)} {figure.unit}", ratio, figure.target, figure.note)
    out.print(table)
    for reason in measured.missing:
        out.print(f"[yellow]not measured:[/yellow] {reason}")


def keep(measured: Measured, folder: Path = KEPT_IN) -> Path:
    """Write a part to its JSON file, with the machine and the commit that it speaks of."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{measured.part}.json"
    path.write_text(json.dumps({"machine": machine(), **asdict(measured)}, ensure_ascii=False, indent=2) + "\n")
    return path


def machine() -> dict[str, Any]:
    """Say on what and when something is measured, and what else the machine was doing."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_1_min": round(os.getloadavg()[0], 2),  # what else the machine was doing
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "commit": _commit(),
    }


def _processor() -> str:
    """Give the processor's name where the system tells it in the usual file, or its family."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _commit() -> str:
    command = ("git", "rev-parse", "--short", "HEAD")
    try:
        said = subprocess.run(  # noqa: S603 - our own command, no shell
            command, capture_output=True, text=True, check=False, cwd=KEPT_IN.parents[1]
        )
    except FileNotFoundError:
        return "unknown"
    return said.stdout.strip() or "unknown"


def _number(value: float) -> str:
    return f"{value:,.1f}" if value < _SMALL else f"{value:,.0f}"


def percentile(values: list[float], share: float) -> float:
    """Give the smallest value that is not exceeded by this share of the values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
