"""Four weeks of recurring visits: `python -m tests.benchmarks.engine.four_weeks`. Familiar faces, fair loads, travel.

Elders are visited on fixed weekdays, other needs come in between, and volunteers are there on most days. Each day is
planned by the kernel with what is remembered of the days before: who usually comes (`usual.py`), and how much each did
in the last seven days. The same days are planned with travel as the only wish; that is the yardstick.
"""

import argparse
import json
import statistics
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from services.matcher.domain.board import Board, OpenNeed, Slot, empty_board
from services.matcher.domain.usual import remember, usual_people
from services.matcher.planning import AfterSolutions, Job, Params, Plan, Problem, Travel, Volunteer, violations
from services.matcher.planning.cost import holders_of
from services.matcher.planning.kernel.warm_up import warm_up
from services.matcher.planning.solve import solve
from tests.unit.services.matcher.play import a_request, at

DAYS, WEEK, FORTNIGHT = 28, 7, 14
OPENS, CLOSES = 8 * 3600, 18 * 3600
SIDE_M = 2500
ONLY_TRAVEL = replace(Params.default(), unfamiliar_s=0, crowding_s=0)
STOP = AfterSolutions(solutions=20)


@dataclass
class Weeks:
    """What four weeks came to."""

    by_usual: int = 0
    recurring: int = 0
    travel_s: int = 0
    undone: int = 0
    done_on: dict[str, list[int]] = field(default_factory=dict)  # volunteer to days, one entry for each job
    there: dict[str, list[int]] = field(default_factory=dict)  # volunteer to days on which they were there

    def lately(self, volunteer: str, day: int, days: int) -> int:
        return sum(day - days <= one < day for one in self.done_on.get(volunteer, ()))


@dataclass(frozen=True)
class Town:
    """Who lives where, wants what on which days, and is there when; the same for all planners."""

    travel: Travel
    elders: tuple[tuple[int, int, int, int], ...]  # place, first weekday, every so many days, opens
    volunteers: int
    there: np.ndarray  # bool [DAYS, volunteers]
    others: tuple[tuple[tuple[int, int], ...], ...]  # of each day: place, opens


def town(seed: int, elders: int = 60, volunteers: int = 40, others: int = 15) -> Town:
    """Draw a town."""
    chance = np.random.default_rng(seed)
    places = elders + volunteers + 40
    spots = chance.uniform(0, SIDE_M, (places, 2))
    metres = np.ceil(np.abs(spots[:, None] - spots[None]).sum(-1)).astype(np.int32)
    hours = [8, 9, 10, 13, 14, 15]
    return Town(
        travel=Travel(seconds=(np.ceil(metres / 1.0).astype(np.int32), np.ceil(metres / 3.0).astype(np.int32)),
                      metres=metres),
        elders=tuple((one, int(chance.integers(3)), int(chance.choice([2, 3])), 3600 * int(chance.choice(hours)))
                     for one in range(elders)),
        volunteers=volunteers,
        there=chance.random((DAYS, volunteers)) < 0.7,
        others=tuple(tuple((elders + volunteers + int(chance.integers(40)), 3600 * int(chance.choice(hours)))
                           for _ in range(others)) for _ in range(DAYS)),
    )  # fmt: skip


def need_of(elder: int, day: int) -> OpenNeed:
    request = a_request(resident=f"elder-{elder}", service="care.visit")
    return OpenNeed(id=f"elder-{elder}-{day}", request=request, admitted_at=at("08:00"), slots=(Slot(),))


def day_of(one: Town, day: int, weeks: Weeks, board: Board) -> tuple[Problem, dict[str, int]]:
    """Draw one day, with what is remembered; and which jobs are whose recurring visit."""
    present = [number for number in range(one.volunteers) if one.there[day, number]]
    volunteers = tuple(
        Volunteer(
            id=f"v{number:02}", start_place=len(one.elders) + number, end_place=len(one.elders) + number,
            duty=((OPENS, CLOSES),), travel_mode=number % 2, capacity=(0, 0), skills=frozenset(), max_stops=6,
            load_so_far=weeks.lately(f"v{number:02}", day, WEEK),
        )
        for number in present
    )  # fmt: skip
    here = frozenset(volunteer.id for volunteer in volunteers)
    jobs, visits = [], {}
    for elder, (place, first, every, opens) in enumerate(one.elders):
        if day >= first and (day - first) % every == 0:
            need = need_of(elder, day)
            visits[need.id] = elder
            familiar = usual_people(board, need) & here
            jobs.append(_job(need.id, place, opens, familiar))
    jobs += [_job(f"other-{day}-{number}", place, opens, frozenset())
             for number, (place, opens) in enumerate(one.others[day])]  # fmt: skip
    return Problem(now=OPENS, jobs=tuple(jobs), volunteers=volunteers, travel=one.travel), visits


def _job(name: str, place: int, opens: int, familiar: frozenset[str]) -> Job:
    return Job(
        id=name, need=name, mode="visit", place=place, windows=((opens, opens + 7200),), service_s=1800, load=(0, 0),
        priority=36_000, familiar=familiar,
    )  # fmt: skip


def live(one: Town, params: Params) -> Weeks:
    """Live through four weeks."""
    weeks, board = Weeks(), empty_board("511083001")
    for day in range(DAYS):
        problem, visits = day_of(one, day, weeks, board)
        plan = solve(problem, stop=STOP, seed=day, params=params)
        broken = violations(problem, plan)
        if broken:
            raise AssertionError(broken[0])
        for volunteer in problem.volunteers:
            weeks.there.setdefault(volunteer.id, []).append(day)
        for job, volunteer_id in sorted(holders_of(plan).items()):
            weeks.done_on.setdefault(volunteer_id, []).append(day)
            if job in visits:
                need = need_of(visits[job], day)
                if day >= WEEK:  # the first week is for getting acquainted
                    weeks.recurring += 1
                    weeks.by_usual += volunteer_id in usual_people(board, need)
                board = remember(board, need, volunteer_id)
        weeks.travel_s += travel_of(problem, plan)
        weeks.undone += len(plan.unplaced)
    return weeks


def travel_of(problem: Problem, plan: Plan) -> int:
    """Add up the seconds of travel, the ways home included."""
    total, who = 0, {volunteer.id: volunteer for volunteer in problem.volunteers}
    for route in plan.routes:
        volunteer = who[route.volunteer]
        places = [volunteer.start_place, *(step.place for step in route.steps), volunteer.end_place]
        if route.steps:
            total += sum(int(problem.travel.seconds[volunteer.travel_mode][here, there])
                         for here, there in pairwise(places))  # fmt: skip
    return total


def gini(numbers: list[int]) -> float:
    """Return 0 if all have the same, towards 1 if one has all."""
    ordered, total = sorted(numbers), sum(numbers)
    if total == 0:
        return 0.0
    return sum((2 * (place + 1) - len(ordered) - 1) * one for place, one in enumerate(ordered)) / (len(ordered) * total)


def figures(weeks: Weeks) -> dict[str, float]:
    """Sum up; loads are jobs in a week of those who were there on at least three days of it."""
    ginis, offered = [], []
    for first in range(0, DAYS, WEEK):
        days = range(first, first + WEEK)
        around = [one for one, there in weeks.there.items() if sum(day in days for day in there) >= 3]
        counts = Counter({one: sum(day in days for day in weeks.done_on.get(one, ())) for one in around})
        ginis.append(gini([counts[one] for one in around]))
    for first in range(0, DAYS, FORTNIGHT):
        days = range(first, first + FORTNIGHT)
        around = [one for one, there in weeks.there.items() if any(day in days for day in there)]
        offered.append(statistics.mean(any(day in days for day in weeks.done_on.get(one, ())) for one in around))
    return {
        "by_usual_pct": 100 * weeks.by_usual / max(1, weeks.recurring),
        "weekly_gini": statistics.mean(ginis),
        "offered_in_14_days_pct": 100 * min(offered),
        "travel_s": float(weeks.travel_s),
        "undone": float(weeks.undone),
    }


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--towns", type=int, default=3)
    ask.add_argument("--json")
    options = ask.parse_args()
    warm_up()
    rows = []
    for seed in range(options.towns):
        one = town(seed)
        wished, plain = figures(live(one, Params.default())), figures(live(one, ONLY_TRAVEL))
        rows.append({"town": seed, "wished": wished, "only_travel": plain,
                     "more_travel_pct": 100 * (wished["travel_s"] / plain["travel_s"] - 1)})  # fmt: skip
        sys.stdout.write(
            f"town {seed}: by the two usual people {wished['by_usual_pct']:.0f} % (only travel"
            f" {plain['by_usual_pct']:.0f} %), weekly Gini {wished['weekly_gini']:.2f} ({plain['weekly_gini']:.2f}),"
            f" something to do in 14 days {wished['offered_in_14_days_pct']:.0f} %"
            f" ({plain['offered_in_14_days_pct']:.0f} %), travel {rows[-1]['more_travel_pct']:+.1f} %,"
            f" undone {wished['undone']:.0f} ({plain['undone']:.0f})\n"
        )
        sys.stdout.flush()
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
