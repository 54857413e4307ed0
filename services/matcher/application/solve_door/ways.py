"""How long the ways are for each kind of vehicle, with what VROOM's rules need put into the matrices.

VROOM's jobs are loaded at their vehicle's start, wherever that is; what they hand in is brought to its end; and nobody
comes back for more. So a kind of vehicle has two places more: a *yard* that is as far from every place as the vehicle's
start and that nobody reaches again, and a *home* that is as near as its end and that nobody leaves. Who has no start
begins at a yard next to everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.matcher.application.solve_door.asked import Question, Vehicle
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.application.solve_door.ground import Ground
from services.matcher.application.solve_door.span import Span
from services.matcher.planning import Travel
from services.matcher.planning.problem import Matrix

_MOST_CELLS: Final = 40_000_000  # of all matrices together: 160 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The rows at which a vehicle starts and ends; None: anywhere."""

    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Vehicles that share a matrix: profile, speed, and next to what their yard and home lie (None: everything)."""

    profile: str
    speed_factor: float
    yard: int | None
    home: int | None


def ends_of(ground: Ground, number: int, vehicle: Vehicle) -> Ends:
    """Find where a vehicle starts and ends.

    Raises
    ------
    DoesNotFit
        If it does neither, or at a place that is not there.
    """
    path = f"vehicles.{number}"
    rows = {
        name: ground.place(f"{path}.{name}", location, index) if location is not None or index is not None else None
        for name, location, index in (
            ("start", vehicle.start, vehicle.start_index),
            ("end", vehicle.end, vehicle.end_index),
        )
    }
    if rows["start"] is None and rows["end"] is None:
        raise DoesNotFit.because(f"{path}.start", "is missing, and so is the end; a vehicle needs at least one of them")
    return Ends(start=rows["start"], end=rows["end"])


def kind_of(question: Question, vehicle: Vehicle, ends: Ends) -> Kind:
    """Let vehicles share a matrix where nothing is loaded at their start or handed in at their end."""
    return Kind(
        profile=vehicle.profile,
        speed_factor=vehicle.speed_factor,
        yard=ends.start if question.brings else None,
        home=ends.end if question.takes else None,
    )


def travel_of(ground: Ground, span: Span, kinds: Sequence[Kind]) -> tuple[Travel, dict[Kind, Matrix]]:
    """Give the travel matrices of a problem, one a kind of vehicle, and the ways of each kind without yard and home.

    Returns
    -------
    Travel, dict
        Seconds. The row after those of the ground is the yard, the next one the home; metres are not used.

    Raises
    ------
    DoesNotFit
        If there are too many kinds of vehicles between too many places.
    """
    size, distinct = ground.size, list(dict.fromkeys(kinds))
    cells = len(distinct) * (size + 2) ** 2
    if cells > _MOST_CELLS:
        raise DoesNotFit.because(
            "vehicles",
            f"{len(distinct)} kinds of vehicles (profile, speed_factor, start, end) between {size} places need {cells}"
            f" travel times; at most {_MOST_CELLS} can be kept. Let vehicles share starts and ends, or leave loads out",
        )
    ways = {kind: _ways(ground, kind, span.never_s) for kind in distinct}
    matrices = tuple(_with_yard_and_home(ways[kind], kind, span.never_s) for kind in distinct)
    nothing = np.zeros((size + 2, size + 2), np.int32)
    return Travel(seconds=matrices or (nothing,), metres=nothing), ways


def _ways(ground: Ground, kind: Kind, never: int) -> Matrix:
    seconds = np.ceil(ground.seconds[kind.profile] / kind.speed_factor)
    return np.minimum(seconds, never).astype(np.int32)


def _with_yard_and_home(ways: Matrix, kind: Kind, never: int) -> Matrix:
    size = len(ways)
    yard, home = size, size + 1
    out = np.full((size + 2, size + 2), never, np.int32)
    out[:size, :size] = ways
    out[yard, :size] = 0 if kind.yard is None else ways[kind.yard]
    out[:size, home] = 0 if kind.home is None else ways[:, kind.home]
    out[yard, home] = 0 if kind.yard is None or kind.home is None else ways[kind.yard, kind.home]
    np.fill_diagonal(out, 0)
    return out
