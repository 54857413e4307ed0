"""The problem: a board at one moment, as a frozen value of ints and strs that any engine can solve.

Rules that every engine obeys, stated once:

- **One place at a time.** A volunteer leaves the start place not before `now` and the start of the first
  duty window, travels, sets up (pickups only, and only when coming from another place), waits if need be,
  serves, leaves.
- **Windows.** Service starts within one of the job's windows.
- **Duty.** From start of service to departure a step lies within one duty window. Travel, set-up and
  waiting may run in the gap between two duty windows (how somebody spends a gap is their affair), but not
  before the first begins. Somebody with an end place arrives there before the last duty window closes.
- **Hot limit.** From the departure of a job's own pickup to the start of its drop-off pass at most
  `max_ride_s`; waiting at the door counts, because the meal is still in the box.
- **Batches.** A pickup starts not before its batch is ready, and a batch never feeds more jobs than its
  count.
- **People.** Jobs that share a `together` key are done by different people, all of them or none.
- **Frozen.** Steps done, under way or being driven to stay first, with their actual times; no rule is held
  against them. What was picked up and not dropped off stays with who carries it.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from services.matcher.planning.require import (
    Window,
    require,
    require_distinct,
    require_loads,
    require_not_negative,
    require_windows,
)
from services.matcher.planning.step import Action, Step

Matrix = npt.NDArray[np.int32]
Mode = Literal["visit", "delivery", "shift"]

DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Pickup:
    """Where and when a delivery is taken on board.

    Parameters
    ----------
    place
        Index into the travel matrices.
    windows
        Start of the pickup lies in one of them; seconds since day start, closed on both ends, ascending.
    service_s
        Handing over this one job's load, seconds. The next job at the same counter costs only its own.
    setup_s
        Parking, greeting, signing, seconds: spent once on arriving from another place, before service.
    """

    place: int
    windows: tuple[Window, ...] = ((0, DAY_S),)
    service_s: int = 0
    setup_s: int = 0

    def __post_init__(self) -> None:
        require_windows("Pickup.windows", self.windows)
        require_not_negative("Pickup", place=self.place, service_s=self.service_s, setup_s=self.setup_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One person wanted for one need; a need that wants two people is two jobs.

    Parameters
    ----------
    id, need
        The job and the need it belongs to.
    mode
        `visit`, `delivery` (pickup, then drop-off by the same person) or `shift`.
    place
        The door: index into the travel matrices.
    windows
        Start of service lies in one of them; seconds since day start, closed on both ends, ascending.
    service_s
        Time at the door, seconds.
    skills
        Skills and credentials, all of which are required.
    load
        What a delivery takes on board, in the board's load dimensions; zeros otherwise.
    priority
        What leaving it unplaced costs, seconds-equivalent.
    not_volunteers, only_volunteers
        Who must not do it (refused, excluded), and if given, who alone may.
    familiar
        The volunteers this resident knows; a wish, not a rule.
    together
        Jobs with the same key are done at the same fixed time by different people, all or none.
    pickup, batch, max_ride_s
        For a delivery: where it is taken on board, from which canteen batch, and the hot limit in seconds.
    """

    id: str
    need: str
    mode: Mode
    place: int
    windows: tuple[Window, ...]
    service_s: int
    load: tuple[int, ...]
    priority: int
    skills: frozenset[str] = frozenset()
    not_volunteers: frozenset[str] = frozenset()
    only_volunteers: frozenset[str] | None = None
    familiar: frozenset[str] = frozenset()
    together: str | None = None
    pickup: Pickup | None = None
    batch: str | None = None
    max_ride_s: int | None = None

    def __post_init__(self) -> None:
        name = f"Job {self.id!r}"
        require_windows(f"{name}.windows", self.windows)
        require_not_negative(name, place=self.place, service_s=self.service_s, priority=self.priority)
        require_loads(f"{name}.load", self.load)
        self._require_mode_fits(name)
        require(
            self.max_ride_s is None or self.max_ride_s >= 0,
            f"{name}.max_ride_s is {self.max_ride_s}: a hot limit cannot be negative.",
        )
        require(
            self.together is None or (len(self.windows) == 1 and self.windows[0][0] == self.windows[0][1]),
            f"{name}.windows must be one fixed moment (open == close) because it is done together with "
            f"others; got {self.windows}.",
        )

    def _require_mode_fits(self, name: str) -> None:
        """Only deliveries have something to pick up, carry and keep hot."""
        if self.mode == "delivery":
            require(self.pickup is not None, f"{name}.pickup is missing: a delivery is taken on board somewhere.")
            return
        require(self.pickup is None, f"{name}.pickup is given, but its mode is {self.mode!r}, not 'delivery'.")
        require(not any(self.load), f"{name}.load is {self.load}, but only a delivery carries a load.")
        require(self.batch is None, f"{name}.batch is given, but only a delivery comes from a batch.")
        require(self.max_ride_s is None, f"{name}.max_ride_s is given, but only a delivery has a hot limit.")

    @property
    def action(self) -> Action:
        """The action that finishes this job."""
        return Action.DROPOFF if self.mode == "delivery" else Action(self.mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A canteen batch: so many portions, ready at one moment.

    Parameters
    ----------
    id, place
        The batch and its kitchen (index into the travel matrices).
    ready
        Seconds since day start; no pickup of this batch starts earlier.
    count
        The most jobs that may be fed from it, frozen ones included.
    """

    id: str
    place: int
    ready: int
    count: int

    def __post_init__(self) -> None:
        require_not_negative(f"Batch {self.id!r}", place=self.place, ready=self.ready, count=self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer:
    """Somebody on duty.

    Parameters
    ----------
    id
        The volunteer.
    start_place, end_place
        Indices into the travel matrices; an `end_place` of None means: may end anywhere.
    duty
        Duty windows in seconds since day start, ascending, not overlapping.
    capacity
        The most on board at any moment, in the board's load dimensions.
    skills
        Skills and valid credentials.
    travel_mode
        Index of the travel matrix: how they move.
    max_stops
        The most jobs on their route, frozen ones included; None means no limit.
    expected_jobs
        Jobs they will probably have done by the end of the week; whoever has fewer is asked first (a wish).
    going_out_s
        Seconds-equivalent for having anything to do at all, which gives fewer routes (a wish). Whoever has been at
        work already, as the frozen part says, costs it no more.
    """

    id: str
    start_place: int
    duty: tuple[Window, ...]
    capacity: tuple[int, ...]
    end_place: int | None = None
    skills: frozenset[str] = frozenset()
    travel_mode: int = 0
    max_stops: int | None = None
    expected_jobs: float = 0
    going_out_s: int = 0

    def __post_init__(self) -> None:
        name = f"Volunteer {self.id!r}"
        require_windows(f"{name}.duty", self.duty)
        require_loads(f"{name}.capacity", self.capacity)
        require_not_negative(
            name,
            start_place=self.start_place,
            end_place=self.end_place or 0,
            travel_mode=self.travel_mode,
            max_stops=self.max_stops or 0,
            expected_jobs=self.expected_jobs,
            going_out_s=self.going_out_s,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What a volunteer's day has already become.

    Parameters
    ----------
    volunteer
        Whose.
    steps
        Done, under way or being driven to, in order, with actual (or expected) times. A pickup here without
        its drop-off is on board: the drop-off is still open, and only this volunteer can do it.
    free_at, place
        From when (seconds since day start) and from where they can go on.
    """

    volunteer: str
    steps: tuple[Step, ...]
    free_at: int
    place: int

    def __post_init__(self) -> None:
        name = f"Frozen of {self.volunteer!r}"
        require_not_negative(name, free_at=self.free_at, place=self.place)
        require(all(step.frozen for step in self.steps), f"{name}.steps must all be marked frozen.")
        require(
            all(a.departure <= b.arrival for a, b in pairwise(self.steps)),
            f"{name}.steps are not in the order of their times.",
        )
        require(
            not self.steps or self.steps[-1].departure <= self.free_at,
            f"{name}.free_at is {self.free_at}, before the last frozen step ends.",
        )

    @property
    def on_board(self) -> dict[str, int]:
        """Jobs picked up and not dropped off, with the departure of their pickup."""
        dropped = {step.job for step in self.steps if step.action is Action.DROPOFF}
        return {
            step.job: step.departure for step in self.steps if step.action is Action.PICKUP and step.job not in dropped
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Travel:
    """How long and how far it is between places.

    Parameters
    ----------
    seconds
        One n x n matrix of whole seconds per travel mode; [i, j] is from i to j; the diagonal is zero.
    metres
        One n x n matrix of whole metres.
    """

    seconds: tuple[Matrix, ...]
    metres: Matrix

    def __post_init__(self) -> None:
        require(len(self.seconds) > 0, "Travel.seconds needs a matrix for at least one travel mode.")
        size = len(self.metres)
        named = [(f"Travel.seconds[{mode}]", matrix) for mode, matrix in enumerate(self.seconds)]
        for name, matrix in [*named, ("Travel.metres", self.metres)]:
            require(matrix.shape == (size, size), f"{name} is {matrix.shape}; it must be square, {size} x {size}.")
            require(np.issubdtype(matrix.dtype, np.integer), f"{name} must hold whole numbers.")
            require(
                size == 0 or int(matrix.min()) >= 0,
                f"{name} has a hole: every entry must be known, 0 or more.",
            )
            require(not matrix.diagonal().any(), f"{name} must have a zero diagonal.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Travel):
            return NotImplemented
        mine, theirs = (*self.seconds, self.metres), (*other.seconds, other.metres)
        return len(mine) == len(theirs) and all(map(np.array_equal, mine, theirs))

    def __hash__(self) -> int:
        return hash((len(self.seconds), len(self.metres)))

    @property
    def places(self) -> int:
        """How many places there are."""
        return len(self.metres)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A board at one moment.

    Parameters
    ----------
    now
        Seconds since day start; nothing that is not frozen starts earlier.
    jobs, volunteers, batches
        Ids are unique within each. Jobs include those that frozen steps belong to.
    travel
        Between all places.
    frozen
        At most one per volunteer; a volunteer without one has done nothing yet.
    """

    now: int
    jobs: tuple[Job, ...]
    volunteers: tuple[Volunteer, ...]
    travel: Travel
    batches: tuple[Batch, ...] = ()
    frozen: tuple[Frozen, ...] = ()
    job_of: dict[str, Job] = field(init=False, repr=False, compare=False)
    volunteer_of: dict[str, Volunteer] = field(init=False, repr=False, compare=False)
    batch_of: dict[str, Batch] = field(init=False, repr=False, compare=False)
    frozen_of: dict[str, Frozen] = field(init=False, repr=False, compare=False)
    on_board: dict[str, str] = field(init=False, repr=False, compare=False)  # job to who picked it up, not dropped off
    finished: frozenset[str] = field(init=False, repr=False, compare=False)  # jobs whose last step is frozen

    def __post_init__(self) -> None:
        require_not_negative("Problem", now=self.now)
        require_distinct("Problem.jobs", (job.id for job in self.jobs))
        require_distinct("Problem.volunteers", (volunteer.id for volunteer in self.volunteers))
        require_distinct("Problem.batches", (batch.id for batch in self.batches))
        require_distinct("Problem.frozen", (frozen.volunteer for frozen in self.frozen))
        object.__setattr__(self, "job_of", {job.id: job for job in self.jobs})
        object.__setattr__(self, "volunteer_of", {one.id: one for one in self.volunteers})
        object.__setattr__(self, "batch_of", {batch.id: batch for batch in self.batches})
        object.__setattr__(self, "frozen_of", {frozen.volunteer: frozen for frozen in self.frozen})
        on_board = {job: frozen.volunteer for frozen in self.frozen for job in frozen.on_board}
        object.__setattr__(self, "on_board", on_board)
        finished = (step.job for frozen in self.frozen for step in frozen.steps if step.action.finishes)
        object.__setattr__(self, "finished", frozenset(finished))
        self._require_places_exist()
        self._require_one_set_of_loads()
        self._require_batches_fit()
        self._require_groups_agree()
        self._require_frozen_fits()

    def _require_places_exist(self) -> None:
        used = [(f"Job {job.id!r}.place", job.place) for job in self.jobs]
        used += [(f"Job {job.id!r}.pickup.place", job.pickup.place) for job in self.jobs if job.pickup]
        used += [(f"Batch {batch.id!r}.place", batch.place) for batch in self.batches]
        used += [(f"Volunteer {one.id!r}.start_place", one.start_place) for one in self.volunteers]
        used += [(f"Volunteer {one.id!r}.end_place", one.end_place or 0) for one in self.volunteers]
        used += [(f"Frozen of {frozen.volunteer!r}.place", frozen.place) for frozen in self.frozen]
        for name, place in used:
            require(
                place < self.travel.places,
                f"{name} is {place}, but there are only {self.travel.places} places.",
            )
        for one in self.volunteers:
            require(
                one.travel_mode < len(self.travel.seconds),
                f"Volunteer {one.id!r}.travel_mode is {one.travel_mode}, but there are only "
                f"{len(self.travel.seconds)} travel matrices.",
            )

    def _require_one_set_of_loads(self) -> None:
        sizes = {len(job.load) for job in self.jobs} | {len(one.capacity) for one in self.volunteers}
        require(
            len(sizes) <= 1,
            f"Job.load and Volunteer.capacity must have the same dimensions; got {sorted(sizes)}.",
        )

    def _require_batches_fit(self) -> None:
        for job in self.jobs:
            if job.batch is None or job.pickup is None:
                continue
            require(job.batch in self.batch_of, f"Job {job.id!r}.batch is {job.batch!r}, which is no batch here.")
            require(
                self.batch_of[job.batch].place == job.pickup.place,
                f"Job {job.id!r}.pickup.place is not the place of its batch {job.batch!r}.",
            )

    def _require_groups_agree(self) -> None:
        moments: dict[str, tuple[Window, ...]] = {}
        for job in self.jobs:
            if job.together is not None:
                require(
                    moments.setdefault(job.together, job.windows) == job.windows,
                    f"Job {job.id!r}.windows differ from the others of group {job.together!r}.",
                )

    def _require_frozen_fits(self) -> None:
        doings: Counter[tuple[str, Action]] = Counter()
        for frozen in self.frozen:
            name = f"Frozen of {frozen.volunteer!r}"
            require(frozen.volunteer in self.volunteer_of, f"{name}: nobody of that id is on this board.")
            picked: set[str] = set()
            for step in frozen.steps:
                require(step.job in self.job_of, f"{name}.steps: job {step.job!r} is not among Problem.jobs.")
                self._require_step_suits_job(name, step, picked)
                doings[step.job, step.action] += 1
        twice = [job for (job, _), times in doings.items() if times > 1]
        require(not twice, f"Problem.frozen does these jobs twice: {twice}.")

    def _require_step_suits_job(self, name: str, step: Step, picked: set[str]) -> None:
        job = self.job_of[step.job]
        if step.action is Action.PICKUP and job.mode == "delivery":
            picked.add(job.id)
            return
        require(
            step.action is job.action,
            f"{name}.steps: {step.action.value!r} does not suit job {job.id!r}, a {job.mode}.",
        )
        require(
            job.mode != "delivery" or job.id in picked,
            f"{name}.steps: {job.id!r} is dropped off before it is picked up; give its pickup step too.",
        )

    @property
    def horizon(self) -> int:
        """The moment when the last duty window closes, seconds since day start."""
        return max((one.duty[-1][1] for one in self.volunteers), default=self.now)
