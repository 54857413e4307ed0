"""What is shown of one area at a moment: who waits and why, who does what, and how the loop runs."""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

from services.console.application.names import Names
from services.console.application.rows import (
    AreaView,
    Counts,
    HelperRow,
    KitchenRow,
    NeedRow,
    NoticeRow,
    StopRow,
    Today,
    Who,
)
from services.console.application.sketch import draw
from services.console.domain.area import Area, Day, Helper, NoticeLine, OpenNeed, Place, RouteStop
from services.console.domain.figures import share, spread
from services.console.domain.words import ACTION, NOTICE, OWNER, RECIPIENT, STATUS, TEMPLATE, called, volunteer_name
from shared.kernel.words import Words

_WAITING = frozenset({"received", "accepted", "dispatched", "escalated"})
_COMING = frozenset({"coming", "carrying", "there"})
_ENDED = frozenset({"done", "unmet", "refused", "withdrawn"})
_NEEDS_A_PERSON = frozenset({"failed", "unknown"})


def view_area(area: Area, *, names: Names, now: datetime, zone: tzinfo) -> AreaView:
    """Show an area as it is at the moment."""
    rows = sorted((_need_row(need, names, now) for need in area.needs.values()), key=_urgency)
    on_duty = _on_duty(area, now)
    date = now.astimezone(zone).date().isoformat()
    return AreaView(
        id=area.id,
        name=names.area(area.id),
        now=now,
        changed_at=area.changed_at,
        counts=count(area, now=now, zone=zone),
        waiting=tuple(row for row in rows if _is_waiting(row)),
        in_hand=tuple(sorted((row for row in rows if _is_in_hand(row)), key=_soonest)),
        answer_due=tuple(row for row in rows if not _is_waiting(row) and row.status in _ENDED),
        helpers=tuple(_helper_row(area, helper, now, date) for helper in on_duty),
        kitchens=tuple(
            KitchenRow(
                id=kitchen.id,
                name=kitchen.name,
                meals=kitchen.meals,
                closed=kitchen.closed_from is not None and kitchen.closed_from <= now,
                closed_why=kitchen.closed_why,
            )
            for kitchen in area.kitchens.values()
        ),
        notices=tuple(sorted((_notice_row(line) for line in area.notices.values()), key=_latest_trouble_first)),
        today=_today(area.days.get(date) or Day()),
        sketch=draw(area, on_duty),
    )


def count(area: Area, *, now: datetime, zone: tzinfo) -> Counts:
    """Count what the overview shows of an area."""
    today = area.days.get(now.astimezone(zone).date().isoformat()) or Day()
    return Counts(
        open=len(area.needs),
        too_long=sum(waits_too_long(need, now) for need in area.needs.values()),
        stuck=sum(needs_a_person(need) for need in area.needs.values()),
        on_duty=len(_on_duty(area, now)),
        done_today=sum(outcomes.get("confirmed", 0) for outcomes in today.outcomes.values()),
    )


def needs_a_person(need: OpenNeed) -> bool:
    """Say whether somebody by name of office must act; a need that only waits for a match is not stuck."""
    return need.stuck is not None and need.stuck.owner is not None


def waits_too_long(need: OpenNeed, now: datetime) -> bool:
    """Say whether a need has nobody coming although its promise, or even its window, has passed."""
    if need.status not in _WAITING or _somebody_comes(need):
        return False
    promised = need.since if need.accepted_at is None else need.accepted_at
    late_for_offer = need.first_offer_at is None and now > promised + timedelta(seconds=need.offer_within_s)
    return late_for_offer or now > need.closes


def _somebody_comes(need: OpenNeed) -> bool:
    return sum(place.state != "asked" for place in need.places.values()) >= need.people


def _is_waiting(row: NeedRow) -> bool:
    if row.stuck:
        return True
    return row.status in _WAITING and sum(one.state != "asked" for one in row.who) < row.people


def _is_in_hand(row: NeedRow) -> bool:
    return not _is_waiting(row) and row.status not in _ENDED


def _soonest(row: NeedRow) -> tuple[bool, datetime, str]:
    """Sort what is being done now first, then what begins next."""
    return row.status != "in_service", min((one.at for one in row.who if one.at), default=row.opens), row.id


def _urgency(row: NeedRow) -> tuple[bool, bool, int, datetime]:
    """Sort what is stuck first, then what waits too long, then by priority, then the longest wait."""
    return not row.stuck, not row.too_long, -row.priority, row.since


def _need_row(need: OpenNeed, names: Names, now: datetime) -> NeedRow:
    stuck = need.stuck
    next_action_at = stuck.next_action_at if stuck else None
    return NeedRow(
        id=need.id,
        number=need.number,
        service=need.service,
        name=need.name,
        community=names.community(need.community) if need.community else None,
        status=need.status,
        status_words=called(STATUS, need.status),
        since=need.since,
        waiting_min=max(0, int((now - need.since).total_seconds() // 60)),
        opens=need.opens,
        closes=need.closes,
        priority=need.priority,
        round=need.round,
        people=need.people,
        sensitive=need.sensitive,
        too_long=waits_too_long(need, now),
        stuck=needs_a_person(need),
        why=stuck.why if stuck else None,
        owner=called(OWNER, stuck.owner) if stuck and stuck.owner else None,
        next_action_at=next_action_at,
        action_overdue=next_action_at is not None and next_action_at < now,
        who=tuple(_who(place) for _, place in sorted(need.places.items())),
    )


def _who(place: Place) -> Who:
    return Who(volunteer=volunteer_name(place.volunteer), state=place.state, at=place.at)


def _on_duty(area: Area, now: datetime) -> list[Helper]:
    here = [
        helper for helper in area.helpers.values() if any(opens <= now <= closes for opens, closes in helper.windows)
    ]
    return sorted(here, key=lambda helper: (not helper.stops, helper.id))


def _helper_row(area: Area, helper: Helper, now: datetime, date: str) -> HelperRow:
    return HelperRow(
        volunteer=volunteer_name(helper.id),
        travel=helper.travel,
        until=max(closes for opens, closes in helper.windows if opens <= now),
        doing=_doing(area.needs.values(), helper.id),
        helped_today=helper.helped.get(date, 0),
        stops=tuple(_stop_row(area, stop) for stop in helper.stops),
    )


def _doing(needs: Iterable[OpenNeed], volunteer: str) -> Words | None:
    at_work = {place.state: need for need in needs for place in need.places.values() if place.volunteer == volunteer}
    if (need := at_work.get("there")) is not None:
        return Words(zh=f"正在服务：{need.name.zh}", en=f"at work: {need.name.en}")
    if (need := at_work.get("carrying")) is not None:
        return Words(zh="已取餐取物，在路上", en="on the way with the goods")
    if any(state in _COMING for state in at_work):
        return Words(zh="在途或待出发", en="on the way, or about to leave")
    return None


def _stop_row(area: Area, stop: RouteStop) -> StopRow:
    need = area.needs.get(stop.need)
    return StopRow(
        need=stop.need,
        number=need.number if need else "",
        action=called(ACTION, stop.action),
        name=need.name if need else Words(zh="", en=""),
        arrives_at=stop.arrives_at,
        leaves_at=stop.leaves_at,
    )


def _notice_row(line: NoticeLine) -> NoticeRow:
    return NoticeRow(
        about=line.about,
        number=line.number,
        what=called(TEMPLATE, line.template),
        to=called(RECIPIENT, line.recipient_kind),
        channel=line.channel,
        status=called(NOTICE, line.status),
        at=line.at,
        trouble=line.status in _NEEDS_A_PERSON,
    )


def _latest_trouble_first(row: NoticeRow) -> tuple[bool, float]:
    return not row.trouble, -row.at.timestamp()


def _today(day: Day) -> Today:
    outcomes: dict[str, int] = {}
    for counted in day.outcomes.values():
        for outcome, number in counted.items():
            outcomes[outcome] = outcomes.get(outcome, 0) + number
    return Today(
        asked=day.asked,
        outcomes=outcomes,
        by_service=dict(sorted(day.outcomes.items())),
        first_offer=spread(day.offer_s),
        answer=spread(day.answer_s),
        result=spread(day.result_s),
        visits=day.visits,
        meals_on_time=share(day.meals_on_time, day.meals),
        longest_kitchen_to_door_s=day.longest_kitchen_s,
        distance_m=day.distance_m,
        messages=dict(sorted(day.messages.items())),
        unmet_because=dict(sorted(day.unmet_because.items())),
    )
