"""What a board does with a command: the rules first, then the planning that answers at once."""

from collections.abc import Callable, Sequence

from services.matcher.application.improving import AdoptSolved, adopt_solved
from services.matcher.application.placing import place_with, respond
from services.matcher.application.travel_book import TravelBook
from services.matcher.domain.board import Board
from services.matcher.domain.commands import Assign, Claim, Command
from services.matcher.domain.decide import decide as decide_by_rules
from services.matcher.domain.decision import Decision
from services.matcher.domain.offers import assign, claim
from services.matcher.domain.rules import Rules
from shared.contracts.fact import FactData

Decide = Callable[[Board, Command], Sequence[FactData]]


def deciding(rules: Rules, book: TravelBook) -> Decide:
    """Give the `decide` of all boards. The book only remembers distances: it changes no decision."""

    def decide(board: Board, command: Command) -> Sequence[FactData]:
        decision = Decision(board, rules=rules, at=command.at)
        _tell(decision, command, book)
        return decision.said

    return decide


def _tell(decision: Decision, command: Command, book: TravelBook) -> None:
    match command:
        case Claim():
            index = claim(decision, command)
        case Assign():
            index = assign(decision, command)
        case AdoptSolved():
            adopt_solved(decision, command, book)
            return
        case _:
            decide_by_rules(decision, command)
            index = None
    if index is not None and isinstance(command, Claim | Assign):
        place_with(decision, command.need, index, command.volunteer, book)
    else:
        respond(decision, book)
