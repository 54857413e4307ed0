"""What must be true of every history, however rough the day was. Each rule names the cases in which it was broken.

The rules are written from the promises, not from the services' code, and read nothing but facts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.console.domain.figures import too_cold
from services.console.domain.ledger import TOLD_BY, Cause, Ledger, NeedEntry, Visit, ledger_of
from shared.contracts.fact import Fact

_MOST_NAMED: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One case in which a rule was broken."""

    subject: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """One rule, over how many cases it was judged, and where it was broken."""

    name: str
    promise: str
    kept: bool
    judged: int
    broken: int
    breaches: tuple[Breach, ...]  # the first ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All rules over one history."""

    kept: bool
    facts: int
    endings: dict[str, int]
    overdue_actions: int  # open needs whose owner should have acted before the last fact of the history
    guarantees: tuple[Guarantee, ...]


def judge_history(facts: Iterable[Fact], *, final: bool = True) -> Judgement:
    """Judge a history; `final`: the day is over, so what is open must have an owner."""
    return judge(ledger_of(facts), final=final)


def judge(ledger: Ledger, *, final: bool = True) -> Judgement:
    """Judge what a ledger holds."""
    guarantees = (
        every_need_ends(ledger, final=final),
        nobody_is_in_two_places(ledger),
        nobody_is_told_twice(ledger),
        meals_arrive_hot(ledger),
    )
    return Judgement(
        kept=all(one.kept for one in guarantees),
        facts=ledger.facts,
        endings=_endings(ledger),
        overdue_actions=sum(_overdue(entry, ledger.latest_at) for entry in ledger.needs.values()),
        guarantees=guarantees,
    )


def every_need_ends(ledger: Ledger, *, final: bool = True) -> Guarantee:
    """Find needs that ended without the resident knowing, or stay open without anybody having to act."""
    entries = ledger.needs.values() if final else [one for one in ledger.needs.values() if one.outcome is not None]
    return _guarantee(
        "every_need_ends",
        "confirmed, or ended and the resident told, or open with an owner and a next action time",
        len(entries),
        (Breach(subject=entry.id, what=fault) for entry in entries if (fault := _fault(entry)) is not None),
    )


def nobody_is_in_two_places(ledger: Ledger) -> Guarantee:
    """Find volunteers with two visits, begun and completed, that overlap."""
    spans: dict[str, list[Visit]] = defaultdict(list)
    for visit in ledger.visits:
        if visit.completed_at is not None:
            spans[visit.volunteer].append(visit)
    return _guarantee(
        "nobody_is_in_two_places",
        "a volunteer finishes one visit before the next begins",
        len(spans),
        (breach for volunteer, visits in sorted(spans.items()) for breach in _overlaps(volunteer, visits)),
    )


def nobody_is_told_twice(ledger: Ledger) -> Guarantee:
    """Find messages that went out twice to the same person, about the same need, with the same text and cause."""
    went_out: dict[Cause, int] = defaultdict(int)
    for notice, attempts in ledger.sent.items():
        cause = ledger.causes.get(notice) or Cause(about="", recipient="", template="", because=notice)
        went_out[cause] += len(attempts)
    return _guarantee(
        "nobody_is_told_twice",
        "one message per person, need, text and cause",
        len(went_out),
        (
            Breach(subject=cause.about or cause.because, what=f"{cause.template} was sent {times} times for one cause")
            for cause, times in went_out.items()
            if times > 1
        ),
    )


def meals_arrive_hot(ledger: Ledger) -> Guarantee:
    """Find meals that were longer on the way from the kitchen than their service allows."""
    timed = [
        (entry, visit)
        for visit in ledger.visits
        if visit.kitchen_to_door_s is not None and (entry := ledger.needs.get(visit.need)) is not None
    ]
    return _guarantee(
        "meals_arrive_hot",
        "from kitchen to door within the service's hot limit",
        len(timed),
        (
            Breach(subject=entry.id, what=f"{visit.kitchen_to_door_s} s from kitchen to door")
            for entry, visit in timed
            if too_cold(entry, visit)
        ),
    )


def _guarantee(name: str, promise: str, judged: int, found: Iterable[Breach]) -> Guarantee:
    breaches = tuple(found)
    return Guarantee(
        name=name,
        promise=promise,
        kept=not breaches,
        judged=judged,
        broken=len(breaches),
        breaches=breaches[:_MOST_NAMED],
    )


def _fault(entry: NeedEntry) -> str | None:
    if entry.request is None:
        return "facts speak of a need that was never received or accepted"
    if entry.outcome == "confirmed":
        return None
    if entry.outcome is not None:
        told_by = TOLD_BY[entry.outcome]
        return None if entry.was_told(told_by) else f"{entry.outcome}, and the resident was never told"
    if entry.promise is None:
        return f"open ({entry.status}) without an owner and a next action time"
    return None


def _endings(ledger: Ledger) -> dict[str, int]:
    endings: dict[str, int] = defaultdict(int)
    for entry in ledger.needs.values():
        endings[_ending(entry)] += 1
    return dict(sorted(endings.items()))


def _ending(entry: NeedEntry) -> str:
    if entry.outcome == "confirmed":
        return "reopened_then_confirmed" if entry.round > 1 else "confirmed"
    if entry.outcome is not None:
        return f"{entry.outcome}_and_told" if entry.was_told(TOLD_BY[entry.outcome]) else f"{entry.outcome}_not_told"
    return "open_with_owner" if entry.promise is not None else "open_without_owner"


def _overdue(entry: NeedEntry, now: datetime | None) -> bool:
    promise = entry.promise
    return entry.outcome is None and promise is not None and now is not None and promise.next_action_at < now


def _overlaps(volunteer: str, visits: list[Visit]) -> Iterator[Breach]:
    """Compare each visit with the one that ends last among those before it."""
    latest: Visit | None = None
    for visit in sorted(visits, key=lambda one: (one.started_at, _end(one))):
        if latest is not None and visit.started_at < _end(latest):
            yield Breach(subject=volunteer, what=f"was at {latest.need} and at {visit.need} at {visit.started_at}")
        if latest is None or _end(visit) > _end(latest):
            latest = visit


def _end(visit: Visit) -> datetime:
    return visit.completed_at or visit.started_at
