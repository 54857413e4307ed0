"""How what the matcher says about a board changes the picture of its area."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.console.domain.area import (
    Area,
    Helper,
    Kitchen,
    OpenNeed,
    Place,
    RouteStop,
    Stuck,
    admit,
    day_of,
    time_first_offer,
)
from services.console.domain.words import REASON_ELSEWHERE
from shared.contracts.dispatch import (
    BatchChosen,
    CanteenClosed,
    CanteenOpened,
    GoodsPickedUp,
    NeedAdmitted,
    NeedEscalated,
    NeedUnplaced,
    OfferAccepted,
    OfferExpired,
    OfferMade,
    OfferRefused,
    OfferWithdrawn,
    RoutePlanned,
    Stop,
    VisitCompleted,
    VisitFailed,
    VisitStarted,
    VolunteerMissed,
    VolunteerPosted,
    VolunteerUnposted,
)
from shared.contracts.fact import Fact
from shared.kernel.words import Words

_OfferOver = OfferRefused | OfferExpired | OfferWithdrawn | VolunteerMissed | VisitFailed


def _admitted(area: Area, fact: Fact, data: NeedAdmitted, _: str) -> None:
    need = admit(area, data.need, data.request, fact.time, status="accepted")
    if need is not None:
        need.canteen = data.canteen


def _batch_chosen(area: Area, _: Fact, data: BatchChosen, __: str) -> None:
    if need := area.needs.get(data.need):
        need.canteen = data.canteen


def _posted(area: Area, _: Fact, data: VolunteerPosted, __: str) -> None:
    helper = area.helpers.get(data.volunteer) or Helper(id=data.volunteer, travel="", windows=[])
    helper.travel = data.profile.travel
    helper.windows = [(window.opens, window.closes) for window in data.windows]
    area.helpers[data.volunteer] = helper


def _unposted(area: Area, _: Fact, data: VolunteerUnposted, __: str) -> None:
    area.helpers.pop(data.volunteer, None)


def _canteen_opened(area: Area, _: Fact, data: CanteenOpened, __: str) -> None:
    area.kitchens[data.canteen] = Kitchen(
        id=data.canteen,
        name=Words(zh=data.name_zh, en=data.name_en),
        cell=(data.cell.lon, data.cell.lat),
        meals=sum(batch.count for batch in data.batches),
    )


def _canteen_closed(area: Area, _: Fact, data: CanteenClosed, __: str) -> None:
    if kitchen := area.kitchens.get(data.canteen):
        kitchen.closed_from, kitchen.closed_why = data.closed_from, data.reason


def _route_planned(area: Area, _: Fact, data: RoutePlanned, __: str) -> None:
    if helper := area.helpers.get(data.volunteer):
        helper.stops = [_stop(area, stop) for stop in data.stops]


def _stop(area: Area, stop: Stop) -> RouteStop:
    need = area.needs.get(stop.need)
    hidden = need is None or need.sensitive  # of a need nothing is known yet: better no place than a private one
    return RouteStop(
        need=stop.need,
        slot=stop.slot,
        action=stop.action,
        cell=None if hidden else (stop.cell.lon, stop.cell.lat),
        arrives_at=stop.arrives_at,
        leaves_at=stop.leaves_at,
    )


def _offer_made(area: Area, fact: Fact, data: OfferMade, date: str) -> None:
    need = area.needs.get(data.need)
    if need is None:
        return
    need.places[str(data.slot)] = Place(
        volunteer=data.volunteer, state="coming" if data.assigned else "asked", at=data.starts_at
    )
    need.stuck = None
    if need.first_offer_at is None:
        need.first_offer_at = fact.time
        time_first_offer(area, need, date)


def _offer_accepted(area: Area, _: Fact, data: OfferAccepted, __: str) -> None:
    if need := area.needs.get(data.need):
        need.places[str(data.slot)] = Place(volunteer=data.volunteer, state="coming", at=data.starts_at)


def _offer_over(area: Area, _: Fact, data: _OfferOver, __: str) -> None:
    need = area.needs.get(data.need)
    if need and (place := need.places.get(str(data.slot))) and place.volunteer == data.volunteer:
        del need.places[str(data.slot)]
    _drop_stops(area, data.volunteer, data.need, data.slot, actions=("visit", "shift", "pickup", "dropoff"))


def _picked_up(area: Area, _: Fact, data: GoodsPickedUp, __: str) -> None:
    _move_on(area, data, "carrying")
    _drop_stops(area, data.volunteer, data.need, data.slot, actions=("pickup",))


def _started(area: Area, _: Fact, data: VisitStarted, __: str) -> None:
    _move_on(area, data, "there")


def _move_on(area: Area, data: GoodsPickedUp | VisitStarted, state: str) -> None:
    if need := area.needs.get(data.need):
        place = need.places.setdefault(str(data.slot), Place(volunteer=data.volunteer, state=state))
        place.volunteer, place.state = data.volunteer, state


def _completed(area: Area, fact: Fact, data: VisitCompleted, date: str) -> None:
    _drop_stops(area, data.volunteer, data.need, data.slot, actions=("visit", "shift", "pickup", "dropoff"))
    day = day_of(area, date)
    day.visits += 1
    day.distance_m += data.distance_m
    if helper := area.helpers.get(data.volunteer):
        helper.helped = {date: helper.helped.get(date, 0) + 1}
    need = area.needs.get(data.need)
    if need is None:
        return
    need.places[str(data.slot)] = Place(volunteer=data.volunteer, state="left")
    if data.complete:
        need.done_at = fact.time
        if need.meals:
            _count_meals(area, need, fact, data, date)


def _count_meals(area: Area, need: OpenNeed, fact: Fact, data: VisitCompleted, date: str) -> None:
    """Count a meal as on time if it came inside its window and was still hot."""
    day = day_of(area, date)
    day.meals += need.meals
    kitchen_s = data.kitchen_to_door_s
    hot = kitchen_s is None or need.hot_limit_s is None or kitchen_s <= need.hot_limit_s
    if hot and fact.time <= need.closes:
        day.meals_on_time += need.meals
    if kitchen_s is not None:
        day.longest_kitchen_s = max(kitchen_s, day.longest_kitchen_s or 0)


def _drop_stops(area: Area, volunteer: str, need: str, slot: int, *, actions: tuple[str, ...]) -> None:
    if helper := area.helpers.get(volunteer):
        helper.stops = [
            stop for stop in helper.stops if stop.need != need or stop.slot != slot or stop.action not in actions
        ]


def _unplaced(area: Area, fact: Fact, data: NeedUnplaced, _: str) -> None:
    if need := area.needs.get(data.need):
        before = need.stuck
        need.stuck = Stuck(rule=data.rule, why=_why(need, data.zh, data.en), since=fact.time)
        if before is not None:
            need.stuck.since, need.stuck.owner = before.since, before.owner
            need.stuck.next_action_at = before.next_action_at


def _escalated(area: Area, fact: Fact, data: NeedEscalated, _: str) -> None:
    if need := area.needs.get(data.need):
        since = need.stuck.since if need.stuck else fact.time
        need.stuck = Stuck(
            rule=data.rule,
            why=_why(need, data.zh, data.en),
            since=since,
            owner=data.owner,
            next_action_at=data.next_action_at,
        )


def _why(need: OpenNeed, zh: str, en: str) -> Words:
    """Give the reason in words; for a sensitive need even the reason could tell what it is."""
    return REASON_ELSEWHERE if need.sensitive else Words(zh=zh, en=en)


DISPATCH: Final[Mapping[str, Callable[[Area, Fact, Any, str], None]]] = {
    NeedAdmitted.TYPE: _admitted,
    BatchChosen.TYPE: _batch_chosen,
    VolunteerPosted.TYPE: _posted,
    VolunteerUnposted.TYPE: _unposted,
    CanteenOpened.TYPE: _canteen_opened,
    CanteenClosed.TYPE: _canteen_closed,
    RoutePlanned.TYPE: _route_planned,
    OfferMade.TYPE: _offer_made,
    OfferAccepted.TYPE: _offer_accepted,
    OfferRefused.TYPE: _offer_over,
    OfferExpired.TYPE: _offer_over,
    OfferWithdrawn.TYPE: _offer_over,
    VolunteerMissed.TYPE: _offer_over,
    VisitFailed.TYPE: _offer_over,
    GoodsPickedUp.TYPE: _picked_up,
    VisitStarted.TYPE: _started,
    VisitCompleted.TYPE: _completed,
    NeedUnplaced.TYPE: _unplaced,
    NeedEscalated.TYPE: _escalated,
}
