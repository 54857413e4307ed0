"""The solver: a frozen problem goes in, a frozen plan comes out, and anyone can check it.

Units, the same in every module of this folder:

- coordinates are (lon, lat) in degrees, WGS 84; they become matrices before a problem is made;
- moments are whole seconds since the board's day start; durations are whole seconds;
- distances are whole metres;
- loads are whole numbers in the order the board chose once, by default (meals, grams);
- windows are closed on both ends, and the start of service must lie in one of them;
- costs are seconds-equivalent: one is worth as much as one second of a volunteer's travel.

`solve` is imported from solve.py and loads the engines when they are asked: only solver processes need them.

May import: the standard library, numpy, numba, ortools, shared.kernel. Never: IO (machine code is kept, though), the
time of day (how long work takes is measured), pydantic, the domain.
"""

from services.matcher.planning.insert import carry_over, insert, insert_all, remove
from services.matcher.planning.params import Params
from services.matcher.planning.plan import Plan, Route, Unplaced
from services.matcher.planning.problem import Batch, Frozen, Job, Pickup, Problem, Travel, Volunteer
from services.matcher.planning.reason import Language, NearestMiss, Reason
from services.matcher.planning.step import Action, Step
from services.matcher.planning.stop import AfterSeconds, AfterSolutions
from services.matcher.planning.verify import Violation, violations

__all__ = [
    "Action",
    "AfterSeconds",
    "AfterSolutions",
    "Batch",
    "Frozen",
    "Job",
    "Language",
    "NearestMiss",
    "Params",
    "Pickup",
    "Plan",
    "Problem",
    "Reason",
    "Route",
    "Step",
    "Travel",
    "Unplaced",
    "Violation",
    "Volunteer",
    "carry_over",
    "insert",
    "insert_all",
    "remove",
    "violations",
]
