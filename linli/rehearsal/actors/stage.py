"""What all actors share: the generated city, its behaviour, the doors, and who is who by id."""

from dataclasses import dataclass, field

from linli.rehearsal.doors import Doors
from linli.rehearsal.scenario.behaviour import Behaviour
from linli.rehearsal.scenario.city import City, Need, Volunteer
from shared.contracts.needs import Request


@dataclass(slots=True, kw_only=True)
class Stage:
    """The only thing here that changes: actors learn ids as the services give them."""

    city: City
    behaviour: Behaviour
    doors: Doors
    requests: dict[str, Request] = field(default_factory=dict)  # need id -> what is wanted
    need_ids: dict[str, str] = field(default_factory=dict)  # number -> need id
    volunteers: dict[str, Volunteer] = field(default_factory=dict)  # volunteer id -> person
    mishaps: list[str] = field(default_factory=list)  # answers nobody expected; a rehearsal without any is clean

    def number(self, need_id: str) -> str:
        """Give the number under which people know the need."""
        request = self.requests.get(need_id)
        return request.number if request else need_id

    def needs(self) -> dict[str, Need]:
        """Give the generated needs by number."""
        return {need.number: need for need in self.city.needs}

    def note(self, what: str, status: int, code: str, expected: frozenset[str] = frozenset()) -> None:
        """Remember an answer that the actor did not expect."""
        if code and code not in expected:
            self.mishaps.append(f"{what}: {status} {code}")
