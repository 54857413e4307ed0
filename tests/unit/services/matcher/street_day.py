"""A day in one street, played by the dice of a seed: people answer, come late, meet closed doors, or stay away."""

import random
from datetime import datetime, timedelta
from typing import Any

from services.matcher.domain import commands as ask
from services.matcher.domain.invariants import broken
from services.matcher.domain.wakes import wakes
from shared.contracts.dispatch import FailureReason
from shared.contracts.places import Cell
from shared.kernel.refusals import Refusal
from tests.unit.services.matcher.play import Play, a_meal, a_request, a_window, at, cell

_MINUTE = timedelta(minutes=1)


class StreetDay:
    """Plays 07:00 to 23:00 minute by minute; every fact is checked against the invariants at once."""

    def __init__(self, seed: int, *, volunteers: int = 12, meals: int = 25, visits: int = 25) -> None:
        self.play = Play("07:00")
        self.dice = random.Random(seed)
        self.answers: dict[str, datetime] = {}
        self.ends: dict[tuple[str, int], datetime] = {}
        self.away = {f"v{one}" for one in range(volunteers) if self.dice.random() < 0.08}
        self.calls = [
            *(
                (at(f"{self.dice.randint(7, 10)}:{self.dice.randint(0, 59):02d}".zfill(5)), f"m{one}")
                for one in range(meals)
            ),
            *(
                (at(f"{self.dice.randint(7, 19)}:{self.dice.randint(0, 59):02d}".zfill(5)), f"n{one}")
                for one in range(visits)
            ),
        ]
        self._open(volunteers)

    def _open(self, volunteers: int) -> None:
        for kitchen in range(3):
            self.play.canteen(f"k{kitchen}", cell(kitchen * 1500), ("10:45", 15), ("11:15", 15))
        for one in range(volunteers):
            carrier = one % 2 == 0
            window = a_window("10:15", "13:30", standing=True) if carrier else a_window("08:00", "20:00")
            skills = frozenset({"electric"} if one % 3 == 0 else ())
            self.play.post(f"v{one}", window, home=self._somewhere(), skills=skills)

    def _somewhere(self) -> Cell:
        return cell(self.dice.randint(0, 3500), self.dice.randint(0, 1500))

    def run(self) -> Play:
        while self.play.now < at("23:00"):
            self._minute()
            self.play.now += _MINUTE
        return self.play

    def _minute(self) -> None:
        play = self.play
        while (moment := play.alarms.due(play.board)) is not None and moment <= play.now:
            self._tell(ask.Tick(at=play.now))
            after = play.alarms.due(play.board)
            assert after is None or after > play.now, f"woken at {play.now}, and at once again"
        assert play.alarms.due(play.board) == min((one.at for one in wakes(play.board, play.rules)), default=None)
        for when, need in self.calls:
            if play.now - _MINUTE < when <= play.now:
                self._call(need)
        if play.now == at("10:40"):
            self._tell(ask.CloseCanteen(at=play.now, canteen="k1", closed_from=play.now, reason="gas"))
        self._answer()
        self._walk()

    def _call(self, need: str) -> None:
        where, now = self._somewhere(), self.play.now
        if need.startswith("m"):
            request = a_meal(number=need, cell=where)
        else:
            people = 2 if self.dice.random() < 0.15 else 1
            opens = now + timedelta(minutes=self.dice.choice([0, 30, 120]))
            closes = opens if people == 2 else opens + timedelta(minutes=self.dice.choice([30, 120, 240]))
            if people == 2:
                opens = closes = now + timedelta(minutes=90)
            request = a_request(
                number=need,
                cell=where,
                opens=opens,
                closes=closes,
                people=people,
                priority=self.dice.randint(1, 5),
                duration_s=self.dice.choice([600, 1800, 3600]),
                skills=frozenset({"electric"} if self.dice.random() < 0.2 else ()),
            )
        self._tell(ask.AdmitNeed(at=now, need=need, request=request))

    def _answer(self) -> None:
        for _, _, slot in list(self.play.board.slots()):
            if slot.status != "asked" or slot.offer is None:
                continue
            if slot.offer not in self.answers:
                self.answers[slot.offer] = self.play.now + timedelta(minutes=self.dice.choice([0, 1, 2, 5, 20]))
            if self.answers[slot.offer] <= self.play.now:
                if self.dice.random() < 0.15:
                    self._tell(ask.RefuseOffer(at=self.play.now, offer=slot.offer, reason="cannot"))
                else:
                    self._tell(ask.AcceptOffer(at=self.play.now, offer=slot.offer))

    def _walk(self) -> None:
        for volunteer in list(self.play.board.routes):
            if volunteer in self.away:
                continue
            self._one_walks(volunteer)

    def _one_walks(self, volunteer: str) -> None:
        play = self.play
        begun = next(((n, i) for n, i, s in play.board.held_by(volunteer) if s.status == "begun"), None)
        if begun is not None:
            need, index = begun
            if self.ends[need.id, index] <= play.now:
                kind: dict[str, Any] = {"need": need.id, "slot": index, "volunteer": volunteer, "at": play.now}
                if self.dice.random() < 0.04:
                    reason: FailureReason = self.dice.choice(
                        ["nobody_home", "other", "not_wanted", "goods_missing", "unsafe"]
                    )
                    self._tell(ask.Fail(**kind, reason=reason))
                else:
                    self._tell(ask.Complete(**kind))
            return
        for stop in play.board.route(volunteer).stops:
            slot = play.board.needs[stop.need].slots[stop.slot]
            if slot.volunteer != volunteer or slot.status not in ("taken", "carrying"):
                continue
            if stop.starts_at <= play.now:
                told: dict[str, Any] = {"need": stop.need, "slot": stop.slot, "volunteer": volunteer, "at": play.now}
                if stop.action == "pickup":
                    self._tell(ask.PickUp(**told))
                    self._one_walks(volunteer)
                else:
                    late = timedelta(minutes=self.dice.choice([0, 0, 0, 5, 30]) if stop.action != "dropoff" else 1)
                    self.ends[stop.need, stop.slot] = play.now + (stop.leaves_at - stop.starts_at) + late
                    self._tell(ask.Start(**told))
            return

    def _tell(self, command: ask.Command) -> None:
        try:
            self.play.tell(command)
        except Refusal as refusal:
            assert refusal.code in {"offer.expired", "offer.closed"}, refusal  # noqa: PT017 - the only noes of this day
        assert broken(self.play.board) == (), (self.play.now, command, broken(self.play.board))
