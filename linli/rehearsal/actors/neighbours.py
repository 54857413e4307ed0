"""The volunteers: they answer offers, follow their route stop by stop, are late, meet closed doors, or stay away."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from linli.rehearsal.actors.stage import Stage
from linli.rehearsal.cue import Cue
from linli.rehearsal.scenario.city import Volunteer
from shared.contracts.dispatch import (
    OfferAccepted,
    OfferMade,
    OfferWithdrawn,
    RoutePlanned,
    Stop,
    VolunteerMissed,
)
from shared.contracts.fact import Fact

_MEAL_DELAY_PART = 6  # handing over a meal runs late by minutes where a repair runs late by half an hour
_TOO_LATE = frozenset({"offer.unknown", "offer.closed", "offer.expired", "need.unknown", "slot.not_yours"})


@dataclass(slots=True)
class _Walk:
    """Where a volunteer is on their route."""

    person: Volunteer
    stops: tuple[Stop, ...] = ()
    accepted: set[tuple[str, int]] = field(default_factory=set)
    finished: set[tuple[str, int, str]] = field(default_factory=set)
    free_at: datetime | None = None
    busy: bool = False
    turn: int = 0  # cues of an older turn are void

    def next_stop(self) -> Stop | None:
        """Give the first stop that was accepted and not dealt with."""
        for stop in self.stops:
            slot = (stop.need, stop.slot)
            if slot in self.accepted and (*slot, stop.action) not in self.finished:
                return stop
        return None


class Neighbours:
    """All volunteers of the city as one actor."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._walks: dict[str, _Walk] = {}

    def opening(self) -> Iterable[Cue]:
        """Do nothing before being asked."""
        return ()

    def hear(self, fact: Fact, now: datetime) -> Iterable[Cue]:
        """React to what the board says to a volunteer."""
        match fact.data:
            case OfferMade(assigned=False) as offer:
                yield self._answer(fact.partitionkey, offer, now)
            case OfferMade(assigned=True) as offer:
                yield from self._object(fact.partitionkey, offer, now)
            case RoutePlanned(volunteer=volunteer, stops=stops):
                self._walk(volunteer).stops = stops
                yield from self._onwards(fact.partitionkey, volunteer, now)
            case OfferAccepted(volunteer=volunteer, need=need, slot=slot):
                walk = self._walk(volunteer)
                walk.accepted.add((need, slot))
                walk.finished -= {(need, slot, action) for action in ("pickup", "dropoff", "visit", "shift")}
                yield from self._onwards(fact.partitionkey, volunteer, now)
            case OfferWithdrawn(volunteer=volunteer, need=need, slot=slot):
                self._walk(volunteer).accepted.discard((need, slot))
                yield from self._onwards(fact.partitionkey, volunteer, now)
            case VolunteerMissed(volunteer=volunteer, need=need, slot=slot):
                self._walk(volunteer).accepted.discard((need, slot))
            case _:
                return

    def _walk(self, volunteer: str) -> _Walk:
        if volunteer not in self._walks:
            self._walks[volunteer] = _Walk(self._stage.volunteers[volunteer])
        return self._walks[volunteer]

    def _refuses(self, volunteer: str, need: str) -> bool:
        number = self._stage.volunteers[volunteer].number
        return self._stage.behaviour.refuses(self._stage.city.seed, number, self._stage.number(need))

    def _answer(self, area: str, offer: OfferMade, now: datetime) -> Cue:
        person = self._stage.volunteers[offer.volunteer]
        seconds = self._stage.behaviour.answers_after_s(self._stage.city.seed, person.number, offer.number)
        word = "refuse" if self._refuses(offer.volunteer, offer.need) else "accept"
        return Cue(
            at=now + timedelta(seconds=seconds),
            name=f"7 {person.number} {word}s {offer.number}.{offer.slot}",
            act=lambda _now: self._say(area, offer.offer, word),
        )

    def _object(self, area: str, offer: OfferMade, now: datetime) -> Iterator[Cue]:
        """Somebody on standing duty says no at once, if at all."""
        if self._refuses(offer.volunteer, offer.need):
            person = self._stage.volunteers[offer.volunteer]
            name = f"7 {person.number} refuses {offer.number}.{offer.slot}"
            yield Cue(at=now, name=name, act=lambda _now: self._say(area, offer.offer, "refuse"))

    async def _say(self, area: str, offer: str, word: str) -> Iterable[Cue]:
        body = {"reason": "今天不方便 / cannot today"} if word == "refuse" else None
        answer = await self._stage.doors.call("matcher", "POST", f"/areas/{area}/offers/{offer}/{word}", json=body)
        self._stage.note(f"{word} {offer}", answer.status, answer.code, _TOO_LATE)
        return ()

    def _onwards(self, area: str, volunteer: str, now: datetime) -> Iterator[Cue]:
        """Plan the way to the next stop, unless busy at one or not coming today."""
        walk = self._walk(volunteer)
        stop = walk.next_stop()
        if stop is None or walk.busy or self._stage.behaviour.stays_away(self._stage.city.seed, walk.person.number):
            return
        walk.turn += 1
        turn = walk.turn
        reached = now if walk.free_at is None else walk.free_at + timedelta(seconds=stop.travel_s)
        yield Cue(
            at=max(stop.starts_at, reached, now),
            name=f"8 {walk.person.number} arrives for {self._stage.number(stop.need)}.{stop.slot}",
            act=lambda at: self._arrive(area, volunteer, stop, turn, at),
        )

    async def _arrive(self, area: str, volunteer: str, stop: Stop, turn: int, at: datetime) -> Iterable[Cue]:
        walk = self._walk(volunteer)
        if turn != walk.turn or walk.busy:
            return ()
        word = "pick-up" if stop.action == "pickup" else "start"
        if not await self._report(area, volunteer, stop, word) or stop.action == "pickup":
            return self._finish(area, volunteer, stop, at)
        walk.busy = True
        return (
            Cue(
                at=at + (stop.leaves_at - stop.starts_at) + self._delay(walk.person, stop),
                name=f"8 {walk.person.number} leaves {self._stage.number(stop.need)}.{stop.slot}",
                act=lambda at: self._leave(area, volunteer, stop, at),
            ),
        )

    async def _leave(self, area: str, volunteer: str, stop: Stop, at: datetime) -> Iterable[Cue]:
        number = self._stage.number(stop.need)
        nobody = stop.action != "shift" and self._stage.behaviour.finds_nobody(self._stage.city.seed, number)
        await self._report(area, volunteer, stop, "fail" if nobody else "complete")
        self._walk(volunteer).busy = False
        return self._finish(area, volunteer, stop, at)

    def _finish(self, area: str, volunteer: str, stop: Stop, at: datetime) -> Iterable[Cue]:
        walk = self._walk(volunteer)
        walk.finished.add((stop.need, stop.slot, stop.action))
        walk.free_at = at
        return tuple(self._onwards(area, volunteer, at))

    def _delay(self, person: Volunteer, stop: Stop) -> timedelta:
        minutes = self._stage.behaviour.delay_min(self._stage.city.seed, person.number, self._stage.number(stop.need))
        if stop.action == "dropoff":
            minutes //= _MEAL_DELAY_PART
        return timedelta(minutes=minutes) if stop.action != "shift" else timedelta(0)

    async def _report(self, area: str, volunteer: str, stop: Stop, word: str) -> bool:
        body: dict[str, object] = {"volunteer": volunteer, "slot": stop.slot}
        if word == "complete":
            body["evidence"] = ["checkin"]
        if word == "fail":
            body["reason"] = "nobody_home"
        path = f"/areas/{area}/needs/{stop.need}/{word}"
        answer = await self._stage.doors.call("matcher", "POST", path, json=body)
        self._stage.note(f"{word} {self._stage.number(stop.need)}", answer.status, answer.code, _TOO_LATE)
        return answer.ok
