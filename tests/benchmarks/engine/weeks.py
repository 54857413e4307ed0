"""Weeks of a town, drawn as the rehearsal draws its days, so that fairness and familiarity can be measured over them.

What is the rehearsal's own (`linli/rehearsal/scenario`): communities, homes, skills and papers, ways to move, hours on
call, how many are there on a day, who stays away and who refuses; how many of which service are asked for, when, and by
whom. Standing duties (carriers, patrols, reading rooms) and what they do are left out: rotas share those out. So are
wishes, which people take from the wall themselves.

The rehearsal knows one day. What these weeks add is assumed, (A) as in `shared/SEEDS.md`:

- Everybody on call has fixed weekdays, so many in a week, and the city has as many more volunteers in proportion: on
  each day as many are there as in the rehearsal.
- Visits to elders, disabled people and families in hardship go to the people on a list (SEEDS, row 49), who each have a
  fixed hour on fixed weekdays. Half of these visits are to somebody who has one a week, half to somebody who has two or
  three.
- Everything else is asked for anew every day.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from linli.rehearsal.scenario import day
from linli.rehearsal.scenario.behaviour import Behaviour
from linli.rehearsal.scenario.chance import dice
from linli.rehearsal.scenario.city import DEFAULT_DATE, Need, Volunteer
from linli.rehearsal.scenario.generate import Sizes
from linli.rehearsal.scenario.hours import at
from services.matcher.domain.rules import VETTED, Rules
from shared.catalogue.load import load_catalogue
from shared.contracts.dispatch import VolunteerPosted
from shared.contracts.needs import Request
from shared.contracts.places import Cell
from shared.contracts.volunteers import Credential, DutyWindow, Profile, TravelMode
from shared.kernel.places import Place

WEEK: Final = 7
VISITED: Final = frozenset({"visit.elder", "visit.disabled", "visit.hardship"})
_TURNS: Final = 3  # weekdays 0, 3 and 6 have people in common, and so have 1 and 4, 2 and 5
_TRAVEL: Final[dict[str, TravelMode]] = {"walk": "walk", "e-bike": "e_bike", "car": "car"}
_MONDAY: Final = DEFAULT_DATE - dt.timedelta(days=DEFAULT_DATE.weekday())
_CATALOGUE: Final = load_catalogue()
_BEHAVIOUR: Final = Behaviour()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """A town over many days.

    Parameters
    ----------
    seed, area
        What is drawn, and the code of the town.
    days_a_week
        On so many fixed weekdays everybody is on call.
    """

    seed: int
    area: str
    days_a_week: int

    def there(self, number: int) -> Iterator[VolunteerPosted]:
        """Give who is on call on a day, counted from 0."""
        on = date(number)
        sizes = Sizes(volunteers=Sizes().volunteers * WEEK // self.days_a_week)
        for one in day(self.seed, on=on, areas=[self.area], sizes=sizes).on_duty():
            weekdays = dice(self.seed, "weekdays", one.number).sample(range(WEEK), self.days_a_week)
            away = _BEHAVIOUR.stays_away(self._key(number), one.number)
            if one.duties[0].kind == "on-call" and on.weekday() in weekdays and not away:
                yield _posted(one)

    def asked(self, number: int) -> Iterator[Request]:
        """Give what is asked for on a day."""
        weekday = date(number).weekday()
        listed = self._drawn(-1 - weekday, number), self._drawn(-1 - weekday % _TURNS, number)
        visits = 0
        for order, need in self._drawn(number, number).items():
            if need.service in VISITED:
                visits += 1
                often = visits % 2
                turn = weekday % _TURNS if often else weekday
                yield _request(listed[often][order], f"listed-{often}-{turn}-{order}")
            else:
                yield _request(need, f"other-{number}-{order}")

    def refuses(self, volunteer: str, need: str) -> bool:
        """Say whether this volunteer would say no to this need."""
        return _BEHAVIOUR.refuses(self.seed, volunteer, need)

    def _drawn(self, key: int, number: int) -> dict[str, Need]:
        """Draw the requests of a day with other dice; in one town the same numbers ask for the same services."""
        needs = day(self._key(key), on=date(number), areas=[self.area], sizes=Sizes(volunteers=0)).needs
        return {
            need.number: need
            for need in needs
            if not _CATALOGUE.service(need.service).standing and _CATALOGUE.service(need.service).mode != "claim"
        }

    def _key(self, number: int) -> int:
        return self.seed * 1_000 + number


def date(number: int) -> dt.date:
    """Give the date of a day, counted from 0: weeks are those of the calendar."""
    return _MONDAY + dt.timedelta(days=number)


def _posted(one: Volunteer) -> VolunteerPosted:
    profile = Profile(
        home=_cell(one.home),
        travel=_TRAVEL[one.travel],
        capacity_meals=one.capacity_meals,
        capacity_grams=one.capacity_grams,
        skills=one.skills,
        credentials=tuple(
            Credential(code=held.name, valid_until=at(held.valid_until, "24:00")) for held in one.credentials
        ),
        vetted=one.vetted,
        max_tasks_a_day=Rules().pushes_a_day,  # nobody on call is asked more often
    )
    windows = tuple(DutyWindow(opens=duty.window.opens, closes=duty.window.closes) for duty in one.duties)
    return VolunteerPosted(volunteer=one.number, profile=profile, windows=windows)


def _request(need: Need, resident: str) -> Request:
    service = _CATALOGUE.service(need.service)
    return Request(
        area=need.area,
        number=need.number,
        resident=resident,
        channel="window",
        service=service.code,
        service_zh=service.name.zh,
        service_en=service.name.en,
        mode=service.mode,
        community=need.resident.community,
        cell=_cell(need.resident.place),
        pickup=None if need.pickup is None else _cell(need.pickup),
        opens=need.window.opens,
        closes=need.window.closes,
        duration_s=60 * service.duration_min,
        people=need.people,
        grams=service.load.grams,
        skills=service.skills,
        credentials=service.credentials | ({VETTED} if service.minors else set()),
        priority=service.priority,
        offer_within_s=60 * service.promise.offer_within_min,
    )


def _cell(place: Place) -> Cell:
    coarse = place.coarse()
    return Cell(lon=coarse.lon, lat=coarse.lat)
