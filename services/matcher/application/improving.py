"""A plan of the whole board comes back from a solver: it is taken if it is better and still fits, else let go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.matcher.application.adopting import reasons_of, stops_of
from services.matcher.application.drawing import Drawing, draw
from services.matcher.application.jobs import slot_of, somebody_stands_by
from services.matcher.application.travel_book import TravelBook
from services.matcher.domain.adopt import adopt
from services.matcher.domain.board import Board, OpenNeed
from services.matcher.domain.commands import AdoptPlan, Command
from services.matcher.domain.decision import Decision
from services.matcher.domain.rules import Rules
from services.matcher.domain.waiting import A_PERSON_MUST_LOOK, asked_enough, held_back
from services.matcher.planning import Plan
from services.matcher.planning.draft import draft_of
from services.matcher.planning.insert import carry_over, place_all
from services.matcher.planning.params import Params
from services.matcher.planning.verify import violations

LEAST_GAIN_S: Final = 600  # ten minutes of travel, what moves paid for: less is not worth telling people another route


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptSolved(Command):
    """A solver's plan of a board as it was; jobs are named by need and slot, so that it can be carried over."""

    plan: Plan


def draw_whole(board: Board, rules: Rules, command: Command, book: TravelBook) -> Drawing:
    """Draw the board with every need that may be placed now, for the solver."""
    decision = Decision(board, rules=rules, at=command.at)
    return draw(decision, set(_placeable(decision)), book)


def _placeable(decision: Decision) -> list[str]:
    return [need.id for need in decision.board.needs.values() if _may_be_placed(decision, need)]


def _may_be_placed(decision: Decision, need: OpenNeed) -> bool:
    if not need.open_slots or (need.blocked is not None and need.blocked.rule in A_PERSON_MUST_LOOK):
        return False
    if asked_enough(need, decision.rules) is not None or (need.wants_meals and need.batch is None):
        return False
    standing = somebody_stands_by(decision, need)
    return held_back(need, rules=decision.rules, at=decision.at, standing=standing) is None


def adopt_solved(decision: Decision, command: AdoptSolved, book: TravelBook) -> None:
    """Carry the plan over to the board as it is now; adopt it if it then is clearly better than what we have."""
    needs = _placeable(decision)
    drawing = draw(decision, set(needs), book)
    present = _completed(drawing, drawing.present, needs)
    solved = _completed(drawing, command.plan, needs)
    if not _better(decision, solved, present) or violations(drawing.problem, solved):
        return
    adopt(
        decision,
        AdoptPlan(
            at=decision.at,
            routes=stops_of(decision.board, drawing, solved),
            unplaced=tuple(reasons_of(decision, solved)),
            engine=command.plan.engine,
            degraded=command.plan.degraded,
        ),
    )


def _completed(drawing: Drawing, plan: Plan, needs: Sequence[str]) -> Plan:
    """Re-time a plan for the board as it is, and insert what it does not know."""
    problem = drawing.problem
    carried = carry_over(problem, plan, present=drawing.present)
    draft = draft_of(problem, carried, params=Params.default(), present=drawing.present)
    known = set(needs)
    place_all(draft, [job.id for job in problem.jobs if job.need in known or job.id in draft.unplaced])
    return draft.plan()


def _better(decision: Decision, solved: Plan, present: Plan) -> bool:
    if _held_and_unplaced(decision, solved) - _held_and_unplaced(decision, present):
        return False  # nobody who said yes is let go for a nicer plan
    return present.cost - solved.cost > LEAST_GAIN_S


def _held_and_unplaced(decision: Decision, plan: Plan) -> set[str]:
    needs = decision.board.needs
    slots = ((one.job, slot_of(one.job)) for one in plan.unplaced)
    return {job for job, (need, index) in slots if needs[need].slots[index].status != "open"}
