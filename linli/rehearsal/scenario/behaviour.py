"""How people behave on the day, as numbers to turn and decisions that do not depend on their order."""

import datetime as dt
from dataclasses import dataclass

from linli.rehearsal.scenario.chance import chance, dice


@dataclass(frozen=True, slots=True, kw_only=True)
class KitchenClosing:
    """A kitchen that closes in the middle of its lunch: batches not yet ready never come."""

    canteen: str
    at: dt.time


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """All shares are of 1, all assumptions (A); the keys make each decision that person's and that visit's own."""

    refuse: float = 0.03
    no_show: float = 0.02
    nobody_home: float = 0.01
    late: float = 0.10
    """Visits that take longer than planned."""
    late_min: tuple[int, int] = (5, 25)
    """Least and most minutes of delay of those that are late."""
    answer_s: tuple[int, int] = (5, 90)
    """Least and most seconds until a volunteer answers an offer."""
    reads_wall_min: tuple[int, int] = (20, 300)
    """Least and most minutes until somebody reads a wish on the wall and takes it."""
    bad_rating: float = 0.02
    no_rating_answer: float = 0.15
    kitchen_closing: KitchenClosing | None = KitchenClosing(canteen="C-02", at=dt.time(10, 40))
    """By default the second canteen of the busiest area, so that its neighbours can take over."""

    def __post_init__(self) -> None:
        for name in ("refuse", "no_show", "nobody_home", "late", "bad_rating", "no_rating_answer"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"Behaviour.{name} is {getattr(self, name)}: give a share between 0 and 1.")

    def refuses(self, seed: int, volunteer: str, need: str) -> bool:
        """Tell whether this volunteer says no to this need."""
        return chance(seed, "refuse", volunteer, need) < self.refuse

    def stays_away(self, seed: int, volunteer: str) -> bool:
        """Tell whether this volunteer does not come today without saying so."""
        return chance(seed, "no-show", volunteer) < self.no_show

    def finds_nobody(self, seed: int, need: str) -> bool:
        """Tell whether nobody opens the door."""
        return chance(seed, "nobody-home", need) < self.nobody_home

    def delay_min(self, seed: int, volunteer: str, need: str) -> int:
        """Return by how many minutes the visit takes longer than planned; 0 for most."""
        if chance(seed, "late", volunteer, need) >= self.late:
            return 0
        return dice(seed, "delay", volunteer, need).randint(*self.late_min)

    def answers_after_s(self, seed: int, volunteer: str, need: str) -> int:
        """Return after how many seconds the volunteer answers the offer."""
        return dice(seed, "answer", volunteer, need).randint(*self.answer_s)

    def reads_wall_after_min(self, seed: int, need: str) -> int:
        """Return after how many minutes on the wall somebody takes the wish."""
        return dice(seed, "wall", need).randint(*self.reads_wall_min)

    def rating(self, seed: int, need: str) -> bool | None:
        """Return whether the resident found it good, or None if the resident does not answer."""
        if chance(seed, "no-answer", need) < self.no_rating_answer:
            return None
        return chance(seed, "rating", need) >= self.bad_rating
