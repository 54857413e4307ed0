"""Takes one fact into the picture of its area; which kind of fact changes what stands in the tables below."""

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from services.console.domain.area import Area, day_of
from services.console.domain.heard_dispatch import DISPATCH
from services.console.domain.heard_needs import NEEDS
from services.console.domain.heard_notices import NOTICES
from services.console.domain.heard_volunteers import VOLUNTEERS
from shared.contracts.fact import Fact

Hear = Callable[[Area, Fact, Any, str], None]
"""Area, fact, its data, and the local date on which it happened."""

HEARD: Final[Mapping[str, Hear]] = {**NEEDS, **DISPATCH, **VOLUNTEERS, **NOTICES}


def take_in(area: Area, fact: Fact, zone: tzinfo) -> None:
    """Change the area's picture; a fact that no page shows changes nothing."""
    hear = HEARD.get(fact.type)
    if hear is None:
        return
    date = fact.time.astimezone(zone).date().isoformat()
    if date not in area.days:
        day_of(area, date)
        _send_home(area, fact.time)
    hear(area, fact, fact.data, date)
    area.changed_at = fact.time if area.changed_at is None else max(area.changed_at, fact.time)


def _send_home(area: Area, now: datetime) -> None:
    """Forget volunteers whose duty is over, so that the list does not grow from day to day."""
    area.helpers = {
        name: helper for name, helper in area.helpers.items() if any(closes >= now for _, closes in helper.windows)
    }
