"""What a rota is asked for: duties, the people who could stand on them, and the rules that protect those people."""

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import chain, pairwise

from services.matcher.planning.require import Window, require, require_distinct, require_not_negative

DAY_MIN = 24 * 60
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What somebody is allowed to do, until when.

    Parameters
    ----------
    name
        One of the question's credentials.
    expires
        Minute from which it no longer counts; None if it does not expire. A duty has to be over by then.
    """

    name: str
    expires: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who can stand on duties.

    Parameters
    ----------
    id
        Unique among people.
    teams
        Whose duties they may take; empty: everybody's.
    credentials
        What they are allowed to do.
    windows
        When they are available, ascending, not touching; a duty lies wholly within one of them.
    most_week_min
        The most minutes of duty in a week, held ones included; None for no limit.
    held
        Duties that stand already, before the rota or in it, as windows: they count for rest, stretches and all limits,
        and are never changed.
    last_weeks_min
        Minutes of duty in the weeks before, for fairness.

    Raises
    ------
    ValueError
        If a window is empty or out of order, or a number is negative.
    """

    id: str
    teams: tuple[str, ...] = ()
    credentials: tuple[Credential, ...] = ()
    windows: tuple[Window, ...]
    most_week_min: int | None = None
    held: tuple[Window, ...] = ()
    last_weeks_min: int = 0

    def __post_init__(self) -> None:
        owner = f"people.{self.id}"
        require(bool(self.id), "people.id is empty; give everybody an id.")
        _require_spans(f"{owner}.windows", self.windows, touching=False)
        _require_spans(f"{owner}.held", self.held, touching=True)
        require_distinct(f"{owner}.credentials", (one.name for one in self.credentials))
        require_not_negative(owner, last_weeks_min=self.last_weeks_min, most_week_min=self.most_week_min or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of time that somebody has to stand.

    Parameters
    ----------
    id
        Unique in the question.
    start, end
        When it begins and is over.
    needed
        How many people at once: its slots.
    credentials
        Names of what each of them needs. Where one of two needs more, ask for two at the same time.

    Raises
    ------
    ValueError
        If it ends before it starts or needs nobody.
    """

    id: str
    start: int
    end: int
    needed: int = 1
    credentials: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(bool(self.id), "duties.id is empty; give every duty an id.")
        require_not_negative(f"duties.{self.id}", start=self.start)
        require(
            self.start < self.end, f"duties.{self.id}.end is {self.end}, not after its start at {self.start} (minutes)."
        )
        require(self.needed > 0, f"duties.{self.id}.needed is {self.needed}; a duty needs at least 1 person.")

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Block):
    """A block that a team has to stand.

    Parameters
    ----------
    team
        Whose duty it is; a reading room or a canteen is a team too.
    """

    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What protects everybody on the rota.

    Parameters
    ----------
    rest_min
        Least minutes between two duties of one person, unless the second begins the moment the first ends: such
        duties are one stretch.
    longest_stretch_min
        The most minutes of duty in every window that is `grid_min` longer, also across midnight: after so much duty
        there is a break of at least `grid_min`.
    grid_min
        The step in which times are thought of.
    most_duties_a_day, most_duties_a_week
        Of one person, counted on the day and in the week in which they begin; None for no limit. Weeks begin with the
        rota's first day.

    Raises
    ------
    ValueError
        If a number makes no sense.
    """

    rest_min: int = 11 * 60
    longest_stretch_min: int = 8 * 60
    grid_min: int = 10
    most_duties_a_day: int | None = None
    most_duties_a_week: int | None = None

    def __post_init__(self) -> None:
        require_not_negative("rules", rest_min=self.rest_min)
        for name in ("longest_stretch_min", "grid_min", "most_duties_a_day", "most_duties_a_week"):
            value = getattr(self, name)
            require(value is None or value > 0, f"rules.{name} is {value}; it has to be at least 1.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaQuestion:
    """Everything that a rota depends on.

    Parameters
    ----------
    people, duties
        At least one of each.
    rules
        What protects everybody.
    credentials
        Every name that a credential may have: a name with a typing error is refused, not silently unfulfillable.
    familiar
        Pairs of ids of people who like to stand together.
    familiar_min
        What one duty of a familiar pair together is worth, in minutes of unfairness (see `fairness.py`).
    day_starts
        Minutes at which local days begin, ascending, from 0; a day after the last is 24 hours. Empty: days of 24 hours.
        Only a change of the clocks needs them.

    Raises
    ------
    ValueError
        If something is missing, comes twice, or names what is not there; the message begins with the field.
    """

    people: tuple[Person, ...]
    duties: tuple[Duty, ...]
    rules: Rules = field(default_factory=Rules)
    credentials: tuple[str, ...] = ()
    familiar: tuple[tuple[str, str], ...] = ()
    familiar_min: int = 60
    day_starts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        require(bool(self.people), "people is empty; a rota needs at least one person.")
        require(bool(self.duties), "duties is empty; give at least one duty to be covered.")
        require_distinct("people.id", (person.id for person in self.people))
        require_distinct("duties.id", (duty.id for duty in self.duties))
        require_not_negative("question", familiar_min=self.familiar_min)
        self._require_known_credentials()
        self._require_known_teams()
        self._require_pairs()
        if self.day_starts:
            require(self.day_starts[0] == 0, f"day_starts begins at {self.day_starts[0]}; the first day begins at 0.")
            require(all(a < b for a, b in pairwise(self.day_starts)), "day_starts is not ascending.")

    def _require_known_credentials(self) -> None:
        known = set(self.credentials)
        wanted = ((f"duties.{duty.id}.credentials", name) for duty in self.duties for name in duty.credentials)
        owned = ((f"people.{one.id}.credentials", mine.name) for one in self.people for mine in one.credentials)
        for where, name in chain(wanted, owned):
            require(name in known, f"{where} names {name!r}, which is not among the credentials of the question.")

    def _require_known_teams(self) -> None:
        teams = {duty.team for duty in self.duties}
        for person in self.people:
            for team in person.teams:
                require(team in teams, f"people.{person.id}.teams names {team!r}, which has no duty.")

    def _require_pairs(self) -> None:
        ids = {person.id for person in self.people}
        require_distinct("familiar", (" and ".join(sorted(pair)) for pair in self.familiar))
        for one, other in self.familiar:
            require(one != other, f"familiar pairs {one!r} with themselves.")
            for person in (one, other):
                require(person in ids, f"familiar names {person!r}, who is not among the people.")

    def day_of(self, minute: int) -> int:
        """Give the number of the local day in which a moment lies, from 0; before the rota it is negative."""
        if 0 <= minute < (self.day_starts or (0,))[-1]:
            return bisect_right(self.day_starts, minute) - 1
        first, number = (self.day_starts[-1], len(self.day_starts) - 1) if minute >= 0 and self.day_starts else (0, 0)
        return number + (minute - first) // DAY_MIN

    def week_of(self, minute: int) -> int:
        """Give the number of the week in which a moment lies, from 0; before the rota it is negative."""
        return self.day_of(minute) // DAYS_A_WEEK


def load_before(person: Person) -> int:
    """Give the minutes that count for fairness before anything is assigned."""
    return person.last_weeks_min + sum(end - start for start, end in person.held if start >= 0)


def _require_spans(name: str, windows: tuple[Window, ...], *, touching: bool) -> None:
    for opens, closes in windows:
        require(opens < closes, f"{name} closes at {closes}, not after it opens at {opens} (minutes).")
    fits = all(a[1] <= b[0] if touching else a[1] < b[0] for a, b in pairwise(windows))
    require(fits, f"{name} must be ascending and must not {'overlap' if touching else 'touch'}: {windows}.")
