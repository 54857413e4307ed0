"""Plays a day: moves the clock, lets people act, waits until the services have finished, hears what they said.

The services are the real ones, reached through their HTTP doors, in this process or in others. Nothing here knows
which. At every moment the director waits until every service says that nothing is left to do; so a day is the same
day however fast the computer is.
"""

import asyncio
import heapq
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from linli.rehearsal.cue import Cue
from linli.rehearsal.doors import SERVICES, Answer, Doors
from shared.contracts.fact import Fact
from shared.contracts.wire import fact_of

_PAGE: Final = 1000
_GRAIN_S: Final = 15  # people act at whole quarters of a minute, so that moments can be shared
_GLANCE_S: Final = 0.01  # between two looks at whether the services have finished; looking takes their time


class Actor(Protocol):
    """Somebody on stage."""

    def opening(self) -> Iterable[Cue]:
        """Say what they do by themselves during the day."""
        ...

    def hear(self, fact: Fact, now: datetime) -> Iterable[Cue]:
        """Say what they do because of a fact."""
        ...


class Machinery(Protocol):
    """What moves the services through the day."""

    async def move_clock(self, now: datetime) -> None:
        """Move the clock of every service to the moment."""
        ...

    async def settle(self) -> bool:
        """Return when nothing is left to do at the present moment; say whether there may be new facts."""
        ...


class Director:
    """Runs one day from `start` to `end`.

    The clock moves to the moment of whoever acts next, and at least every `step`, so that the services' own timers
    ring. Without a `machinery` of its own the services are asked through their doors.
    """

    def __init__(  # noqa: PLR0913 - the parts of a production
        self,
        doors: Doors,
        actors: Iterable[Actor],
        *,
        start: datetime,
        end: datetime,
        step: timedelta = timedelta(minutes=5),
        machinery: "Machinery | None" = None,
        watch: Callable[[datetime, int], None] = lambda _now, _facts: None,
    ) -> None:
        self._doors = doors
        self._actors = tuple(actors)
        self._end = end
        self._step = step
        self._watch = watch
        self._machinery = machinery or ThroughDoors(doors)
        self._cues: list[Cue] = []
        self._cursor = ""
        self.now = start
        self.facts_heard = 0
        doors.came_back = self._move_clock

    async def play(self) -> None:
        """Play the day to its end."""
        await self._move_clock()
        for actor in self._actors:
            self._take(actor.opening())
        while self.now <= self._end:
            await self._play_moment()
            self._watch(self.now, self.facts_heard)
            self.now = self._next_moment()
            if self.now <= self._end:
                await self._move_clock()

    def _next_moment(self) -> datetime:
        latest = self.now + self._step
        return min(latest, _next_tick(self._cues[0].at)) if self._cues else latest

    async def _play_moment(self) -> None:
        """Let everybody act who is due, until nobody and nothing is."""
        while True:
            if await self._machinery.settle():
                await self._listen()
            due = self._due()
            if not due:
                return
            for cue in due:
                self._take(await cue.act(self.now))

    def _due(self) -> list[Cue]:
        due = []
        while self._cues and self._cues[0].at <= self.now:
            due.append(heapq.heappop(self._cues))
        return due

    def _take(self, cues: Iterable[Cue]) -> None:
        for cue in cues:
            heapq.heappush(self._cues, cue)

    async def _listen(self) -> None:
        """Hear all new facts from the console's archive and let the actors react to them."""
        while True:
            answer = await self._doors.call(
                "console", "GET", "/facts", params={"after": self._cursor, "limit": str(_PAGE)}
            )
            facts = [fact_of(fact) for fact in answer.body["facts"]]
            self._cursor = answer.body["next"]
            self.facts_heard += len(facts)
            for fact in sorted(facts, key=_story_order):
                for actor in self._actors:
                    self._take(actor.hear(fact, self.now))
            if len(facts) < _PAGE:
                return

    async def _move_clock(self) -> None:
        await self._machinery.move_clock(self.now)


class ThroughDoors:
    """Moves the clocks and waits for the services over HTTP, wherever they run."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._archived = -1  # how much the console had taken in when we looked last

    async def move_clock(self, now: datetime) -> None:
        """Set every service's clock."""
        await self._ask_all("POST", "/internal/clock", json={"now": now.isoformat()})

    async def settle(self) -> bool:
        """Return when all services are idle and none has done anything between two looks."""
        before: list[int] = []
        while True:
            looks = await self._ask_all("GET", "/internal/progress")
            activity = [int(look.body["activity"]) for look in looks]
            if all(look.body["idle"] for look in looks) and activity == before:
                archived, self._archived = self._archived, activity[SERVICES.index("console")]
                return self._archived != archived
            before = activity
            await asyncio.sleep(_GLANCE_S)

    async def _ask_all(self, method: str, path: str, **request: Any) -> list[Answer]:
        return await asyncio.gather(*(self._doors.call(service, method, path, **request) for service in SERVICES))


def _next_tick(moment: datetime) -> datetime:
    """Round up to the grain of the day: people act no earlier than they said."""
    begun = moment.replace(second=moment.second // _GRAIN_S * _GRAIN_S, microsecond=0)
    return begun if begun == moment else begun + timedelta(seconds=_GRAIN_S)


def _story_order(fact: Fact) -> tuple[str, str, int]:
    """Order the facts of one moment so that it does not matter which service was faster."""
    return (fact.partitionkey, fact.subject, fact.sequence)
