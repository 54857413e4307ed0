"""A plan becomes the board's: only what changes is said, and everybody concerned is asked or told."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from services.matcher.domain.board import HELD, UNDER_WAY
from services.matcher.domain.commands import AdoptPlan
from services.matcher.domain.decision import Decision
from services.matcher.domain.offers import make_offer
from services.matcher.domain.waiting import cannot_place
from shared.contracts.dispatch import OfferWithdrawn, RoutePlanned, Stop

_UNNOTICED: Final = timedelta(minutes=5)  # a planned start may drift by so much before people are told again


def adopt(decision: Decision, command: AdoptPlan) -> None:
    """Say what the plan changes: withdrawn, routes, offers, reasons, in this order."""
    new = {
        (stop.need, stop.slot): (volunteer, stop.starts_at)
        for volunteer, stops in command.routes.items()
        for stop in stops
        if stop.action != "pickup"
    }
    decision.agreed |= command.agreed
    _withdraw_moved(decision, new, planned_for=command.routes.keys())
    _plan_routes(decision, command)
    for (need_id, index), (volunteer, starts_at) in new.items():
        need = decision.board.needs.get(need_id)
        if need is not None and need.slots[index].status == "open":
            make_offer(decision, need_id, index, volunteer=volunteer, starts_at=starts_at)
    for why in command.unplaced:
        if decision.board.needs[why.need].open_slots:
            cannot_place(decision, why)


def _withdraw_moved(
    decision: Decision, new: Mapping[tuple[str, int], tuple[str, datetime]], *, planned_for: Collection[str]
) -> None:
    """Withdraw what the planned routes do not have any more; nobody else's promises are touched."""
    for need, index, slot in list(decision.board.slots()):
        if slot.status not in HELD or slot.status in UNDER_WAY or slot.volunteer is None or slot.offer is None:
            continue
        if slot.volunteer not in planned_for:
            continue
        holder = new.get((need.id, index))
        if holder is None or holder[0] != slot.volunteer:
            decision.say(
                OfferWithdrawn(
                    offer=slot.offer,
                    need=need.id,
                    slot=index,
                    volunteer=slot.volunteer,
                    reason="late" if holder is None else "moved",
                    was_accepted=slot.status != "asked",
                )
            )


def _plan_routes(decision: Decision, command: AdoptPlan) -> None:
    for volunteer, stops in command.routes.items():
        present = decision.board.route(volunteer).stops
        if volunteer in decision.touched or _differs(present, stops, decision.at):
            decision.say(
                RoutePlanned(volunteer=volunteer, stops=stops, engine=command.engine, degraded=command.degraded)
            )


def _differs(old: tuple[Stop, ...], new: tuple[Stop, ...], at: datetime) -> bool:
    """Say whether people have to be told: another order, another place, or another time."""
    if [_what(stop) for stop in old] != [_what(stop) for stop in new]:
        return True
    return any(
        abs(was.starts_at - now.starts_at) > _UNNOTICED or (was.starts_at < at and was.starts_at != now.starts_at)
        for was, now in zip(old, new, strict=True)
    )


def _what(stop: Stop) -> tuple[str, int, str, float, float]:
    return stop.need, stop.slot, stop.action, stop.cell.lon, stop.cell.lat
