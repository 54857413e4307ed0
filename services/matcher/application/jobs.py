"""One wanted person becomes one job of the planner."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from services.matcher.application.day import Day
from services.matcher.application.travel_book import Page
from services.matcher.domain.board import HELD, OpenNeed, Posted, Slot
from services.matcher.domain.decision import Decision
from services.matcher.domain.qualify import excluded, qualifies_in_time, wanted
from services.matcher.domain.rules import MOST_URGENT, stands_by
from services.matcher.domain.usual import usual_people
from services.matcher.planning import Job, Pickup
from services.matcher.planning.problem import DAY_S
from shared.contracts.needs import Request

_LATE: Final = 900  # somebody who said yes may come so much after the window: better late than another stranger
_ON_BOARD: Final = 1800  # what is in the box already must be brought, however late it is
_HOT_ON_BOARD: Final = 900
_HOT_SHARE_ON_BOARD: Final = 0.85  # what is carried may be made to wait for another door only so far
_HOT_SHARE: Final = 0.75  # of the hot limit is planned; the rest is for lifts, stairs and talk at the doors
_SET_UP_S: Final = 120  # parking, greeting and signing at a kitchen's or shop's counter
_HAND_OVER_S: Final = 20
_TIME_TO_MEET: Final = timedelta(minutes=20)  # people who are to meet need so much notice
_A_LEVEL: Final = 7200  # what a level of priority is worth: two hours of travel
_EMERGENCY: Final = 86_400


def job_id(need: str, slot: int) -> str:
    """Name the job of a slot."""
    return f"{need}#{slot}"


def slot_of(job: str) -> tuple[str, int]:
    """Give the need and slot of a job."""
    need, _, slot = job.rpartition("#")
    return need, int(slot)


class JobMaker:
    """Makes jobs of one drawing; what is the same for all needs is looked up once."""

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of one drawing
        self,
        decision: Decision,
        on_duty: Collection[Posted],
        day: Day,
        page: Page,
        drawn: set[tuple[str, int]],
        only: tuple[str, int, str] | None,
    ) -> None:
        self._decision = decision
        self._on_duty = on_duty
        self._day = day
        self._page = page
        self._drawn = drawn
        self._only = only
        self._overdue = decision.overdue
        self._now = day.seconds(decision.at)
        self._on_duty_ids = frozenset(one.id for one in on_duty)
        self._standing = frozenset(one.id for one in on_duty if any(window.standing for window in one.windows))

    def job(self, need: OpenNeed, index: int, slot: Slot) -> Job:
        """Make the job of one slot."""
        request = need.request
        delivery = request.mode == "delivery"
        together = self._together(need)
        return Job(
            id=job_id(need.id, index),
            need=need.id,
            mode="visit" if request.mode == "claim" else request.mode,
            place=self._page.place(request.cell),
            windows=self._windows(need, index, slot, together=together is not None),
            service_s=request.duration_s,
            load=(request.meals, request.grams) if delivery else (0, 0),
            priority=worth(request),
            skills=wanted(request),
            not_volunteers=self._not(need, slot),
            only_volunteers=self._only_these(need, index, slot),
            familiar=self._familiar(need),
            together=together,
            pickup=self._pickup(need) if delivery else None,
            batch=f"{need.canteen}/{need.batch}" if need.wants_meals and need.batch else None,
            max_ride_s=None if (need.id, index) in self._overdue else self._ride_s(request, slot),
        )

    def _familiar(self, need: OpenNeed) -> frozenset[str]:
        """Who stands by for such needs, else who usually comes to this door and is on duty."""
        if need.request.standing:
            return self._standing
        return usual_people(self._decision.board, need) & self._on_duty_ids

    def _together(self, need: OpenNeed) -> str | None:
        """Several people meet at one moment; a single one who comes for a slot on their own does too."""
        if need.request.people == 1 or need.request.mode == "delivery" or self._only is not None:
            return None
        count = sum((need.id, index) in self._drawn for index in range(len(need.slots)))
        return need.id if count > 1 else None

    def _windows(self, need: OpenNeed, index: int, slot: Slot, *, together: bool) -> tuple[tuple[int, int], ...]:
        day, request = self._day, need.request
        if (need.id, index) in self._overdue:
            return ((day.seconds(request.opens), self._now + DAY_S),)
        if together or request.people > 1:
            meets = day.seconds(meeting(need, self._decision.at))
            # Who is expected and not there yet is waited for until they count as missed.
            late = any(one.status in HELD for one in need.slots) and meets < self._now <= meets + _LATE
            moment = self._now if late else meets
            return ((moment, moment),)
        opens, closes = day.seconds(request.opens), day.seconds(request.closes)
        if slot.status in ("taken", "begun"):
            closes += _LATE
        if slot.status == "carrying":
            closes = max(closes + _LATE, self._now + _ON_BOARD)
        return ((opens, closes),)

    def _pickup(self, need: OpenNeed) -> Pickup:
        """At the kitchen; other goods at the shop that was named, else at the shop next door."""
        day, request = self._day, need.request
        canteen = self._decision.board.canteens.get(need.canteen or "") if need.wants_meals else None
        closes = day.seconds(request.closes) + _LATE
        if canteen is None:
            cell = request.pickup or request.cell
            return Pickup(
                place=self._page.place(cell), windows=((0, closes),), service_s=_HAND_OVER_S, setup_s=_SET_UP_S
            )
        batch = canteen.batch(need.batch or "")
        opens = day.seconds(batch.ready_at) if batch else 0
        if canteen.closed_from is not None:
            closes = min(closes, day.seconds(canteen.closed_from) - 1)
        return Pickup(
            place=self._page.place(canteen.cell),
            windows=((opens, max(opens, closes)),),
            service_s=_HAND_OVER_S,
            setup_s=_SET_UP_S,
        )

    def _ride_s(self, request: Request, slot: Slot) -> int | None:
        if request.mode != "delivery" or not request.meals:
            return None
        if request.hot_limit_s is None:
            return None
        if slot.picked_up_at is None:
            return int(request.hot_limit_s * _HOT_SHARE)
        carried = int(request.hot_limit_s * _HOT_SHARE_ON_BOARD)
        return max(carried, self._now - self._day.seconds(slot.picked_up_at) + _HOT_ON_BOARD)

    def _only_these(self, need: OpenNeed, index: int, slot: Slot) -> frozenset[str] | None:
        if self._only is not None and self._only[:2] == (need.id, index):
            return frozenset({self._only[2]})
        if slot.status not in HELD:
            return None
        if slot.assigned and need.request.standing and slot.volunteer in self._standing and slot.status == "taken":
            return self._standing - set(need.not_again)  # carriers on a shift swap stops among themselves
        return frozenset({slot.volunteer or ""})

    def _not(self, need: OpenNeed, slot: Slot) -> frozenset[str]:
        if slot.status in HELD or self._only is not None:
            return frozenset()
        rules, at = self._decision.rules, self._decision.at
        return frozenset(one.id for one in self._on_duty if excluded(need, one, rules=rules, at=at))


def worth(request: Request) -> int:
    """Say what leaving the need unplaced costs, seconds-equivalent."""
    return _A_LEVEL * request.priority + (_EMERGENCY if request.priority == MOST_URGENT else 0)


def meeting(need: OpenNeed, at: datetime) -> datetime:
    """Give the one moment at which several people meet: as promised to who has it, else as announced, else soon."""
    promised = [slot.starts_at for slot in need.slots if slot.status in HELD and slot.starts_at is not None]
    if promised:
        return promised[0]
    return min(need.request.closes, max(need.request.opens, at + _TIME_TO_MEET))


def somebody_stands_by(decision: Decision, need: OpenNeed) -> bool:
    """Say whether somebody on standing duty could be assigned, whom one may plan for at any hour."""
    if not need.request.standing:
        return False
    moments = (need.request.opens, need.request.closes)
    return any(
        stands_by(one, moment) and qualifies_in_time(one, need.request)
        for one in decision.board.volunteers.values()
        for moment in moments
    )
