"""How unevenly a load is spread, as a sum that a solver can make small: for rotas and for lending alike.

Somebody's share of the sum is their minutes above 0, above one step, above two steps, and so on. It grows like the
square of the load, so whatever goes from somebody with much to somebody with little makes the sum smaller.
"""

from collections.abc import Iterable
from math import gcd

from ortools.sat.python import cp_model

_MOST_STEPS = 64  # for one person or area: a finer measure says nothing more


def step_of(blocks_min: Iterable[int], most_min: int) -> int:
    """Choose the step: what all blocks of time have in common, unless that is very little.

    Parameters
    ----------
    blocks_min
        The lengths in which load comes, minutes.
    most_min
        The largest load that anybody can get, minutes.
    """
    return max(gcd(*blocks_min), -(-most_min // _MOST_STEPS), 1)


def unfairness_min(load_min: int, step_min: int) -> int:
    """Add up a load's minutes above 0, above one step, above two steps, and so on."""
    steps = -(-load_min // step_min)
    return steps * load_min - step_min * steps * (steps - 1) // 2


def add_unfairness(
    model: cp_model.CpModel, load: cp_model.LinearExprT, *, least_min: int, most_min: int, step_min: int
) -> cp_model.IntVar:
    """Give a variable that is not below a load's unfairness: one line for each step, the highest of them counts.

    Parameters
    ----------
    model, load
        Minutes, as an expression of the model.
    least_min, most_min
        Between which the load lies.
    step_min
        The step of the measure.
    """
    cost = model.new_int_var(0, unfairness_min(most_min, step_min), "")
    for steps in range(least_min // step_min, -(-most_min // step_min) + 1):
        model.add(cost >= steps * load - step_min * steps * (steps - 1) // 2)
    return cost
