"""Plays a day: moves the clock, lets people act, waits until the services have finished, hears what they said.

The services are the real ones, reached through their HTTP doors, in this process or in others. Nothing here knows
which. At every moment the director waits until every service says that nothing is left to do; so a day is the same
day however fast the computer is.
"""

import asyncio
import heapq
import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Final, Protocol

from linli.rehearsal.cue import Cue
from linli.rehearsal.doors import SERVICES, Doors
from shared.contracts.fact import Fact
from shared.contracts.wire import read_fact

_PAGE: Final = 1000
_GLANCE_S: Final = 0.002  # between two looks at whether the services have finished


class Actor(Protocol):
    """Somebody on stage."""

    def opening(self) -> Iterable[Cue]:
        """Say what they do by themselves during the day."""
        ...

    def hear(self, fact: Fact, now: datetime) -> Iterable[Cue]:
        """Say what they do because of a fact."""
        ...


class Director:
    """Runs one day from `start` to `end`.

    The clock moves to the whole minute of whoever acts next, and at least every `step`, so that the services' own
    timers ring. `settle` waits until the services have finished; without one they are asked through their doors.
    """

    def __init__(  # noqa: PLR0913 - the parts of a production
        self,
        doors: Doors,
        actors: Iterable[Actor],
        *,
        start: datetime,
        end: datetime,
        step: timedelta = timedelta(minutes=5),
        settle: Callable[[], Awaitable[None]] | None = None,
        watch: Callable[[datetime, int], None] = lambda _now, _facts: None,
    ) -> None:
        self._doors = doors
        self._actors = tuple(actors)
        self._end = end
        self._step = step
        self._watch = watch
        self._settle = settle or self._settle_through_doors
        self._cues: list[Cue] = []
        self._cursor = ""
        self.now = start
        self.facts_heard = 0
        doors.came_back = self._set_clocks

    async def play(self) -> None:
        """Play the day to its end."""
        await self._set_clocks()
        for actor in self._actors:
            self._take(actor.opening())
        while self.now <= self._end:
            await self._play_moment()
            self._watch(self.now, self.facts_heard)
            self.now = self._next_moment()
            if self.now <= self._end:
                await self._set_clocks()

    def _next_moment(self) -> datetime:
        latest = self.now + self._step
        return min(latest, _whole_minute(self._cues[0].at)) if self._cues else latest

    async def _play_moment(self) -> None:
        """Let everybody act who is due, until nobody and nothing is."""
        while True:
            await self._settle()
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
            facts = [read_fact(json.dumps(fact).encode()) for fact in answer.body["facts"]]
            self._cursor = answer.body["next"]
            self.facts_heard += len(facts)
            for fact in sorted(facts, key=_story_order):
                for actor in self._actors:
                    self._take(actor.hear(fact, self.now))
            if len(facts) < _PAGE:
                return

    async def _settle_through_doors(self) -> None:
        """Return when all services are idle and none has done anything between two looks."""
        before: list[int] = []
        while True:
            looks = [await self._doors.call(service, "GET", "/internal/progress") for service in SERVICES]
            activity = [int(look.body["activity"]) for look in looks]
            if all(look.body["idle"] for look in looks) and activity == before:
                return
            before = activity
            await asyncio.sleep(_GLANCE_S)

    async def _set_clocks(self) -> None:
        for service in SERVICES:
            await self._doors.call(service, "POST", "/internal/clock", json={"now": self.now.isoformat()})


def _whole_minute(moment: datetime) -> datetime:
    """Round up: people act no earlier than they said."""
    begun = moment.replace(second=0, microsecond=0)
    return begun if begun == moment else begun + timedelta(minutes=1)


def _story_order(fact: Fact) -> tuple[str, str, int]:
    """Order the facts of one moment so that it does not matter which service was faster."""
    return (fact.partitionkey, fact.subject, fact.sequence)
