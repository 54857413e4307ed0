"""The residents: they say whether it was good, or say nothing."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from linli.rehearsal.actors.stage import Stage
from linli.rehearsal.cue import Cue
from linli.rehearsal.scenario.chance import dice
from shared.contracts.fact import Fact
from shared.contracts.needs import NeedProgressed


class Residents:
    """All residents of the city as one actor."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._complained: set[str] = set()

    def opening(self) -> Iterable[Cue]:
        """Do nothing: their needs are handed in by the offices."""
        return ()

    def hear(self, fact: Fact, now: datetime) -> Iterable[Cue]:
        """Answer the one question after a while, if at all. What was redone is found good."""
        if not (isinstance(fact.data, NeedProgressed) and fact.data.status == "done"):
            return
        number, seed = self._stage.number(fact.subject), self._stage.city.seed
        good = self._stage.behaviour.rating(seed, number)
        if good is None:
            return
        if not good:
            redone = fact.subject in self._complained
            self._complained.add(fact.subject)
            good = redone
        wait = timedelta(minutes=dice(seed, "rates-after", number).randint(2, 60))
        answer = {"good": good, "by": "resident"}
        yield Cue(at=now + wait, name=f"6 {number} rates", act=lambda _now: self._rate(fact.subject, answer))

    async def _rate(self, need: str, answer: dict[str, object]) -> Iterable[Cue]:
        reply = await self._stage.doors.call("intake", "POST", f"/needs/{need}/rating", json=answer)
        self._stage.note(f"rate {need}", reply.status, reply.code, frozenset({"need.not_done"}))
        return ()
