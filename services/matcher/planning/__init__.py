"""The solver: a frozen problem goes in, a frozen plan comes out, and anyone can check it.

Units, the same in every module of this folder:

- coordinates are (lon, lat) in degrees, WGS 84; they become matrices before a problem is made;
- moments are whole seconds since the board's day start; durations are whole seconds;
- distances are whole metres;
- loads are whole numbers in the order the board chose once, by default (meals, grams);
- windows are closed on both ends, and the start of service must lie in one of them;
- costs are seconds-equivalent: one is worth as much as one second of a volunteer's travel.

May import: the standard library, numpy, ortools, shared.kernel. Never: IO, a clock, pydantic, the domain.
"""

from services.matcher.planning.plan import Plan, Route, Unplaced
from services.matcher.planning.problem import Batch, Frozen, Job, Pickup, Problem, Travel, Volunteer
from services.matcher.planning.reason import NearestMiss, Reason
from services.matcher.planning.step import Action, Step

__all__ = [
    "Action",
    "Batch",
    "Frozen",
    "Job",
    "NearestMiss",
    "Pickup",
    "Plan",
    "Problem",
    "Reason",
    "Route",
    "Step",
    "Travel",
    "Unplaced",
    "Volunteer",
]
