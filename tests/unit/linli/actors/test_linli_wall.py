"""Wishes are claimed by people who are there, one after the other, through the matcher's own door."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from linli.rehearsal.actors.stage import Stage
from linli.rehearsal.actors.wall import WishReaders
from linli.rehearsal.cue import Cue
from linli.rehearsal.doors import Answer
from linli.rehearsal.production import BUSIEST_AREA
from linli.rehearsal.scenario import day
from linli.rehearsal.scenario.behaviour import Behaviour
from linli.rehearsal.scenario.city import City
from linli.rehearsal.scenario.generate import Sizes
from linli.rehearsal.scenario.hours import at
from shared.contracts.needs import NeedAccepted
from tests.builders import a_fact, an_example

SIZES = Sizes(volunteers=800, lunches=110, requests=100, teams=4, carriers=24)


class Matcher:
    """Answers claims with these codes in turn, then with yes."""

    def __init__(self, *codes: str) -> None:
        self._codes = list(codes)
        self.claims: list[tuple[str, str]] = []

    async def call(self, service: str, method: str, path: str, *, json: Any) -> Answer:
        self.claims.append((f"{service} {method} {path}", json["volunteer"]))
        code = self._codes.pop(0) if self._codes else ""
        return Answer(status=409 if code else 200, body={"type": f"urn:linli:problem:{code}"} if code else {})


@pytest.fixture(scope="module")
def city() -> City:
    return day(3, areas=[BUSIEST_AREA], sizes=SIZES)


def read(city: City, doors: Matcher, *, mode: str = "claim", hour: str = "09:00") -> tuple[list[datetime], Stage]:
    """Hang up a wish at the hour and let people read it until nobody comes any more, at most ten times."""
    volunteers = {f"id of {one.number}": one for one in city.volunteers}
    stage = Stage(city=city, behaviour=Behaviour(reads_wall_min=(30, 30)), doors=doors, volunteers=volunteers)  # type: ignore[arg-type]
    now = at(city.on, hour)
    request = an_example(NeedAccepted).request.model_copy(
        update={"mode": mode, "number": "GH-3001", "closes": now + timedelta(days=2)}
    )
    fact = a_fact(an_example(NeedAccepted).model_copy(update={"request": request}))
    fact = fact.model_copy(update={"partitionkey": BUSIEST_AREA, "subject": "wish"})
    cues: Iterable[Cue] = list(WishReaders(stage).hear(fact, now))
    times: list[datetime] = []
    while cues and len(times) < 10:
        (cue,) = cues
        times.append(cue.at)
        cues = list(asyncio.run(cue.act(cue.at)))  # type: ignore[arg-type]
    return times, stage


def test_somebody_on_call_takes_a_wish_through_the_door(city: City) -> None:
    doors = Matcher()
    times, stage = read(city, doors)
    assert times == [at(city.on, "09:30")]
    ((path, volunteer),) = doors.claims
    assert path == f"matcher POST /areas/{BUSIEST_AREA}/needs/wish/claim"
    duties = stage.volunteers[volunteer].duties
    assert any(one.kind == "on-call" and one.window.opens <= times[0] <= one.window.closes for one in duties)
    assert stage.mishaps == []


def test_where_it_does_not_fit_the_next_reader_tries_and_at_last_it_stays_on_the_wall(city: City) -> None:
    doors = Matcher(*["claim.does_not_fit"] * 9)
    read(city, doors)
    assert len({volunteer for _, volunteer in doors.claims}) == len(doors.claims) == 5


def test_a_wish_that_somebody_else_took_is_let_be(city: City) -> None:
    doors = Matcher("need.taken")
    _, stage = read(city, doors)
    assert len(doors.claims) == 1
    assert stage.mishaps == []


def test_at_night_nobody_takes_a_wish(city: City) -> None:
    doors = Matcher()
    times, _ = read(city, doors, hour="23:00")
    assert doors.claims == []
    assert times[1] - times[0] == timedelta(hours=1)


def test_what_hangs_on_no_wall_is_read_by_nobody(city: City) -> None:
    assert read(city, Matcher(), mode="visit")[0] == []
