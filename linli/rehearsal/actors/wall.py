"""Those who read the wish wall: sooner or later somebody who is free takes a wish upon themselves."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from linli.rehearsal.actors.stage import Stage
from linli.rehearsal.cue import Cue
from linli.rehearsal.scenario.chance import dice
from shared.contracts.fact import Fact
from shared.contracts.needs import NeedAccepted, NeedReopened, Request

_NEEDS_TIME: Final = timedelta(hours=2)  # nobody takes a wish on who goes home sooner
_LOOKED_AGAIN_AFTER: Final = timedelta(hours=1)  # while nobody is there who could
_MOST_READERS: Final = 5  # who try for one wish; then it stays on the wall
_DOES_NOT_FIT: Final = frozenset({"claim.does_not_fit", "volunteer.not_on_board", "volunteer.not_qualified"})
_GONE: Final = frozenset({"need.unknown", "need.taken"})


class WishReaders:
    """Everybody who reads the wall, as one actor: for each wish they come in an order of their own."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def opening(self) -> Iterable[Cue]:
        """Do nothing before a wish hangs there."""
        return ()

    def hear(self, fact: Fact, now: datetime) -> Iterator[Cue]:
        """Read a wish some time after it was hung up."""
        match fact.data:
            case NeedAccepted(request=request) | NeedReopened(request=request) if request.mode == "claim":
                wait = self._stage.behaviour.reads_wall_after_min(self._stage.city.seed, request.number)
                yield self._reads(fact.partitionkey, fact.subject, request, now + timedelta(minutes=wait), reader=0)
            case _:
                return

    def _reads(self, area: str, need: str, request: Request, at: datetime, *, reader: int) -> Cue:
        async def take(now: datetime) -> Iterable[Cue]:
            return await self._take(area, need, request, reader, now)

        return Cue(at=at, name=f"6 {request.number} is read by {reader}", act=take)

    async def _take(self, area: str, need: str, request: Request, reader: int, now: datetime) -> Iterable[Cue]:
        if reader >= _MOST_READERS or now >= request.closes:
            return ()
        free = self._free(area, request.number, now)
        if reader >= len(free):
            return (self._reads(area, need, request, now + _LOOKED_AGAIN_AFTER, reader=reader),)
        path = f"/areas/{area}/needs/{need}/claim"
        answer = await self._stage.doors.call("matcher", "POST", path, json={"volunteer": free[reader]})
        self._stage.note(f"claim {request.number}", answer.status, answer.code, _DOES_NOT_FIT | _GONE)
        if answer.code not in _DOES_NOT_FIT:
            return ()
        return (self._reads(area, need, request, now + timedelta(minutes=1), reader=reader + 1),)

    def _free(self, area: str, number: str, now: datetime) -> list[str]:
        """Give those who are there by themselves and for long enough, in this wish's order."""
        stage, until = self._stage, now + _NEEDS_TIME
        free = [
            (person.number, volunteer)
            for volunteer, person in stage.volunteers.items()
            if person.area == area
            and not stage.behaviour.stays_away(stage.city.seed, person.number)
            and any(
                duty.kind == "on-call" and duty.window.opens <= now and until <= duty.window.closes
                for duty in person.duties
            )
        ]
        free.sort()  # ids are given by chance, numbers are not
        dice(stage.city.seed, "wish", number).shuffle(free)
        return [volunteer for _, volunteer in free]
