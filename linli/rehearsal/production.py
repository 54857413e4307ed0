"""Puts a day on stage: the generated city, its actors, and the director, over the doors of running services."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from linli.rehearsal.actors.neighbours import Neighbours
from linli.rehearsal.actors.offices import Offices
from linli.rehearsal.actors.residents import Residents
from linli.rehearsal.actors.stage import Stage
from linli.rehearsal.actors.wall import WishReaders
from linli.rehearsal.director import Director, Machinery
from linli.rehearsal.doors import Doors
from linli.rehearsal.scenario import day
from linli.rehearsal.scenario.behaviour import Behaviour
from linli.rehearsal.scenario.city import City
from linli.rehearsal.scenario.hours import at

BUSIEST_AREA = "511083001"  # 古湖街道
STARTS = "06:00"
ENDS = "34:00"  # ten in the morning after: the night patrol is back and late answers have come


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A day that has been played, as the city itself tells it."""

    city: City
    facts: int
    figures: Any  # GET /api/figures of the console
    guarantees: Any  # GET /api/guarantees of the console
    mishaps: tuple[str, ...]


def generate(seed: int, areas: Collection[str] | None) -> City:
    """Generate the day of these areas, or of the whole city."""
    return day(seed, areas=areas)


def starts(city: City) -> datetime:
    """Give the moment at which the day begins."""
    return at(city.on, STARTS)


def ends(city: City) -> datetime:
    """Give the moment at which the day is over."""
    return at(city.on, ENDS)


async def play(  # noqa: PLR0913 - a production has these parts
    city: City,
    doors: Doors,
    *,
    step: timedelta = timedelta(minutes=5),
    behaviour: Behaviour | None = None,
    machinery: Machinery | None = None,
    watch: Callable[[datetime, int], None] = lambda _now, _facts: None,
) -> Played:
    """Play the day against running services, whose simulated clocks stand at or before its start."""
    stage = Stage(city=city, behaviour=behaviour or Behaviour(), doors=doors)
    actors = (Offices(stage, start=starts(city)), Neighbours(stage), Residents(stage), WishReaders(stage))
    director = Director(doors, actors, start=starts(city), end=ends(city), step=step, machinery=machinery, watch=watch)
    await director.play()
    return Played(
        city=city,
        facts=director.facts_heard,
        figures=(await doors.call("console", "GET", "/api/figures")).body,
        guarantees=(await doors.call("console", "GET", "/api/guarantees")).body,
        mishaps=tuple(stage.mishaps),
    )
