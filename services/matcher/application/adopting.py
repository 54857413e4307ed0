"""A plan of the planner, read back as what the board adopts: stops with moments and cells, reasons in words."""

from collections.abc import Iterator
from datetime import timedelta

from services.matcher.application.drawing import Drawing
from services.matcher.application.jobs import slot_of
from services.matcher.domain.board import UNDER_WAY, Board
from services.matcher.domain.commands import Unplaceable
from services.matcher.domain.decision import Decision
from services.matcher.domain.waiting import all_asked_today
from services.matcher.planning import Action, Plan, Route, Step, Unplaced
from services.matcher.planning.reason import Reason
from shared.contracts.dispatch import Stop
from shared.contracts.places import Cell


def stops_of(board: Board, drawing: Drawing, plan: Plan) -> dict[str, tuple[Stop, ...]]:
    """Give everybody's stops from now on: what is under way as it was, the rest as planned."""
    return {
        route.volunteer: _in_a_row(
            (
                *drawing.kept[route.volunteer],
                *(_stop(board, drawing, step) for step in route.open_steps),
                *_brought_all_the_same(board, drawing, route),
            )
        )
        for route in plan.routes
    }


def _in_a_row(stops: tuple[Stop, ...]) -> tuple[Stop, ...]:
    """Move stops that fit no plan behind those before them; planned stops are in a row already."""
    placed: list[Stop] = []
    for stop in stops:
        late = placed[-1].leaves_at - stop.starts_at if placed else timedelta(0)
        if late > timedelta(0) and placed[-1].leaves_at > stop.arrives_at:
            times = {name: getattr(stop, name) + late for name in ("arrives_at", "starts_at", "leaves_at")}
            placed.append(stop.model_copy(update=times))
        else:
            placed.append(stop)
    return tuple(placed)


def _brought_all_the_same(board: Board, drawing: Drawing, route: Route) -> Iterator[Stop]:
    """Give the stops of what is on board and fits no plan, not even a late one: the duty is over, they still go."""
    planned = {slot_of(step.job) for step in route.steps if step.action is not Action.PICKUP}
    for stop in board.route(route.volunteer).stops:
        need = board.needs.get(stop.need)
        if need is None or (stop.need, stop.slot) in planned or stop in drawing.kept[route.volunteer]:
            continue
        slot = need.slots[stop.slot]
        if slot.volunteer == route.volunteer and slot.status in UNDER_WAY:
            yield stop


def _stop(board: Board, drawing: Drawing, step: Step) -> Stop:
    need_id, slot = slot_of(step.job)
    return Stop(
        need=need_id,
        slot=slot,
        action=step.action.value,
        cell=_cell(board, need_id, step.action),
        arrives_at=drawing.day.moment(step.arrival),
        starts_at=drawing.day.moment(step.start),
        leaves_at=drawing.day.moment(step.departure),
        travel_s=step.travel_s,
        distance_m=step.distance_m,
    )


def _cell(board: Board, need_id: str, action: Action) -> Cell:
    need = board.needs[need_id]
    if action is not Action.PICKUP:
        return need.request.cell
    canteen = board.canteens.get(need.canteen or "") if need.wants_meals else None
    return canteen.cell if canteen else need.request.pickup or need.request.cell


def reasons_of(decision: Decision, plan: Plan) -> Iterator[Unplaceable]:
    """Give for each need that is left out the reason of its first job; what was not tried has none.

    That the others are full says less than what is known already.
    """
    told = set()
    for unplaced in plan.unplaced:
        need, _ = slot_of(unplaced.job)
        known = unplaced.reason is Reason.FULL and decision.board.needs[need].blocked is not None
        if need not in told and not known and unplaced.reason is not Reason.NOT_TRIED:
            told.add(need)
            asked = all_asked_today(decision, need) if unplaced.reason is Reason.REFUSED else None
            yield asked or why_not(need, unplaced)


def why_not(need: str, unplaced: Unplaced) -> Unplaceable:
    """Word why a job is on no route."""
    return Unplaceable(need=need, rule=unplaced.reason.value, zh=unplaced.in_words("zh"), en=unplaced.in_words("en"))
