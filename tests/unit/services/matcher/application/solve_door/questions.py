"""Small random questions in VROOM's JSON, with what our engines and VROOM both know."""

import math
from random import Random
from typing import Any

Json = dict[str, Any]


def a_question(seed: int, *, jobs: int = 12, shipments: int = 3, vehicles: int = 3) -> Json:
    """Make one: two profiles, two loads, windows, skills, set-up, several starts; some vehicles end anywhere."""
    dice = Random(seed)
    stops = jobs + 2 * shipments
    places = [(dice.uniform(0, 60), dice.uniform(0, 60)) for _ in range(stops + vehicles)]
    fast = [[math.ceil(20 * math.dist(one, other)) for other in places] for one in places]
    slow = [[math.ceil(33 * math.dist(one, other)) for other in places] for one in places]
    ends = range(stops, stops + vehicles)
    return {
        "jobs": [_job(dice, number) for number in range(jobs)],
        "shipments": [_shipment(dice, jobs + 2 * number) for number in range(shipments)],
        "vehicles": [_vehicle(dice, number, ends[number]) for number in range(vehicles)],
        "matrices": {"car": {"durations": fast}, "bike": {"durations": slow}},
    }


def _stop(dice: Random, place: int) -> Json:
    opens = dice.randrange(0, 9000, 300)
    windows = [[opens, opens + dice.randrange(1800, 7200, 300)]]
    if dice.random() < 0.3:
        later = windows[0][1] + 1800
        windows.append([later, later + 3600])
    stop = {"id": place, "location_index": place, "service": dice.randrange(0, 400, 20)}
    if dice.random() < 0.3:
        stop["setup"] = dice.randrange(0, 200, 20)
    return stop | ({"time_windows": windows} if dice.random() < 0.6 else {})


def _job(dice: Random, number: int) -> Json:
    job = _stop(dice, number)
    if dice.random() < 0.8:
        job[dice.choice(["delivery", "delivery", "pickup"])] = [dice.randint(0, 3), dice.randint(0, 5)]
    if dice.random() < 0.3:
        job["skills"] = [dice.randint(1, 3)]
    return job | ({"priority": dice.choice([1, 10, 100])} if dice.random() < 0.3 else {})


def _shipment(dice: Random, place: int) -> Json:
    amount = [dice.randint(0, 2), dice.randint(0, 3)]
    return {"pickup": _stop(dice, place), "delivery": _stop(dice, place + 1), "amount": amount}


def _vehicle(dice: Random, number: int, place: int) -> Json:
    vehicle: Json = {
        "id": number + 1,
        "start_index": place,
        "profile": dice.choice(["car", "car", "bike"]),
        "capacity": [dice.randint(5, 12), dice.randint(8, 20)],
        "skills": [skill for skill in (1, 2, 3) if dice.random() < 0.7],
        "time_window": [0, 16_000],
    }
    return vehicle | ({"end_index": place} if dice.random() < 0.7 else {})


def a_town(seed: int, *, jobs: int = 12, vehicles: int = 2) -> Json:
    """Make a full day of visits in a small town: nine to five, half an hour of lunch between 11:30 and 14:00."""
    dice = Random(seed)
    places = [(dice.uniform(0, 9000), dice.uniform(0, 9000)) for _ in range(jobs + 1)]
    opens, closes, rest = 32_400, 61_200, 1800
    lunch = {"id": 1, "service": rest, "time_windows": [[41_400, 50_400]]}
    share = vehicles * (closes - opens - rest) / jobs  # of the time that there is, for one visit
    visits: list[Json] = []
    for number in range(1, jobs + 1):
        visit: Json = {"id": number, "location_index": number, "service": int(share * dice.uniform(0.36, 0.72))}
        begins = dice.randrange(opens, closes - 5400, 900)
        if dice.random() < 0.7:
            visit["time_windows"] = [[begins, begins + dice.choice([1800, 3600, 5400, 7200])]]
        visits.append(visit)
    whole_day = {"start_index": 0, "end_index": 0, "time_window": [opens, closes], "breaks": [lunch]}
    return {
        "jobs": visits,
        "vehicles": [{"id": number + 1} | whole_day for number in range(vehicles)],
        "matrices": {"car": {"durations": [[math.ceil(math.dist(a, b) / 4.6) for b in places] for a in places]}},
    }
