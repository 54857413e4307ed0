"""What has begun stays where it is: frozen steps for the planner, and the stops as people know them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from services.matcher.application.day import Day
from services.matcher.application.jobs import job_id
from services.matcher.application.travel_book import Page
from services.matcher.domain.board import HELD, Board, OpenNeed, Slot
from services.matcher.domain.decision import Decision
from services.matcher.planning import Action, Frozen, Step
from shared.contracts.dispatch import Stop
from shared.contracts.places import Cell

_SETS_OUT_EARLY: Final = timedelta(minutes=1)


Held = tuple[OpenNeed, int, Slot]


class _Doing(NamedTuple):
    """Something that was done or is being done: since when, and until when it lasts."""

    since: datetime
    until: datetime
    job: str
    action: Action
    cell: Cell


def in_hand(board: Board) -> dict[str, list[Held]]:
    """Give what everybody has in hand, looked up once."""
    hands: dict[str, list[Held]] = defaultdict(list)
    for need, index, slot in board.slots():
        if slot.status in HELD and slot.volunteer is not None:
            hands[slot.volunteer].append((need, index, slot))
    return hands


def frozen_of(  # noqa: PLR0913, PLR0917 - the parts of one drawing
    decision: Decision, volunteer: str, held: Sequence[Held], day: Day, page: Page, drawn: set[str]
) -> tuple[Frozen | None, tuple[Stop, ...]]:
    """Give the frozen part of somebody's route, and the stops of it that are not behind yet.

    Frozen are what they have on board, the stop they have begun, and the stop they are on their way to: somebody who
    said yes sets out so early that they arrive at the planned start.
    """
    doings, kept = _doings(decision, volunteer, held)
    heading = _heading_for(decision, volunteer, kept)
    if heading is not None:
        kept = (heading,)
        starts = max(heading.starts_at, decision.at)
        action = Action(heading.action)
        doings.append(
            _Doing(
                starts,
                starts + (heading.leaves_at - heading.starts_at),
                job_id(heading.need, heading.slot),
                action,
                heading.cell,
            )
        )
    doings = [doing for doing in doings if doing.job in drawn]
    if not doings:
        return None, ()
    behind = decision.board.route(volunteer).done
    steps = _in_turn(sorted(doings, key=lambda doing: (doing.since, doing.job)), day, page)
    free_at = max(steps[-1].departure, day.seconds(decision.at))
    place = steps[-1].place if kept or not behind else page.place(behind[-1].cell)
    return Frozen(volunteer=volunteer, steps=steps, free_at=free_at, place=place), kept


def _in_turn(doings: list[_Doing], day: Day, page: Page) -> tuple[Step, ...]:
    steps: list[Step] = []
    for doing in doings:
        earliest = steps[-1].departure if steps else 0
        since = max(earliest, day.seconds(doing.since))
        steps.append(
            Step(
                job=doing.job,
                action=doing.action,
                place=page.place(doing.cell),
                arrival=since,
                start=since,
                departure=max(since, day.seconds(doing.until)),
                load_after=(0, 0),
                frozen=True,
            )
        )
    return tuple(steps)


def _doings(decision: Decision, volunteer: str, held: Sequence[Held]) -> tuple[list[_Doing], tuple[Stop, ...]]:
    board, doings, begun = decision.board, [], None
    for need, index, slot in held:
        job = job_id(need.id, index)
        if slot.picked_up_at is not None:
            doings.append(_Doing(slot.picked_up_at, slot.picked_up_at, job, Action.PICKUP, _counter(board, need)))
        if slot.status == "begun" and slot.begun_at is not None:
            ends = max(slot.begun_at + timedelta(seconds=need.request.duration_s), decision.at)
            doings.append(_Doing(slot.begun_at, ends, job, _action(need), need.request.cell))
            begun = (need.id, index)
    stops = board.route(volunteer).stops
    return doings, tuple(stop for stop in stops if (stop.need, stop.slot) == begun and stop.action != "pickup")


def _action(need: OpenNeed) -> Action:
    mode = need.request.mode
    return Action.DROPOFF if mode == "delivery" else Action.SHIFT if mode == "shift" else Action.VISIT


def _counter(board: Board, need: OpenNeed) -> Cell:
    """Give where the goods of a need are taken on board."""
    canteen = board.canteens.get(need.canteen or "") if need.wants_meals else None
    return canteen.cell if canteen else need.request.pickup or need.request.cell


def _heading_for(decision: Decision, volunteer: str, begun: tuple[Stop, ...]) -> Stop | None:
    """Give the stop that somebody is on their way to, if it cannot be changed any more."""
    board = decision.board
    stop = next(iter(board.route(volunteer).stops), None)
    if stop is None or begun or volunteer in decision.from_here:
        return None
    need = board.needs.get(stop.need)
    slot = need.slots[stop.slot] if need and stop.slot < len(need.slots) else None
    if need is None or slot is None or not _said_yes(slot, volunteer) or stop.cell != _where(board, need, stop):
        return None
    sets_out = stop.starts_at - timedelta(seconds=stop.travel_s) - _SETS_OUT_EARLY
    return stop if sets_out <= decision.at else None


def _said_yes(slot: Slot, volunteer: str) -> bool:
    return slot.volunteer == volunteer and slot.status in ("taken", "carrying")


def _where(board: Board, need: OpenNeed, stop: Stop) -> Cell:
    return _counter(board, need) if stop.action == "pickup" else need.request.cell
