"""Makes cities of this project's kind, so that there is something to measure on everywhere."""

from dataclasses import replace

import numpy as np

from tests.benchmarks.engine.instances import Instance, homogeneous

HOT_S = 1_500  # from the kitchen to the door
KITCHENS = 2


def city(seed: int, stops: int = 60, vehicles: int = 8) -> Instance:
    """Make a community: streets at right angles, two depots, a visit of three minutes each, windows, loads, skills."""
    chance = np.random.default_rng(seed)
    side, depots = 3000 * np.sqrt(stops / 60), 2
    rows = stops + depots
    at = chance.uniform(0, side, (rows, 2))
    at[:depots] = side / 2 + chance.normal(0, side / 6, (depots, 2))
    metres = np.abs(at[:, None] - at[None]).sum(-1) * (1 + 0.15 * chance.random((rows, rows)))
    seconds = np.rint(metres / 4).astype(np.int64)
    np.fill_diagonal(seconds, 0)
    for middle in range(rows):
        seconds = np.minimum(seconds, seconds[:, middle : middle + 1] + seconds[middle : middle + 1])
    opens = chance.integers(0, 6300, rows)
    closes = np.minimum(opens + chance.integers(1200, 3000, rows), 8400)
    demand, needs = chance.integers(1, 3, rows), np.where(chance.random(rows) < 0.4, chance.integers(0, 3, rows), -1)
    skills = chance.random((vehicles, 3)) < 0.6
    skills[:3] |= np.eye(3, dtype=bool)
    opens[:depots], closes[:depots], demand[:depots], needs[:depots] = 0, 9000, 0, -1
    return Instance(
        name=f"city-{stops}-{seed}", depots=depots, seconds=seconds, service=np.r_[[0] * depots, [180] * stops],
        opens=opens, closes=closes, demand=demand, home=np.arange(vehicles) % depots,
        capacity=int(np.ceil(demand.sum() / vehicles * 1.25)), needs=needs, skills=skills, optional=True,
    )  # fmt: skip


def hot_city(seed: int, stops: int = 60, vehicles: int = 8) -> Instance:
    """Make the same community with a sixth of its stops kitchens' counters, and as many doors that want a hot meal.

    A meal can be taken for twenty-five minutes from the moment when the kitchen has it, and is eaten until the door's
    own window closes; from counter to door pass at most `HOT_S` seconds.
    """
    one, meals = city(seed, stops, vehicles), stops // 6
    counters = np.arange(one.rows - 2 * meals, one.rows - meals)
    doors = counters + meals
    place = np.arange(one.rows)
    place[counters] = counters[np.arange(meals) % KITCHENS]
    opens, closes, service, demand, needs = (
        table.copy() for table in (one.opens, one.closes, one.service, one.demand, one.needs)
    )
    closes[counters] = opens[counters] + HOT_S
    service[counters], needs[counters], demand[doors] = 60, -1, demand[counters]
    opens[doors] = opens[counters] + service[counters]
    closes[doors] = np.minimum(opens[doors] + 2700, 8700)
    return replace(
        one, name=f"hot-{one.name}", seconds=one.seconds[np.ix_(place, place)], opens=opens, closes=closes,
        service=service, demand=demand, needs=needs, hot=HOT_S,
        pairs=tuple(zip(counters.tolist(), doors.tolist(), strict=True)),
    )  # fmt: skip


def pickup_delivery(seed: int, pairs: int = 50, vehicles: int = 15) -> Instance:
    """Make pairs anywhere, each with some slack between pickup and delivery; distance alone counts."""
    chance = np.random.default_rng(seed)
    rows = 1 + 2 * pairs
    at = chance.uniform(0, 1000, (rows, 2))
    at[0] = 500
    seconds = np.floor(np.sqrt(((at[:, None] - at[None]) ** 2).sum(-1))).astype(np.int64)
    day, service = 12_000, np.r_[[0], [90] * (rows - 1)]
    opens, closes = np.zeros(rows, np.int64), np.full(rows, day)
    demand = np.r_[[0], chance.integers(5, 30, rows - 1)]
    couples = tuple((1 + 2 * pair, 2 + 2 * pair) for pair in range(pairs))
    for first, second in couples:
        direct = seconds[first, second] + 90
        latest = day - direct - 90 - seconds[second, 0]
        start = int(chance.integers(seconds[0, first], max(seconds[0, first] + 1, latest - 900)))
        opens[first], closes[first] = start, min(start + 900, latest)
        opens[second], closes[second] = start + direct, min(start + direct + 1800, day - 90 - seconds[second, 0])
    return Instance(
        name=f"pairs-{pairs}-{seed}", depots=1, seconds=seconds, service=service, opens=opens, closes=closes,
        demand=demand, capacity=100, pairs=couples, optional=True, **homogeneous(vehicles, rows),
    )  # fmt: skip
