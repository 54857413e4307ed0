"""Time passes: offers run out, people do not come, windows close, owners run out of time."""

from collections.abc import Callable
from typing import Final

from services.matcher.domain.commands import Unplaceable
from services.matcher.domain.decision import Decision
from services.matcher.domain.posts import take_off
from services.matcher.domain.waiting import A_PERSON_MUST_LOOK, escalate, give_up, silent, window_gone
from services.matcher.domain.wakes import Wake, Why, wakes
from shared.contracts.dispatch import OfferExpired, VolunteerMissed

_ORDER: Final[tuple[Why, ...]] = ("expired", "missed", "silent", "duty_over", "too_late", "try_again")


def tick(decision: Decision) -> None:
    """Handle everything that is due, kind by kind; each kind sees what the one before has changed."""
    for why in _ORDER:
        for wake in [one for one in wakes(decision.board, decision.rules) if one.why == why]:
            if wake.at <= decision.at:
                _HANDLERS[why](decision, wake)


def _expired(decision: Decision, wake: Wake) -> None:
    slot = decision.board.needs[wake.need].slots[wake.slot]
    if slot.offer is not None and slot.volunteer is not None:
        decision.say(OfferExpired(offer=slot.offer, need=wake.need, slot=wake.slot, volunteer=slot.volunteer))


def _missed(decision: Decision, wake: Wake) -> None:
    """Who did not come to one stop is not waited for at the next: everything they had goes to others."""
    slot = decision.board.needs[wake.need].slots[wake.slot]
    if slot.offer is None:
        return
    decision.say(VolunteerMissed(offer=slot.offer, need=wake.need, slot=wake.slot, volunteer=wake.volunteer))
    take_off(decision, wake.volunteer, reason="missed", even_under_way=True)
    decision.retime = True


def _silent(decision: Decision, wake: Wake) -> None:
    escalate(decision, silent(decision.board.needs[wake.need]))


def _duty_over(decision: Decision, wake: Wake) -> None:
    take_off(decision, wake.volunteer, reason="duty_over")


def _too_late(decision: Decision, wake: Wake) -> None:
    need = decision.board.needs.get(wake.need)
    if need is not None:
        give_up(decision, window_gone(need, decision.rules))


def _try_again(decision: Decision, wake: Wake) -> None:
    need = decision.board.needs.get(wake.need)
    if need is None:
        return
    blocked = need.blocked
    if blocked is not None and blocked.rule in A_PERSON_MUST_LOOK:
        escalate(decision, Unplaceable(need=need.id, rule=blocked.rule, zh=blocked.zh, en=blocked.en))
    elif need.open_slots:
        decision.to_place[need.id] = None
    else:
        escalate(decision, silent(need))


_HANDLERS: Final[dict[Why, Callable[[Decision, Wake], None]]] = {
    "expired": _expired,
    "missed": _missed,
    "silent": _silent,
    "duty_over": _duty_over,
    "too_late": _too_late,
    "try_again": _try_again,
}
