"""Where in one tour a job costs least: exact, feasible, and remembered until the tour changes.

A ruin changes a few tours; for all others the price of a job is still known. So an iteration prices each job of
the pool in the ruined tours only, and looks the rest up.
"""

from services.matcher.planning.kernel.board import ANYTIME, CARRIED, NOBODY, Board
from services.matcher.planning.kernel.compiled import Array, compiled
from services.matcher.planning.kernel.dice import roll
from services.matcher.planning.kernel.memory import Memory
from services.matcher.planning.kernel.pairs import price_pair
from services.matcher.planning.kernel.timing import NEVER, first_allowed
from services.matcher.planning.kernel.trial import fits_hot


@compiled
def known_price(board: Board, memory: Memory, job: int, tour: int) -> int:
    """Seconds-equivalent of the cheapest insertion, ANYTIME if there is none; fresh or remembered."""
    price = memory.prices[job, tour]
    if price.version != memory.tours[tour].version:
        price.delta, price.first, price.second = _price(board, memory, job, tour, 0.0)
        price.version = memory.tours[tour].version
    return int(price.delta)


@compiled
def blinked_price(board: Board, memory: Memory, job: int, tour: int, blink: float) -> int:
    """Price again, passing over the best insertion and a few others; remembered for no later than this call."""
    price = memory.prices[job, tour]
    price.delta, price.first, price.second = _price(board, memory, job, tour, blink)
    price.version = NOBODY
    return int(price.delta)


@compiled
def _price(board: Board, memory: Memory, job: int, tour: int, blink: float) -> tuple[int, int, int]:
    one, now = board.jobs[job], memory.tours[tour]
    if now.length + 4 > memory.stops.shape[1]:
        return ANYTIME, 0, 0
    if one.second != NOBODY:
        delta, first, second = price_pair(board, memory, one.first, one.second, tour, blink)
    else:
        delta, first = _price_single(board, memory, one.first, tour, blink)
        second = first
    if delta >= ANYTIME:
        return ANYTIME, 0, 0
    return delta + now.extra + board.charge[job, tour], first, second
