"""What the engines are compared on: every instance in one form, and a check that knows no engine."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypedDict

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Routes = Sequence[Sequence[int]]
LEFT_OUT = 100_000  # for each job that is not done, where that is allowed


@dataclass(frozen=True, kw_only=True)
class Instance:
    """Vehicles start and end at depots; a job is one stop, or a pickup and its delivery.

    Parameters
    ----------
    name
        For the table.
    depots
        The first rows of the matrices are depots.
    seconds
        Travel, which is also the cost; [n, n].
    service, opens, closes, demand
        By row; those of depots are the day. The demand of a delivery is that of its pickup.
    home
        Depot of each vehicle.
    capacity
        Of each vehicle. What single stops want is on board from the depot on.
    needs, skills
        Skill wanted by each row (-1: none) and bool [vehicles, skills].
    pairs
        Rows of a pickup and its delivery, which one vehicle does in this order. All other rows are single stops.
    hot
        From leaving a pickup to the start at its delivery pass at most so many seconds; None: no limit.
    optional
        Whether jobs may be left out.
    fixed
        Cost of a vehicle that is used.
    unit
        So many of the matrices' units are one of the published distances.
    best
        Proven optimum, if known.
    """

    name: str
    depots: int
    seconds: Array
    service: Array
    opens: Array
    closes: Array
    demand: Array
    home: Array
    capacity: int
    needs: Array
    skills: Array
    pairs: tuple[tuple[int, int], ...] = ()
    hot: int | None = None
    optional: bool = False
    fixed: int = 0
    unit: int = 1
    best: int | None = None

    @property
    def vehicles(self) -> int:
        return len(self.home)

    @property
    def rows(self) -> int:
        return len(self.seconds)

    @cached_property
    def singles(self) -> tuple[int, ...]:
        """Rows of the stops that have no mate."""
        paired = {row for pair in self.pairs for row in pair}
        return tuple(row for row in range(self.depots, self.rows) if row not in paired)

    @property
    def jobs(self) -> int:
        return len(self.singles) + len(self.pairs)


class Fleet(TypedDict):
    """The fields of an instance that tell vehicles apart."""

    home: Array
    needs: Array
    skills: Array


def homogeneous(vehicles: int, rows: int) -> Fleet:
    """Give a fleet of equals at one depot, none of which needs a skill."""
    return Fleet(home=np.zeros(vehicles, np.int64), needs=np.full(rows, -1), skills=np.zeros((vehicles, 0), bool))


def never_cold(one: Instance) -> Instance:
    """Narrow windows until no plan can break the hot limit, for engines that have no word for it.

    Every delivery closes so early that even what was picked up at the first moment is still hot. Plans of the answer
    are plans of the original, but not all of the original's are left.
    """
    if one.hot is None:
        return one
    closes = one.closes.copy()
    for first, second in one.pairs:
        closes[second] = min(closes[second], one.opens[first] + one.service[first] + one.hot)
    return replace(one, closes=closes, hot=None)


@dataclass(frozen=True, slots=True)
class Price:
    """What a plan costs, and of what that is made.

    Parameters
    ----------
    travel
        In the matrices' unit.
    vehicles
        Used.
    left_out
        Jobs that are not done.
    total
        What engines are compared by.
    """

    travel: int
    vehicles: int
    left_out: int
    total: int


def price(one: Instance, routes: Routes) -> Price:
    """Check a plan against the statement alone, and add up what it costs.

    Raises
    ------
    ValueError
        If it breaks a rule.
    """
    seen = set[int]()
    for vehicle, route in enumerate(routes):
        place = {row: number for number, row in enumerate(route)}
        if seen & place.keys() or len(place) < len(route):
            raise ValueError(f"{one.name}: a stop is served twice")
        if any((first in place) != (second in place) or place.get(first, 0) > place.get(second, 0)
               for first, second in one.pairs):  # fmt: skip
            raise ValueError(f"{one.name}: a pair is torn apart")
        _check(one, vehicle, route)
        seen |= place.keys()
    done = sum(row in seen for row in one.singles) + sum(first in seen for first, _ in one.pairs)
    left_out = one.jobs - done
    if left_out and not one.optional:
        raise ValueError(f"{one.name}: {left_out} jobs are not done")
    used = [(vehicle, route) for vehicle, route in enumerate(routes) if route]
    travel = sum(_travel(one, vehicle, route) for vehicle, route in used)
    return Price(travel, len(used), left_out, travel + one.fixed * len(used) + LEFT_OUT * left_out)


def worth(one: Instance, routes: Routes) -> float:
    """Give what a plan costs in all; inf if it breaks a rule. No routes at all leave everything out."""
    try:
        return price(one, routes or [[] for _ in range(one.vehicles)]).total
    except ValueError:
        return float("inf")


def _travel(one: Instance, vehicle: int, route: Sequence[int]) -> int:
    stops = [one.home[vehicle], *route, one.home[vehicle]]
    return int(one.seconds[stops[:-1], stops[1:]].sum())


def _check(one: Instance, vehicle: int, route: Sequence[int]) -> None:
    for row in route:
        if one.needs[row] >= 0 and not one.skills[vehicle, one.needs[row]]:
            raise ValueError(f"{one.name}: vehicle {vehicle} lacks the skill for stop {row}")
    if _most_on_board(one, route) > one.capacity:
        raise ValueError(f"{one.name}: vehicle {vehicle} is too full")
    starts = _starts(one, vehicle, route)
    if any(start > one.closes[row] for row, start in zip([*route, one.home[vehicle]], starts, strict=True)):
        raise ValueError(f"{one.name}: vehicle {vehicle} is late")


def _most_on_board(one: Instance, route: Sequence[int]) -> int:
    change = {row: -int(one.demand[row]) for row in route}
    change |= {first: int(one.demand[first]) for first, _ in one.pairs if first in change}
    change |= {second: -int(one.demand[first]) for first, second in one.pairs if second in change}
    load = most = sum(int(one.demand[row]) for row in set(route).intersection(one.singles))
    for row in route:
        load += change[row]
        most = max(most, load)
    return most


def _starts(one: Instance, vehicle: int, route: Sequence[int]) -> list[int]:
    """Give the earliest starts and the arrival at home; a pickup waits until its delivery is hot enough."""
    home = int(one.home[vehicle])
    stops = [*route, home]
    held = {row: int(one.opens[row]) for row in stops}
    hot = [pair for pair in one.pairs if one.hot is not None and pair[0] in held]
    while True:
        here, moment, starts = home, int(one.opens[home]), list[int]()
        for row in stops:
            moment = max(moment + int(one.service[here] + one.seconds[here, row]), held[row])
            starts.append(moment)
            here = row
        if any(start > one.closes[row] for row, start in zip(stops, starts, strict=True)):
            return starts  # later pickups make nothing earlier
        at = dict(zip(route, starts, strict=False))
        wait = {first: at[second] - int(one.hot or 0) - int(one.service[first]) for first, second in hot}
        late = {first: moment for first, moment in wait.items() if moment > at[first]}
        if not late:
            return starts
        held |= late
