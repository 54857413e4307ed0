"""`python -m tests.benchmarks [part ...]`: measures the named parts, or all of them."""

import sys
from collections.abc import Callable, Mapping
from typing import Final

from rich.console import Console

from tests.benchmarks import city, cold, embedded, http_door, pipeline
from tests.benchmarks.engine import whole as engine
from tests.benchmarks.figures import Measured, keep, show

PARTS: Final[Mapping[str, Callable[[], Measured]]] = {
    "pipeline": pipeline.measure,
    "embedded": embedded.measure,
    "http": http_door.measure,
    "city": city.measure,
    "cold": cold.measure,
    "engine": engine.measure,
}


def main(chosen: list[str]) -> int:
    """Measure one part after another, so that they do not disturb each other."""
    out = Console(width=140)
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        out.print(f"There is no part {', '.join(unknown)}. Choose from: {', '.join(PARTS)}.")
        return 2
    for name in chosen or PARTS:
        measured = PARTS[name]()
        show(measured, out)
        out.print(f"kept in {keep(measured)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
