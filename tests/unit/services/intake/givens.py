"""Readable needs for the tests of intake: a request, facts that happened, commands that are given."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

from services.intake.domain.commands import Ask, Command, Progress, Rate
from services.intake.domain.need import Need, evolve, nothing_yet
from services.intake.domain.rules import decide
from shared.contracts.fact import FactData
from shared.contracts.needs import NeedFact, NeedProgressed, NeedRated, Request
from shared.contracts.places import Cell

NOON = datetime(2026, 5, 12, 4, 0, tzinfo=UTC)  # in Longchang
AN_HOUR = timedelta(hours=1)


def a_request(**changes: Any) -> Request:
    fields: dict[str, Any] = {
        "area": "511083001",
        "number": "GH-0042",
        "resident": "resident-1",
        "channel": "window",
        "service": "repair.light",
        "service_zh": "换灯泡",
        "service_en": "light bulb changed",
        "mode": "visit",
        "community": "511083001011",
        "cell": Cell(lon=105.278, lat=29.346),
        "opens": NOON,
        "closes": NOON + 3 * AN_HOUR,
        "duration_s": 900,
    }
    return Request(**(fields | changes))


def told(*commands: Command, need: Need | None = None) -> Need:
    """Give the need after these commands, none of which is refused."""
    for command in commands:
        need = happened(*decide(need or nothing_yet("need-1"), command), need=need)
    return need or nothing_yet("need-1")


def happened(*facts: FactData, need: Need | None = None) -> Need:
    """Fold facts."""
    return reduce(evolve, facts, need or nothing_yet("need-1"))


def asked(*, review: bool = False, **changes: Any) -> Ask:
    return Ask(request=a_request(**changes), review=review, at=NOON)


def progress(status: Any, *, minutes: int = 10, volunteer: str | None = "volunteer-1", **more: Any) -> Progress:
    return Progress(status=status, at=NOON + timedelta(minutes=minutes), volunteer=volunteer, **more)


def rated(*, good: bool, hours: float = 1) -> Rate:
    return Rate(good=good, by="resident", comment_given=False, at=NOON + hours * AN_HOUR)


WAY = ("dispatched", "taken", "in_service", "done")


def on_its_way(to: str, **changes: Any) -> Need:
    """Give a need that went the ordinary way as far as this."""
    steps = () if to == "accepted" else WAY[: WAY.index(to) + 1]
    return told(asked(**changes), *(progress(status) for status in steps))


def statuses(facts: Sequence[NeedFact]) -> list[str]:
    """Name what was said: a status for progress, the fact's own name otherwise."""
    return [fact.status if isinstance(fact, NeedProgressed) else fact.TYPE.split(".")[2] for fact in facts]


def answers(facts: Sequence[NeedFact]) -> list[bool]:
    return [fact.good for fact in facts if isinstance(fact, NeedRated)]
