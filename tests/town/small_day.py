"""A small day of one area that still has everything: lunches, errands, patrols, refusals, a closed kitchen."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from linli.one_process import open_one_process
from linli.rehearsal.doors import SERVICES, Doors
from linli.rehearsal.production import BUSIEST_AREA, Played, play, starts
from linli.rehearsal.scenario import day
from linli.rehearsal.scenario.behaviour import Behaviour
from linli.rehearsal.scenario.city import City
from linli.rehearsal.scenario.generate import Sizes

STEP = timedelta(minutes=5)

# More trouble than in life, so that a small day meets all of it.
TROUBLE = Behaviour(refuse=0.1, no_show=0.05, nobody_home=0.04, bad_rating=0.06, no_rating_answer=0.2)


def small_city(seed: int = 3) -> City:
    """About 30 lunches, 25 requests and 4 patrol shifts of 古湖街道."""
    sizes = Sizes(volunteers=800, lunches=110, requests=100, teams=4, carriers=24)
    return day(seed, areas=[BUSIEST_AREA], sizes=sizes)


def tiny_city(seed: int = 3) -> City:
    """A third of it, for what needs only some of everything."""
    sizes = Sizes(volunteers=270, lunches=36, requests=34, teams=2, carriers=8)
    return day(seed, areas=[BUSIEST_AREA], sizes=sizes)


async def play_embedded(city: City, data_dir: Path, step: timedelta = STEP, **chosen: Any) -> Played:
    """Play the day with all services in this process; `chosen` are settings."""
    settings: dict[str, Any] = {
        "data_dir": data_dir,
        "simulated_from": starts(city),
        "survive": "process_crash",
    } | chosen
    async with open_one_process(**settings) as one, one.host.run():
        doors = Doors({name: one.client(name) for name in SERVICES})
        return await play(city, doors, step=step, behaviour=TROUBLE, machinery=one)


async def play_over_http(city: City, urls: Mapping[str, str], step: timedelta = STEP) -> Played:
    """Play the day with services that run in other processes."""
    clients = {name: httpx.AsyncClient(base_url=url, timeout=30) for name, url in urls.items()}
    try:
        return await play(city, Doors(clients), step=step, behaviour=TROUBLE)
    finally:
        for client in clients.values():
            await client.aclose()


def broken(played: Played) -> list[Any]:
    """Name the guarantees that do not hold."""
    return [one for one in played.guarantees["guarantees"] if one["broken"]]


def outcomes(played: Played) -> Counter[tuple[str, str]]:
    """Count needs by service and outcome."""
    return Counter(
        {
            (service, outcome): count
            for service, row in played.figures["by_service"].items()
            for outcome, count in row.items()
            if outcome != "asked"
        }
    )
