"""How what a volunteer says about their duty changes the picture of the area."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.console.domain.area import Area, Helper
from shared.contracts.fact import Fact
from shared.contracts.volunteers import VolunteerLeft, VolunteerOffDuty, VolunteerOnDuty


def _on_duty(area: Area, fact: Fact, data: VolunteerOnDuty, _: str) -> None:
    helper = area.helpers.get(fact.subject) or Helper(id=fact.subject, travel="", windows=[])
    helper.travel = data.profile.travel
    helper.windows = [(window.opens, window.closes) for window in data.windows]
    area.helpers[fact.subject] = helper


def _gone(area: Area, fact: Fact, _: VolunteerOffDuty | VolunteerLeft, __: str) -> None:
    area.helpers.pop(fact.subject, None)


VOLUNTEERS: Final[Mapping[str, Callable[[Area, Fact, Any, str], None]]] = {
    VolunteerOnDuty.TYPE: _on_duty,
    VolunteerOffDuty.TYPE: _gone,
    VolunteerLeft.TYPE: _gone,
}
