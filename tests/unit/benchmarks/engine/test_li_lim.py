"""Generated instances have the published form and a plan, and are the same for everybody."""

import numpy as np
import pytest

from tests.benchmarks.engine.instances import price
from tests.benchmarks.engine.li_lim import FAMILIES, made
from tests.benchmarks.engine.published import DUE, READY, instance_of, read_sheet, written


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_tours_that_were_laid_are_a_plan(family: str, seed: int) -> None:
    found = made(family, seed)
    one = instance_of(family, read_sheet(written(found.sheet)))
    spare = one.vehicles - len(found.tours)
    cost = price(one, [*found.tours, *([] for _ in range(spare))])
    assert (cost.vehicles, len(one.pairs), len(one.singles)) == (len(found.tours), 50, 0)


def test_a_seed_always_makes_the_same() -> None:
    assert written(made("LR1", 1).sheet) == written(made("LR1", 1).sheet)
    assert written(made("LR1", 1).sheet) != written(made("LR1", 2).sheet)


def test_families_are_clustered_or_not_and_narrow_or_wide() -> None:
    def nearest(family: str) -> float:
        return float(np.median(np.sort(instance_of(family, made(family, 4).sheet).seconds, axis=1)[:, 1]))

    def width(family: str) -> float:
        tasks = made(family, 4).sheet.tasks[1:]
        return float(np.median(tasks[:, DUE] - tasks[:, READY]))

    assert nearest("LC1") < nearest("LRC1") < nearest("LR1")
    assert width("LR1") < width("LR2")
