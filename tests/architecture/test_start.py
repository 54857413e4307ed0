"""A service starts without what only solver processes need: it would cost every start a second and 60 MB."""

import subprocess
import sys

SOLVERS = ("ortools", "numba", "pandas", "igraph", "osmium", "openpyxl")


def test_all_services_can_be_started_without_loading_a_solver() -> None:
    asked = f"import sys, linli.one_process; print([name for name in {SOLVERS} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    assert said.stdout.strip() == "[]"
