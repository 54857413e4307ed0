"""What lending is asked for: areas with duties and people, their agreements, and how far they are from each other."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from services.matcher.planning.require import Window, require, require_distinct, require_not_negative, require_windows
from services.matcher.planning.rota.question import Block, Credential


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaPerson:
    """Somebody of an area.

    Parameters
    ----------
    id
        Unique among all areas.
    area
        Where they are at home: they leave from there and come back.
    credentials
        What they are allowed to do.
    windows
        When they are available, ascending, not touching; the way to another area and back lies within one too.
    most_min
        The most minutes of duty in all, travel not counted; None for no limit.

    Raises
    ------
    ValueError
        If a window is empty or out of order, or a number is negative.
    """

    id: str
    area: str
    credentials: tuple[Credential, ...] = ()
    windows: tuple[Window, ...]
    most_min: int | None = None

    def __post_init__(self) -> None:
        require(bool(self.id), "people.id is empty; give everybody an id.")
        require_windows(f"people.{self.id}.windows", self.windows)
        require_distinct(f"people.{self.id}.credentials", (one.name for one in self.credentials))
        require_not_negative(f"people.{self.id}", most_min=self.most_min or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaDuty(Block):
    """A block that an area has to stand.

    Parameters
    ----------
    area
        Whose it is.
    service
        What is done; agreements are about services.
    """

    area: str
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Who lends to whom, for what, and how much.

    Parameters
    ----------
    lender, borrower
        Areas.
    services
        For what; empty: for every service.
    most_people
        How many people may be lent at any one time; None for no limit.
    most_min
        How many minutes of duty may be lent in all; None for no limit.
    windows
        When it holds; a duty lies wholly within one of them. Empty: always.

    Raises
    ------
    ValueError
        If an area agrees with itself, or a number or window makes no sense.
    """

    lender: str
    borrower: str
    services: tuple[str, ...] = ()
    most_people: int | None = None
    most_min: int | None = None
    windows: tuple[Window, ...] = ()

    def __post_init__(self) -> None:
        owner = f"agreements.{self.lender}-{self.borrower}"
        require(self.lender != self.borrower, f"{owner} is an agreement of an area with itself.")
        require_not_negative(owner, most_people=self.most_people or 0, most_min=self.most_min or 0)
        require_distinct(f"{owner}.services", self.services)
        if self.windows:
            require_windows(f"{owner}.windows", self.windows)

    def covers(self, duty: AreaDuty) -> bool:
        """Tell whether people may be lent for a duty at all; how many is another matter."""
        return (
            duty.area == self.borrower
            and (not self.services or duty.service in self.services)
            and (not self.windows or any(opens <= duty.start and duty.end <= closes for opens, closes in self.windows))
        )


@dataclass(frozen=True, kw_only=True)
class LendingQuestion:
    """Everything that lending depends on.

    Parameters
    ----------
    areas
        Ids.
    travel_min
        One row an area, in their order: minutes from it to each area, 0 to itself.
    people, duties
        Of all areas; at least one of each.
    agreements
        A service of a lender and a borrower may be in one agreement only, so that its limits are clear.
    credentials
        Every name that a credential may have.

    Raises
    ------
    ValueError
        If something is missing, comes twice, or names what is not there; the message begins with the field.
    """

    areas: tuple[str, ...]
    travel_min: tuple[tuple[int, ...], ...]
    people: tuple[AreaPerson, ...]
    duties: tuple[AreaDuty, ...]
    agreements: tuple[Agreement, ...] = ()
    credentials: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_distinct("areas", self.areas)
        require(bool(self.people), "people is empty; lending needs at least one person.")
        require(bool(self.duties), "duties is empty; give at least one duty to be covered.")
        require_distinct("people.id", (person.id for person in self.people))
        require_distinct("duties.id", (duty.id for duty in self.duties))
        self._require_travel()
        self._require_known()
        self._require_clear_agreements()

    def _require_travel(self) -> None:
        size = len(self.areas)
        require(len(self.travel_min) == size, f"travel_min has {len(self.travel_min)} rows; give one for each area.")
        for area, row in zip(self.areas, self.travel_min, strict=True):
            require(len(row) == size, f"travel_min.{area} has {len(row)} numbers; give one for each area.")
            require(min(row) >= 0, f"travel_min.{area} is {row}; travel cannot be negative.")
            require(row[self.areas.index(area)] == 0, f"travel_min.{area} is not 0 to the area itself.")

    def _require_known(self) -> None:
        areas, names = set(self.areas), set(self.credentials)
        for owner, area in (
            *((f"people.{person.id}.area", person.area) for person in self.people),
            *((f"duties.{duty.id}.area", duty.area) for duty in self.duties),
            *(("agreements.lender", one.lender) for one in self.agreements),
            *(("agreements.borrower", one.borrower) for one in self.agreements),
        ):
            require(area in areas, f"{owner} names {area!r}, which is not among the areas.")
        for owner, name in (
            *((f"people.{one.id}.credentials", mine.name) for one in self.people for mine in one.credentials),
            *((f"duties.{duty.id}.credentials", name) for duty in self.duties for name in duty.credentials),
        ):
            require(name in names, f"{owner} names {name!r}, which is not among the credentials of the question.")

    def _require_clear_agreements(self) -> None:
        services = {duty.service for duty in self.duties} | {name for one in self.agreements for name in one.services}
        seen = defaultdict[tuple[str, str], set[str]](set)
        for one in self.agreements:
            about, agreed = set(one.services) or services, seen[one.lender, one.borrower]
            twice = sorted(agreed & about)
            require(
                not twice,
                f"agreements.{one.lender}-{one.borrower}.services has {twice} in two agreements; put them into one.",
            )
            agreed |= about

    @cached_property
    def _agreed(self) -> dict[tuple[str, str], int]:
        """Give, for a lender and the id of a duty, the position of their agreement."""
        about, found = defaultdict[str, list[int]](list), dict[tuple[str, str], int]()
        for number, one in enumerate(self.agreements):
            about[one.borrower].append(number)
        for duty in self.duties:
            for number in about[duty.area]:
                if self.agreements[number].covers(duty):
                    found.setdefault((self.agreements[number].lender, duty.id), number)
        return found

    @cached_property
    def _ways(self) -> dict[tuple[str, str], int]:
        return {
            (here, there): minutes
            for here, row in zip(self.areas, self.travel_min, strict=True)
            for there, minutes in zip(self.areas, row, strict=True)
        }

    @cached_property
    def longest_way_min(self) -> int:
        """Give the minutes of the longest way between two areas."""
        return max(map(max, self.travel_min))

    def agreement_for(self, person: AreaPerson, duty: AreaDuty) -> int | None:
        """Find the agreement under which somebody of another area may come to a duty, as a position."""
        return self._agreed.get((person.area, duty.id))

    def travel(self, here: str, there: str) -> int:
        """Give the minutes from one area to another."""
        return self._ways[here, there]
