"""Sentences that are true of every board at every moment, checked in production on a schedule and in every test."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from services.matcher.domain.batches import left_in
from services.matcher.domain.board import HELD, Board
from services.matcher.domain.qualify import wanted
from services.matcher.domain.rules import VETTED
from shared.contracts import dispatch as said
from shared.contracts.fact import FactData


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A sentence that is not true, and where."""

    invariant: str
    where: str


def broken(board: Board) -> tuple[Broken, ...]:
    """Check everything that can be seen on the board alone."""
    checks = (
        nobody_is_in_two_places,
        every_open_need_has_a_next_action,
        every_promise_is_on_a_route,
        nobody_has_two_slots_of_a_need,
        nobody_without_ability_is_sent,
        no_batch_is_overdrawn,
    )
    return tuple(one for check in checks for one in check(board))


def nobody_is_in_two_places(board: Board) -> Iterator[Broken]:
    """See that between two stops of a volunteer lies at least the way."""
    for volunteer, route in board.routes.items():
        for before, after in pairwise(route.stops):
            if (after.starts_at - before.leaves_at).total_seconds() < 0:
                yield Broken(invariant="nobody_is_in_two_places", where=f"{volunteer}: {before.need} and {after.need}")


def every_open_need_has_a_next_action(board: Board) -> Iterator[Broken]:
    """See that a need is in somebody's hands, or it says why not and when it is looked at again."""
    for need in board.needs.values():
        if need.open_slots and need.blocked is None:
            yield Broken(invariant="every_open_need_has_a_next_action", where=need.id)


def every_promise_is_on_a_route(board: Board) -> Iterator[Broken]:
    """See that what somebody was asked for or said yes to is a stop of their route, and nobody else's."""
    stops = Counter(
        (volunteer, stop.need, stop.slot)
        for volunteer, route in board.routes.items()
        for stop in route.stops
        if stop.action != "pickup"
    )
    promised = {(slot.volunteer or "", need.id, index) for need, index, slot in board.slots() if slot.status in HELD}
    for volunteer, need_id, index in sorted(promised ^ set(stops)):
        yield Broken(invariant="every_promise_is_on_a_route", where=f"{volunteer}: {need_id}.{index}")


def nobody_has_two_slots_of_a_need(board: Board) -> Iterator[Broken]:
    """See that a need for several people is done by different people."""
    for need in board.needs.values():
        if len(need.slots) == 1:
            continue
        people = [slot.volunteer for slot in need.slots if slot.volunteer is not None]
        if len(set(people)) < len(people):
            yield Broken(invariant="nobody_has_two_slots_of_a_need", where=need.id)


def nobody_without_ability_is_sent(board: Board) -> Iterator[Broken]:
    """See that who is sent has every skill and credential, valid at the planned start; with minors, is vetted."""
    asking = ((need, wanted(need.request)) for need in board.needs.values())
    held = [(need, needed, index, slot) for need, needed in asking if needed for index, slot in enumerate(need.slots)]
    for need, needed, index, slot in held:
        posted = board.volunteers.get(slot.volunteer or "")
        if slot.status not in HELD or posted is None or slot.starts_at is None:
            continue
        valid = {one.code for one in posted.profile.credentials if one.valid_until >= slot.starts_at}
        if needed - posted.profile.skills - valid - ({VETTED} if posted.profile.vetted else set()):
            yield Broken(invariant="nobody_without_ability_is_sent", where=f"{slot.volunteer}: {need.id}.{index}")


def no_batch_is_overdrawn(board: Board) -> Iterator[Broken]:
    """See that no batch feeds more people than it has meals."""
    for (canteen, batch), left in left_in(board).items():
        if left < 0:
            yield Broken(invariant="no_batch_is_overdrawn", where=f"{canteen}/{batch}")


def of_history(facts: Iterable[FactData]) -> Iterator[Broken]:
    """Check a whole history: nobody is asked again after a no, and two people never have one slot."""
    refused: set[tuple[str, str]] = set()
    holders: dict[tuple[str, int], str] = {}
    for fact in facts:
        match fact:
            case said.NeedAdmitted(need=need):
                refused = {one for one in refused if one[0] != need}
                holders = {one: who for one, who in holders.items() if one[0] != need}
            case said.OfferRefused() | said.OfferExpired() | said.VolunteerMissed() | said.VisitFailed():
                refused.add((fact.need, fact.volunteer))
                holders.pop((fact.need, fact.slot), None)
            case said.OfferWithdrawn():
                holders.pop((fact.need, fact.slot), None)
            case said.OfferMade():
                if (fact.need, fact.volunteer) in refused and not fact.assigned:
                    yield Broken(invariant="a_no_is_remembered", where=f"{fact.volunteer}: {fact.need}")
                if holders.get((fact.need, fact.slot), fact.volunteer) != fact.volunteer:
                    yield Broken(invariant="one_person_per_slot", where=f"{fact.need}.{fact.slot}")
                holders[fact.need, fact.slot] = fact.volunteer
            case _:
                pass
