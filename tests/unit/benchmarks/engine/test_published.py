"""The published text formats are read as they are meant, and a file that is broken is refused with its place."""

from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.engine.instances import price
from tests.benchmarks.engine.published import li_lim, read_sheet, solomon, written

SMALL = """2\t10\t1
0\t0\t0\t0\t0\t100\t0\t0\t0
1\t3\t4\t7\t0\t50\t2\t0\t2
2\t3\t0\t-7\t0\t60\t2\t1\t0
"""


def test_a_file_of_li_and_lim_is_read(tmp_path: Path) -> None:
    path = tmp_path / "lr1.txt"
    path.write_text(SMALL, encoding="utf-8")
    one = li_lim(path)
    assert (one.name, one.vehicles, one.capacity, one.pairs) == ("lr1", 2, 10, ((1, 2),))
    assert one.seconds[0].tolist() == [0, 500, 300]  # hundredths
    cost = price(one, [[1, 2], []])
    assert (cost.travel / one.unit, cost.vehicles, cost.total) == (12.0, 1, 1200 + one.fixed)


def test_a_vehicle_costs_more_than_any_way(tmp_path: Path) -> None:
    path = tmp_path / "lr1.txt"
    path.write_text(SMALL, encoding="utf-8")
    assert li_lim(path).fixed >= 1200


def test_what_was_written_is_read_again() -> None:
    sheet = read_sheet(SMALL)
    again = read_sheet(written(sheet))
    assert (again.vehicles, again.capacity) == (sheet.vehicles, sheet.capacity)
    assert np.array_equal(again.tasks, sheet.tasks)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1"),
        (SMALL.replace("2\t10\t1", "2\t10"), "line 1: 3 numbers"),
        (SMALL.replace("\t1\t0\n", "\t1\n"), "line 4: 9 numbers"),
        (SMALL.replace("\t60\t", "\tlate\t"), "line 4: 9 numbers"),
        (SMALL.replace("-7", "-6"), "task 1 has no mate"),
        (SMALL.replace("\t0\t2\n", "\t0\t0\n"), "task 1 has no mate"),
        (SMALL.replace("2\t3\t0", "5\t3\t0"), "numbered"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "broken.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=f"broken.txt: .*{said}"):
        li_lim(path)


def test_a_file_of_solomon_is_read_in_tenths(tmp_path: Path) -> None:
    path = tmp_path / "R1.txt"
    path.write_text("R1\n\n2 10\n\n0 0 0 0 0 100 0\n1 1 1 4 0 50 10\n", encoding="utf-8")
    (tmp_path / "dimacs_bks").mkdir()
    (tmp_path / "dimacs_bks" / "R1.sol").write_text("Route #1: 1\nCost 2.8\n", encoding="utf-8")
    one = solomon(path)
    assert (one.vehicles, one.capacity, one.best, one.seconds[0, 1], one.closes[1]) == (2, 10, 28, 14, 500)
