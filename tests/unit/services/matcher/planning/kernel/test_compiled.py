"""Parts are compiled with what calls them, are found again on disk with it, and are as careful as it is."""

import os
import subprocess
import sys
from pathlib import Path

MODULE = """
import sys

import numpy as np
from numba.core import event
from services.matcher.planning.kernel.compiled import Array, compiled, entry, inlined

@inlined
def third(row: Array) -> int:
    return row[3]

@compiled
def twice(number: int) -> int:
    return 2 * number

@entry
def ask(row):
    return twice(third(row))

with event.install_recorder("numba:compile") as compiling:
    try:
        print(ask(np.arange(int(sys.argv[1]))))
    except IndexError as error:
        print(error)
names = {one.data["dispatcher"].py_func.__name__ for _, one in compiling.buffer}
print(*sorted(names & {"ask", "third", "twice"}))
"""


def run(folder: Path, length: int, **environment: str) -> list[str]:
    """Ask for an item of a row of this length in a new process; what it answers, and what it compiled for that."""
    where = {**os.environ, "NUMBA_CACHE_DIR": str(folder), "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    call = [sys.executable, str(folder / "asking.py"), str(length)]
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        call, env=where, capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.splitlines()


def test_what_is_on_disk_is_used_and_no_part_is_compiled_again(tmp_path: Path) -> None:
    (tmp_path / "asking.py").write_text(MODULE, encoding="utf-8")
    assert run(tmp_path, 5) == ["6", "ask third twice"]
    assert run(tmp_path, 5) == ["6", ""]


def test_an_index_of_a_part_is_checked_where_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "asking.py").write_text(MODULE, encoding="utf-8")
    assert run(tmp_path, 3, NUMBA_BOUNDSCHECK="1")[0] == "index is out of bounds"
