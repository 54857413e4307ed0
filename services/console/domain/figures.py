"""What a history adds up to, each share with what it is a share of. Pure, so that anybody can count again."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from services.console.domain.ledger import Ledger, NeedEntry, Visit, ledger_of
from services.console.domain.words import PRIVATE, REASON_ELSEWHERE
from shared.contracts.fact import Fact

OPEN: Final = "open"
OUTCOMES: Final = ("confirmed", "unmet", "refused", "withdrawn", OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a whole, never one without the other."""

    part: int
    of: int
    share: float | None  # None if there is nothing to be a share of


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long something took, in seconds, over `count` cases."""

    count: int
    median_s: float | None
    p99_s: float | None
    longest_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meals:
    """Meals asked for and brought. On time: inside the window and within the hot limit."""

    asked: int
    delivered: int
    on_time: Share
    longest_kitchen_to_door_s: int | None
    over_hot_limit: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """How the work was shared among everyone who was on duty or helped; Gini 0 is equal, near 1 is one person."""

    volunteers: int
    helped: int
    visits: int
    visits_per_volunteer: float | None
    most_visits: int
    gini: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of an area or a city."""

    area: str | None
    facts: int
    needs: int
    outcomes: dict[str, int]
    by_service: dict[str, dict[str, int]]
    confirmed: Share  # of all needs asked for
    confirmed_of_closed: Share
    reopened: Share
    offered: Share  # of accepted needs
    first_offer: Spread  # from acceptance
    first_offer_in_promise: Share
    meals: Meals
    distance_m: int
    travel_s: int
    help: Help
    messages: dict[str, int]
    unmet_because: dict[str, int]


def figures_of(facts: Iterable[Fact], *, area: str | None = None) -> Figures:
    """Count a history, of one area or of all."""
    return figures(ledger_of(facts), area=area)


def figures(ledger: Ledger, *, area: str | None = None) -> Figures:
    """Count what a ledger holds, of one area or of all."""
    needs = [entry for entry in ledger.needs.values() if entry.request is not None and area in (None, entry.area)]
    visits = [visit for visit in ledger.visits if area in (None, visit.area)]
    finished = [visit for visit in visits if visit.completed_at is not None and not visit.failed]
    outcomes = Counter(entry.outcome or OPEN for entry in needs)
    waits = [wait for entry in needs if (wait := offer_wait_s(entry)) is not None]
    accepted = [entry for entry in needs if entry.accepted_at is not None]
    return Figures(
        area=area,
        facts=ledger.facts,
        needs=len(needs),
        outcomes={outcome: outcomes[outcome] for outcome in OUTCOMES},
        by_service=_by_service(needs),
        confirmed=share(outcomes["confirmed"], len(needs)),
        confirmed_of_closed=share(outcomes["confirmed"], len(needs) - outcomes[OPEN]),
        reopened=share(sum(entry.round > 1 for entry in needs), len(needs)),
        offered=share(sum(entry.first_offer_at is not None for entry in accepted), len(accepted)),
        first_offer=spread(waits),
        first_offer_in_promise=share(sum(_in_promise(entry) for entry in accepted), len(accepted)),
        meals=_meals(needs, finished),
        distance_m=sum(visit.distance_m for visit in finished),
        travel_s=sum(visit.travel_s for visit in finished),
        help=_help(_on_duty(ledger, area), finished),
        messages=_messages(ledger, area),
        unmet_because=_unmet_because(needs),
    )


def share(part: int, of: int) -> Share:
    """Give a part of a whole with its denominator."""
    return Share(part=part, of=of, share=round(part / of, 4) if of else None)


def spread(seconds: Sequence[float]) -> Spread:
    """Give median, 99th percentile (nearest rank: a case that really happened) and the longest."""
    if not seconds:
        return Spread(count=0, median_s=None, p99_s=None, longest_s=None)
    ordered = sorted(seconds)
    rank = math.ceil(0.99 * len(ordered))
    return Spread(count=len(ordered), median_s=median(ordered), p99_s=ordered[rank - 1], longest_s=ordered[-1])


def gini(amounts: Sequence[int]) -> float | None:
    """Give the Gini coefficient: the mean difference between two people over twice the mean."""
    total = sum(amounts)
    if not total:
        return None
    count = len(amounts)
    weighted = sum((2 * rank - count - 1) * amount for rank, amount in enumerate(sorted(amounts), start=1))
    return round(weighted / (count * total), 4)


def offer_wait_s(entry: NeedEntry) -> float | None:
    """Give how long the need waited from acceptance to the first volunteer asked, in its first round."""
    if entry.first_offer_at is None or entry.accepted_at is None:
        return None
    return max(0.0, (entry.first_offer_at - entry.accepted_at).total_seconds())


def _in_promise(entry: NeedEntry) -> bool:
    wait = offer_wait_s(entry)
    return wait is not None and entry.request is not None and wait <= entry.request.offer_within_s


def _by_service(needs: Iterable[NeedEntry]) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for entry in needs:
        row = counted.setdefault(entry.service, {"asked": 0, **dict.fromkeys(OUTCOMES, 0)})
        row["asked"] += 1
        row[entry.outcome or OPEN] += 1
    return dict(sorted(counted.items()))


def _meals(needs: Sequence[NeedEntry], finished: Iterable[Visit]) -> Meals:
    wanted = {entry.id: entry for entry in needs if entry.request is not None and entry.request.meals}
    brought = [(wanted[visit.need], visit) for visit in finished if visit.need in wanted]
    timed = [(entry, visit) for entry, visit in brought if visit.kitchen_to_door_s is not None]
    delivered = sum(meals_of(entry) for entry, _ in brought)
    return Meals(
        asked=sum(meals_of(entry) for entry in wanted.values()),
        delivered=delivered,
        on_time=share(sum(meals_of(entry) for entry, visit in brought if _on_time(entry, visit)), delivered),
        longest_kitchen_to_door_s=max((visit.kitchen_to_door_s or 0 for _, visit in timed), default=None),
        over_hot_limit=share(sum(too_cold(entry, visit) for entry, visit in timed), len(timed)),
    )


def meals_of(entry: NeedEntry) -> int:
    """Give how many meals the need asks for."""
    return entry.request.meals if entry.request else 0


def too_cold(entry: NeedEntry, visit: Visit) -> bool:
    """Say whether the way from kitchen to door took longer than the service allows."""
    limit = entry.request.hot_limit_s if entry.request else None
    return limit is not None and visit.kitchen_to_door_s is not None and visit.kitchen_to_door_s > limit


def _on_time(entry: NeedEntry, visit: Visit) -> bool:
    if entry.request is None or visit.completed_at is None or too_cold(entry, visit):
        return False
    return visit.started_at <= entry.request.closes


def _on_duty(ledger: Ledger, area: str | None) -> set[str]:
    return {name for place, names in ledger.volunteers.items() if area in (None, place) for name in names}


def _help(on_duty: set[str], finished: Sequence[Visit]) -> Help:
    counted = Counter(visit.volunteer for visit in finished)
    amounts = [counted[name] for name in on_duty | set(counted)]
    return Help(
        volunteers=len(amounts),
        helped=len(counted),
        visits=len(finished),
        visits_per_volunteer=round(len(finished) / len(amounts), 4) if amounts else None,
        most_visits=max(amounts, default=0),
        gini=gini(amounts),
    )


def _messages(ledger: Ledger, area: str | None) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for (place, template), number in ledger.messages.items():
        if area in (None, place):
            counted[template] += number
    return dict(sorted(counted.items()))


def _unmet_because(needs: Iterable[NeedEntry]) -> dict[str, int]:
    reasons: Mapping[str, int] = Counter(
        REASON_ELSEWHERE.zh if entry.service == PRIVATE else entry.reason for entry in needs if entry.outcome == "unmet"
    )
    return dict(sorted(reasons.items()))
