"""Four weeks of a town: `python -m tests.benchmarks.engine.four_weeks`. Familiar faces, fair loads, travel.

Each morning the day of a town (`weeks.py`) is drawn from the matcher's board, planned whole by the kernel, and told to
the board as facts. So the board remembers what it would in operation: who usually comes (`usual.py`), and how much
everybody did in four weeks (`lately.py`). That a whole day is known in the morning makes it simple, for all
planners alike. The same weeks are planned with travel as the only wish: that is the yardstick. A week before the four
is for getting acquainted and is not counted.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from linli.rehearsal.scenario.hours import at
from services.matcher.application.drawing import Drawing, draw
from services.matcher.application.jobs import slot_of
from services.matcher.application.travel_book import TravelBook
from services.matcher.domain.board import Board, empty_board
from services.matcher.domain.decision import Decision
from services.matcher.domain.evolve import evolve
from services.matcher.domain.rules import Rules
from services.matcher.domain.usual import usual_people
from services.matcher.planning import AfterSolutions, Params, Plan, Problem
from services.matcher.planning.kernel.warm_up import warm_up
from services.matcher.planning.solve import solve
from shared.contracts.dispatch import NeedAdmitted, NeedDropped, OfferMade, VisitCompleted, VolunteerUnposted
from shared.contracts.fact import FactData
from tests.benchmarks.engine.weeks import VISITED, WEEK, Weeks, date

FIRST, LAST, FORTNIGHT = WEEK, 5 * WEEK, 2 * WEEK
TOWNS = ("511083105", "511083104", "511083112")  # 双凤镇, 黄家镇 and 石燕桥镇: 36, 55 and 44 requests a day
ONLY_TRAVEL = replace(Params.default(), unfamiliar_s=0, crowding_s=0, busy_s=0)
STOP = AfterSolutions(solutions=4)


@dataclass
class Lived:
    """What the weeks came to."""

    visits: int = 0
    by_usual: int = 0
    travel_s: int = 0
    undone: int = 0
    jobs: dict[str, list[int]] = field(default_factory=dict)  # volunteer to days, one entry for each job
    there: dict[str, list[int]] = field(default_factory=dict)  # volunteer to days on which they were there


def live(town: Weeks, params: Params) -> Lived:
    """Live through the weeks."""
    lived, board, book = Lived(), empty_board(town.area), TravelBook()
    for number in range(LAST):
        morning = at(date(number), "07:00")
        for posted in town.there(number):
            board = evolve(board, posted)
            lived.there.setdefault(posted.volunteer, []).append(number)
        for request in town.asked(number):
            board = evolve(board, NeedAdmitted(need=f"{number}-{request.number}", request=request, at=morning))
        drawing = draw(Decision(board, rules=Rules(), at=morning), board.needs, book)
        problem = _with_refusals(drawing.problem, town)
        plan = solve(problem, stop=STOP, seed=number, params=params)
        if number >= FIRST:
            lived.travel_s += sum(route.travel_s for route in plan.routes)
            lived.undone += len(plan.unplaced)
        known = {need.id: usual_people(board, need) for need in board.needs.values()}
        for need, volunteer, facts in _done(board, drawing, plan, morning):
            lived.jobs.setdefault(volunteer, []).append(number)
            if number >= FIRST and board.needs[need].request.service in VISITED:
                lived.visits += 1
                lived.by_usual += volunteer in known[need]
            for fact in facts:
                board = evolve(board, fact)
        board = _in_the_evening(board)
    return lived


def _with_refusals(problem: Problem, town: Weeks) -> Problem:
    """Keep jobs from those who would refuse them."""
    people = [one.id for one in problem.volunteers]
    jobs = tuple(
        replace(job, not_volunteers=job.not_volunteers | {one for one in people if town.refuses(one, job.need)})
        for job in problem.jobs
    )
    return replace(problem, jobs=jobs)


def _done(
    board: Board, drawing: Drawing, plan: Plan, morning: datetime
) -> Iterator[tuple[str, str, tuple[FactData, ...]]]:
    """Give need, volunteer and facts of each finished job, as the day goes by."""
    finished = [(step.departure, step.job, route.volunteer) for route in plan.routes for step in route.steps
                if step.action.finishes]  # fmt: skip
    for departure, job, volunteer in sorted(finished):
        need, slot = slot_of(job)
        moment, request = drawing.day.moment(departure), board.needs[need].request
        yield need, volunteer, (
            OfferMade(offer=job, need=need, slot=slot, volunteer=volunteer, wave=1, assigned=False, starts_at=moment,
                      expires_at=moment, service=request.service, number=request.number, at=morning),
            VisitCompleted(need=need, slot=slot, volunteer=volunteer, complete=False, at=moment),
        )  # fmt: skip


def _in_the_evening(board: Board) -> Board:
    for need in list(board.needs):
        board = evolve(board, NeedDropped(need=need, reason="evening"))
    for volunteer in list(board.volunteers):
        board = evolve(board, VolunteerUnposted(volunteer=volunteer, reason="evening"))
    return board


def gini(numbers: list[int]) -> float:
    """Return 0 if all have the same, towards 1 if one has all."""
    ordered, total = sorted(numbers), sum(numbers)
    if total == 0:
        return 0.0
    return sum((2 * (place + 1) - len(ordered) - 1) * one for place, one in enumerate(ordered)) / (len(ordered) * total)


def figures(lived: Lived) -> dict[str, float]:
    """Sum up; the load of a week is the number of jobs of each who was there on one of its days."""
    weeks = [_loads(lived, first, WEEK) for first in range(FIRST, LAST, WEEK)]
    fortnights = [_loads(lived, first, FORTNIGHT) for first in range(FIRST, LAST, FORTNIGHT)]
    return {
        "by_usual_pct": 100 * lived.by_usual / lived.visits,
        "weekly_gini": statistics.mean(map(gini, weeks)),
        "weekly_load": statistics.mean(map(statistics.mean, weeks)),
        "offered_in_14_days_pct": 100 * min(statistics.mean(map(bool, loads)) for loads in fortnights),
        "travel_s": float(lived.travel_s),
        "undone": float(lived.undone),
    }


def _loads(lived: Lived, first: int, days: int) -> list[int]:
    span = range(first, first + days)
    return [
        sum(number in span for number in lived.jobs.get(one, ()))
        for one, there in lived.there.items()
        if any(number in span for number in there)
    ]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--towns", nargs="+", default=TOWNS, metavar="AREA")
    ask.add_argument("--days-a-week", nargs="+", type=int, default=(7, 4))
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--json", type=Path)
    options = ask.parse_args()
    warm_up()
    rows = []
    for days in options.days_a_week:
        for area in options.towns:
            town = Weeks(seed=options.seed, area=area, days_a_week=days)
            wished, plain = figures(live(town, Params.default())), figures(live(town, ONLY_TRAVEL))
            rows.append({"town": area, "days_a_week": days, "wished": wished, "only_travel": plain,
                         "more_travel_pct": 100 * (wished["travel_s"] / plain["travel_s"] - 1)})  # fmt: skip
            sys.stdout.write(_line(rows[-1], wished, plain))
            sys.stdout.flush()
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def _line(row: dict[str, object], wished: dict[str, float], plain: dict[str, float]) -> str:
    return (
        f"town {row['town']}, on call {row['days_a_week']} days a week, {wished['weekly_load']:.1f} jobs a week each:"
        f" by the two usual people {wished['by_usual_pct']:.0f} % (only travel {plain['by_usual_pct']:.0f} %),"
        f" weekly Gini {wished['weekly_gini']:.2f} ({plain['weekly_gini']:.2f}),"
        f" something to do in 14 days {wished['offered_in_14_days_pct']:.0f} %"
        f" ({plain['offered_in_14_days_pct']:.0f} %), travel {row['more_travel_pct']:+.1f} %,"
        f" undone {wished['undone']:.0f} ({plain['undone']:.0f})\n"
    )


if __name__ == "__main__":
    main()
