"""Opens the love canteens with enough meals in their batches, and some to spare for a kitchen that closes."""

import datetime as dt
import math

from linli.rehearsal.scenario.city import Area, Batch, Canteen
from linli.rehearsal.scenario.hours import at
from linli.rehearsal.scenario.profiles import EVERY_KITCHEN

BATCHES = {"10:30": 0.35, "11:00": 0.40, "11:30": 0.25}
PORTIONS_PER_LUNCH = 1.1
SPARE_ALONE = 1.25
SPARE_TOGETHER = 1.5  # where a neighbour kitchen can take over
HALAL_SITE = "511083001011"
ROUND_TO = 5


def canteens(areas: tuple[Area, ...], lunches: dict[str, int], on: dt.date) -> tuple[Canteen, ...]:
    """Return the canteens of all areas, numbered through the city; lunches are counted by area."""
    sites = [(area, site) for area in areas for site in area.canteen_sites]
    return tuple(
        _canteen(f"C-{order:02d}", area, site, lunches[area.code], on) for order, (area, site) in enumerate(sites, 1)
    )


def _canteen(code: str, area: Area, site: str, lunches: int, on: dt.date) -> Canteen:
    community = area.community(site)
    spare = SPARE_TOGETHER if len(area.canteen_sites) > 1 else SPARE_ALONE
    meals = lunches * PORTIONS_PER_LUNCH * spare / len(area.canteen_sites)
    return Canteen(
        code=code,
        name=f"{community.name}爱心食堂",
        area=area.code,
        community=community.code,
        place=community.place,
        batches=tuple(
            Batch(ready_at=at(on, clock), meals=math.ceil(meals * share / ROUND_TO) * ROUND_TO)
            for clock, share in BATCHES.items()
        ),
        diets=EVERY_KITCHEN | {"清真"} if site == HALAL_SITE else EVERY_KITCHEN,
    )
