"""The bookkeeping of a board: what each fact changes. It never refuses and knows no rule."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from services.matcher.domain.board import Blocked, Board, Canteen, DoneStop, OpenNeed, Posted, Route, Slot
from services.matcher.domain.lately import note_job
from services.matcher.domain.usual import remember
from shared.contracts import dispatch as said
from shared.contracts.fact import FactData
from shared.contracts.needs import Request

_KEPT_OFFERS: Final = 300  # ended offers whose end can still be told
_KEPT_PUSHES: Final = 10
_KEPT_FOR: Final = timedelta(hours=30)  # how long a stop that is behind is remembered


def evolve(board: Board, data: FactData) -> Board:
    """Give the board after the fact; facts that this version does not know change nothing."""
    change = _CHANGES.get(type(data))
    return board if change is None else change(board, data)


def _admitted(board: Board, data: said.NeedAdmitted) -> Board:
    board = _forget_the_past(board, data.at)
    old = board.needs.get(data.need)
    slots = (old.slots if old else ())[: data.request.people]
    need = OpenNeed(
        id=data.need,
        request=data.request,
        admitted_at=data.at or data.request.opens,
        slots=slots + tuple(Slot() for _ in range(data.request.people - len(slots))),
        canteen=data.canteen,
        batch=data.batch,
        not_again=old.not_again if old and same_task(old.request, data.request) else (),
    )
    return board.with_need(need)


def same_task(old: Request, new: Request) -> bool:
    """Say whether two requests ask the same of a volunteer, so that a no to one is a no to the other."""
    ours = ("service", "mode", "cell", "pickup", "opens", "closes", "duration_s", "people", "meals", "grams")
    asks = ("diet", "skills", "credentials")
    return all(getattr(old, name) == getattr(new, name) for name in (*ours, *asks))


def _forget_the_past(board: Board, at: datetime | None) -> Board:
    """Forget stops that are long behind, and volunteers of whom nothing is left to remember."""
    if at is None or not any(_is_old(route, at) for route in board.routes.values()):
        return board
    routes = {}
    for volunteer, route in board.routes.items():
        done = tuple(stop for stop in route.done if at - stop.at <= _KEPT_FOR)
        if done or route.stops:
            routes[volunteer] = replace(route, done=done)
    volunteers = {key: one for key, one in board.volunteers.items() if one.on_duty or key in routes}
    return board.having(routes=routes, volunteers=volunteers)


def _is_old(route: Route, at: datetime) -> bool:
    return bool(route.done) and at - route.done[0].at > _KEPT_FOR


def _posted(board: Board, data: said.VolunteerPosted) -> Board:
    old = board.volunteers.get(data.volunteer)
    pushes = old.pushes if old else ()
    posted = Posted(id=data.volunteer, profile=data.profile, windows=data.windows, pushes=pushes)
    return board.having(volunteers={**board.volunteers, data.volunteer: posted})


def _unposted(board: Board, data: said.VolunteerUnposted) -> Board:
    old = board.volunteers.get(data.volunteer)
    if old is None:
        return board
    volunteers = {**board.volunteers, data.volunteer: replace(old, windows=())}
    if not old.pushes and not board.route(data.volunteer).done:
        del volunteers[data.volunteer]
    return board.having(volunteers=volunteers)


def _canteen_opened(board: Board, data: said.CanteenOpened) -> Board:
    old = board.canteens.get(data.canteen)
    used = {batch.id: old.used[batch.id] for batch in data.batches if batch.id in old.used} if old else {}
    canteen = Canteen(
        id=data.canteen,
        name_zh=data.name_zh,
        name_en=data.name_en,
        cell=data.cell,
        batches=data.batches,
        used=used,
    )
    return board.having(canteens={**board.canteens, data.canteen: canteen})


def _canteen_closed(board: Board, data: said.CanteenClosed) -> Board:
    canteen = board.canteens.get(data.canteen)
    if canteen is None:
        return board
    closed = replace(canteen, closed_from=data.closed_from)
    return board.having(canteens={**board.canteens, data.canteen: closed})


def _batch_chosen(board: Board, data: said.BatchChosen) -> Board:
    need = board.needs.get(data.need)
    return board if need is None else board.with_need(replace(need, canteen=data.canteen, batch=data.batch))


def _route_planned(board: Board, data: said.RoutePlanned) -> Board:
    route = replace(board.route(data.volunteer), stops=data.stops, engine=data.engine, degraded=data.degraded)
    board = board.with_route(data.volunteer, route)
    for stop in data.stops:
        need = board.needs.get(stop.need)
        if need is None or stop.action == "pickup" or stop.slot >= len(need.slots):
            continue
        slot = need.slots[stop.slot]
        if slot.volunteer == data.volunteer and slot.starts_at != stop.starts_at:
            board = board.with_need(need.with_slot(stop.slot, replace(slot, starts_at=stop.starts_at)))
    return board


def _offer_made(board: Board, data: said.OfferMade) -> Board:
    need, posted = board.needs[data.need], board.volunteers.get(data.volunteer)
    slot = Slot(
        status="asked",
        volunteer=data.volunteer,
        offer=data.offer,
        assigned=data.assigned,
        asks=need.slots[data.slot].asks + (not data.assigned),
        starts_at=data.starts_at,
        expires_at=data.expires_at,
    )
    board = board.with_need(replace(need.with_slot(data.slot, slot), blocked=None))
    if posted is not None and not data.assigned and data.at is not None:
        pushed = replace(posted, pushes=(*posted.pushes, data.at)[-_KEPT_PUSHES:])
        board = board.having(volunteers={**board.volunteers, posted.id: pushed})
    return board.having(offers_made=board.offers_made + 1)


def _offer_accepted(board: Board, data: said.OfferAccepted) -> Board:
    need = board.needs[data.need]
    slot = replace(need.slots[data.slot], status="taken", expires_at=None, starts_at=data.starts_at)
    need = need.with_slot(data.slot, slot)
    return board.with_need(replace(need, owner=None) if need.complete else need)


def _ended(board: Board, offer: str, how: str) -> Board:
    ended = {**board.ended_offers, offer: how}
    while len(ended) > _KEPT_OFFERS:
        del ended[next(iter(ended))]
    return board.having(ended_offers=ended)


def _freed(board: Board, data: Any, *, again: bool) -> Board:
    """Take the slot out of the volunteer's hands; `again`: they may be asked once more."""
    need = _given_back(board.needs[data.need], data.slot)
    board = board.with_need(need if again else need.without(data.volunteer))
    return board.with_route(data.volunteer, board.route(data.volunteer).without(data.need, data.slot))


def _given_back(need: OpenNeed, index: int) -> OpenNeed:
    """Free a slot; a meal that had left the kitchen is lost, and the next comes from a batch yet to be chosen."""
    slot = need.slots[index]
    if slot.picked_up_at is not None:
        need = replace(need, canteen=None, batch=None)
    return need.with_slot(index, slot.freed())


def _offer_refused(board: Board, data: said.OfferRefused) -> Board:
    return _ended(_freed(board, data, again=False), data.offer, "refused")


def _offer_expired(board: Board, data: said.OfferExpired) -> Board:
    return _ended(_freed(board, data, again=False), data.offer, "expired")


def _offer_withdrawn(board: Board, data: said.OfferWithdrawn) -> Board:
    return _ended(_freed(board, data, again=True), data.offer, "withdrawn")


def _missed(board: Board, data: said.VolunteerMissed) -> Board:
    return _ended(_freed(board, data, again=False), data.offer, "missed")


def _picked_up(board: Board, data: said.GoodsPickedUp) -> Board:
    need = board.needs[data.need]
    slot = need.slots[data.slot]
    at = data.at or slot.starts_at or need.admitted_at
    board, travel_s, distance_m = _behind(board, data, at, pickups=True)
    slot = replace(
        slot,
        status="carrying",
        picked_up_at=at,
        travel_s=slot.travel_s + travel_s,
        distance_m=slot.distance_m + distance_m,
    )
    return _used(board.with_need(board.needs[data.need].with_slot(data.slot, slot)), need)


def _used(board: Board, need: OpenNeed) -> Board:
    canteen = board.canteens.get(need.canteen or "")
    if canteen is None or need.batch is None:
        return board
    used = {**canteen.used, need.batch: canteen.used.get(need.batch, 0) + need.request.meals}
    return board.having(canteens={**board.canteens, canteen.id: replace(canteen, used=used)})


def _behind(board: Board, data: Any, at: datetime, *, pickups: bool) -> tuple[Board, int, int]:
    """Move the slot's stops from what is to be done to what is behind; give the way they took."""
    route = board.route(data.volunteer)
    past = [
        stop
        for stop in route.stops
        if (stop.need, stop.slot) == (data.need, data.slot) and (stop.action == "pickup" or not pickups)
    ]
    done = tuple(
        DoneStop(
            need=stop.need,
            slot=stop.slot,
            action=stop.action,
            cell=stop.cell,
            at=at,
            minutes=round((stop.leaves_at - stop.starts_at).total_seconds() / 60),
        )
        for stop in past
    )
    stops = tuple(stop for stop in route.stops if stop not in past)
    board = board.with_route(data.volunteer, replace(route, done=route.done + done, stops=stops))
    return board, sum(stop.travel_s for stop in past), sum(stop.distance_m for stop in past)


def _started(board: Board, data: said.VisitStarted) -> Board:
    need = board.needs[data.need]
    slot = need.slots[data.slot]
    begun = replace(slot, status="begun", begun_at=data.at or slot.starts_at or need.admitted_at)
    return board.with_need(need.with_slot(data.slot, begun))


def _completed(board: Board, data: said.VisitCompleted) -> Board:
    need = board.needs[data.need]
    slot = need.slots[data.slot]
    at = data.at or slot.starts_at or need.admitted_at
    board, _, _ = _behind(board, data, at, pickups=False)
    board = board.with_need(need.with_slot(data.slot, replace(slot, status="done")))
    board = note_job(remember(board, need, data.volunteer), need, slot, data.volunteer, at)
    if slot.offer is not None:
        board = _ended(board, slot.offer, "done")
    return _let_go(board, data.need, completed=1) if data.complete else board


def _failed(board: Board, data: said.VisitFailed) -> Board:
    need = board.needs[data.need]
    slot = need.slots[data.slot]
    board, _, _ = _behind(board, data, data.at or slot.starts_at or need.admitted_at, pickups=False)
    need = replace(_given_back(need, data.slot), failures=need.failures + 1)
    board = board.with_need(need.without(data.volunteer))
    return board if slot.offer is None else _ended(board, slot.offer, "failed")


def _let_go(board: Board, need_id: str, *, completed: int = 0, given_up: int = 0) -> Board:
    """Take a need off the board with all its stops, so that the document stays bounded."""
    needs = {key: need for key, need in board.needs.items() if key != need_id}
    routes = {key: _without(route, need_id) for key, route in board.routes.items()}
    return board.having(
        needs=needs, routes=routes, completed=board.completed + completed, given_up=board.given_up + given_up
    )


def _without(route: Route, need_id: str) -> Route:
    """Take the stops of a need off a route; one that has none stays the same object and is not written anew."""
    stops = tuple(stop for stop in route.stops if stop.need != need_id)
    return route if len(stops) == len(route.stops) else replace(route, stops=stops)


def _dropped(board: Board, data: said.NeedDropped) -> Board:
    return _let_go(board, data.need)


def _given_up(board: Board, data: said.NeedGivenUp) -> Board:
    return _let_go(board, data.need, given_up=1)


def _unplaced(board: Board, data: said.NeedUnplaced) -> Board:
    need = board.needs[data.need]
    again = data.next_action_at or need.request.closes
    return board.with_need(replace(need, blocked=Blocked(rule=data.rule, zh=data.zh, en=data.en, next_action_at=again)))


def _escalated(board: Board, data: said.NeedEscalated) -> Board:
    need = board.needs[data.need]
    blocked = Blocked(rule=data.rule, zh=data.zh, en=data.en, next_action_at=data.next_action_at)
    return board.with_need(replace(need, blocked=blocked, owner=data.owner))


_CHANGES: Final[dict[type[FactData], Callable[[Board, Any], Board]]] = {
    said.NeedAdmitted: _admitted,
    said.NeedDropped: _dropped,
    said.VolunteerPosted: _posted,
    said.VolunteerUnposted: _unposted,
    said.CanteenOpened: _canteen_opened,
    said.CanteenClosed: _canteen_closed,
    said.BatchChosen: _batch_chosen,
    said.RoutePlanned: _route_planned,
    said.OfferMade: _offer_made,
    said.OfferAccepted: _offer_accepted,
    said.OfferRefused: _offer_refused,
    said.OfferExpired: _offer_expired,
    said.OfferWithdrawn: _offer_withdrawn,
    said.GoodsPickedUp: _picked_up,
    said.VisitStarted: _started,
    said.VisitCompleted: _completed,
    said.VisitFailed: _failed,
    said.VolunteerMissed: _missed,
    said.NeedUnplaced: _unplaced,
    said.NeedEscalated: _escalated,
    said.NeedGivenUp: _given_up,
}
