"""The smallest board on which every part of every engine has something to do: it compiles and loads them."""

from typing import Final

import numpy as np

from services.matcher.planning.problem import Job, Pickup, Problem, Travel, Volunteer

_ALL_DAY: Final = ((0, 86_400),)


def tiny_board() -> Problem:
    """Make a board of a hot meal, a visit and one volunteer."""
    seconds = np.array([[0, 60, 90], [60, 0, 60], [90, 60, 0]], np.int32)
    common = {"windows": _ALL_DAY, "service_s": 60, "load": (1,), "priority": 3_600}
    meal = Job(id="meal", need="meal", mode="delivery", place=1, max_ride_s=3_600, pickup=Pickup(place=0), **common)  # type: ignore[arg-type]
    visit = Job(id="visit", need="visit", mode="visit", place=2, **{**common, "load": (0,)})  # type: ignore[arg-type]
    return Problem(
        now=0,
        jobs=(meal, visit),
        volunteers=(Volunteer(id="volunteer", start_place=0, duty=_ALL_DAY, capacity=(2,)),),
        travel=Travel(seconds=(seconds,), metres=seconds),
    )
