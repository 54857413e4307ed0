"""A board at a moment, drawn as a planning problem: domain words become numbers."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.matcher.application.day import Day
from services.matcher.application.jobs import JobMaker, job_id
from services.matcher.application.travel_book import MODES, Page, TravelBook
from services.matcher.application.under_way import frozen_of, in_hand
from services.matcher.domain.board import HELD, Board, OpenNeed, Posted, Slot
from services.matcher.domain.decision import Decision
from services.matcher.domain.lately import Week
from services.matcher.domain.qualify import abilities
from services.matcher.planning import Action, Batch, Plan, Problem, Route, Step, Volunteer
from shared.contracts.dispatch import Stop
from shared.contracts.places import Cell
from shared.contracts.volunteers import Profile

_WAY_TO_DUTY: Final = timedelta(hours=1)
_STILL_THERE: Final = timedelta(hours=2)  # after a stop somebody is expected to have gone home


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A problem, and what is needed to read a plan of it."""

    problem: Problem
    present: Plan  # the board's routes as they stand, in order, without times
    day: Day
    page: Page
    kept: dict[str, tuple[Stop, ...]]  # stops under way, as they were planned


def draw(
    decision: Decision,
    needs: Collection[str],
    book: TravelBook,
    *,
    among: Collection[str] | None = None,
    only: tuple[str, int, str] | None = None,
) -> Drawing:
    """Draw the board as it stands in a decision.

    Parameters
    ----------
    decision
        Whose board and moment.
    needs
        The needs whose open slots are to be placed; everything that somebody has in hand is drawn anyway.
    book
        How far it is.
    among
        Just these volunteers, with what they have in hand; everybody on duty if None.
    only
        (need, slot, volunteer): just this open slot is to be placed, with just this volunteer.
    """
    board, at = decision.board, decision.at
    day = Day.around(at, decision.rules)
    # By id: among equals, nobody is preferred because the board heard of them earlier.
    names = sorted(board.volunteers if among is None else board.volunteers.keys() & among)
    on_duty = [one for one in map(board.volunteers.__getitem__, names) if one.on_duty and one.windows[-1].closes > at]
    page = book.page(board.id, cells_on(board))
    slots = list(_slots(decision, needs, {one.id for one in on_duty}, only))
    maker = JobMaker(decision, on_duty, day, page, {(need.id, index) for need, index, _ in slots}, only)
    jobs = tuple(maker.job(need, index, slot) for need, index, slot in slots)
    drawn = {job.id for job in jobs}
    hands, frozen, kept = in_hand(board), {}, {}
    for posted in on_duty:
        held = hands.get(posted.id, ())
        frozen[posted.id], kept[posted.id] = frozen_of(decision, posted.id, held, day, page, drawn)
    week = Week.around(at, board, decision.rules)
    volunteers = tuple(_volunteer(decision, posted, day, week, page) for posted in on_duty)
    problem = Problem(
        now=day.seconds(at),
        jobs=jobs,
        volunteers=volunteers,
        travel=page.travel,
        batches=tuple(_batches(board, slots, day, page)),
        frozen=tuple(one for one in frozen.values() if one is not None),
    )
    present = _present(board, on_duty, drawn, kept)
    return Drawing(problem=problem, present=present, day=day, page=page, kept=kept)


def cells_on(board: Board) -> Iterator[Cell]:
    """Give the cells of everything that stands on a board."""
    for canteen in board.canteens.values():
        yield canteen.cell
    for posted in board.volunteers.values():
        yield posted.profile.home
    for route in board.routes.values():
        if route.done:
            yield route.done[-1].cell
    for need in board.needs.values():
        yield need.request.cell
        if need.request.pickup is not None:
            yield need.request.pickup


def _slots(
    decision: Decision, needs: Collection[str], on_duty: set[str], only: tuple[str, int, str] | None
) -> Iterator[tuple[OpenNeed, int, Slot]]:
    for need, index, slot in decision.board.slots():
        if slot.status in HELD:
            if slot.volunteer in on_duty:
                yield need, index, slot
        elif slot.status == "open" and (only[:2] == (need.id, index) if only else need.id in needs):
            yield need, index, slot


def _volunteer(decision: Decision, posted: Posted, day: Day, week: Week, page: Page) -> Volunteer:
    board, rules, at = decision.board, decision.rules, decision.at
    done = board.route(posted.id).done
    today = rules.local(at).date()
    done_today = sum(stop.action != "pickup" and rules.local(stop.at).date() == today for stop in done)
    here = done[-1].cell if done and at - done[-1].at <= _STILL_THERE else posted.profile.home
    standing = any(window.standing for window in posted.windows)
    return Volunteer(
        id=posted.id,
        start_place=page.place(here),
        end_place=page.place(posted.profile.home) if posted.profile.ends_at_home else None,
        duty=_duty(posted, day),
        capacity=(posted.profile.capacity_meals, posted.profile.capacity_grams),
        skills=abilities(posted.profile, valid_at=at),
        travel_mode=MODES[posted.profile.travel],
        # Who is on a shift works through it; the limits are for people who are asked.
        max_stops=None
        if standing
        else max(0, _most_today(posted.profile, week.done_before_today(posted.id)) - done_today),
        # Whoever was asked today, and has not done it, counts as if they had.
        expected_jobs=week.expected_jobs(posted.id) + max(0, rules.pushes_today(posted, at) - done_today),
    )


def _most_today(profile: Profile, done_this_week: int) -> int:
    """Give how many jobs somebody does today at most, of which some may be done already."""
    if profile.max_tasks_a_week is None:
        return profile.max_tasks_a_day
    return min(profile.max_tasks_a_day, profile.max_tasks_a_week - done_this_week)


def _duty(posted: Posted, day: Day) -> tuple[tuple[int, int], ...]:
    """Give the duty windows, those that touch or overlap joined.

    A standing duty begins and ends where it is done: the way there and back lies outside it.
    """
    joined: list[tuple[int, int]] = []
    for window in posted.windows:
        way = _WAY_TO_DUTY if window.standing else timedelta(0)
        opens, closes = day.seconds(window.opens - way), day.seconds(window.closes + way)
        if joined and opens <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    return tuple(joined)


def _batches(board: Board, slots: list[tuple[OpenNeed, int, Slot]], day: Day, page: Page) -> Iterator[Batch]:
    """Give the batches that these slots eat from. How many are left is kept in meals by the rules, not here."""
    eaten = {(need.canteen, need.batch) for need, _, _ in slots}
    for canteen in board.canteens.values():
        for batch in canteen.batches:
            if (canteen.id, batch.id) in eaten:
                yield Batch(
                    id=f"{canteen.id}/{batch.id}",
                    place=page.place(canteen.cell),
                    ready=day.seconds(batch.ready_at),
                    count=len(slots),
                )


def _present(board: Board, on_duty: list[Posted], drawn: set[str], kept: dict[str, tuple[Stop, ...]]) -> Plan:
    routes = []
    for posted in on_duty:
        stops = board.route(posted.id).stops
        frozen = {(stop.need, stop.slot, stop.action) for stop in kept[posted.id]}
        steps = tuple(
            _step(stop)
            for stop in stops
            if job_id(stop.need, stop.slot) in drawn and (stop.need, stop.slot, stop.action) not in frozen
        )
        routes.append(Route(volunteer=posted.id, steps=steps))
    return Plan(routes=tuple(routes))


def _step(stop: Stop) -> Step:
    action = Action(stop.action)
    return Step(
        job=job_id(stop.need, stop.slot), action=action, place=0, arrival=0, start=0, departure=0, load_after=(0, 0)
    )
