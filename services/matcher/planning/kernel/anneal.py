"""Ruin, recreate, accept or take back, many times: simulated annealing over whole plans.

Christiaens and Vanden Berghe (2020), section 5.3: a new plan is accepted if its cost is below the present cost minus
T ln U(0, 1), while T falls exponentially.
"""

from services.matcher.planning.kernel.cheapest import draw_blink
from services.matcher.planning.kernel.compiled import compiled, entry
from services.matcher.planning.kernel.desk import dice_of, jobs_of, lists_of, now_of, queues_of, tours_of
from services.matcher.planning.kernel.dice import log_roll, roll
from services.matcher.planning.kernel.editing import begin, close_ranks, keep, moves_too_many, note_best, restore
from services.matcher.planning.kernel.handing import hand_over
from services.matcher.planning.kernel.recreate import call_absent, forget_placed, recreate
from services.matcher.planning.kernel.routes import note_promising
from services.matcher.planning.kernel.ruin import ruin
from services.matcher.planning.kernel.tails import swap_tails


@entry
def construct(desk: int) -> None:
    """Insert everything absent into the present tours, without blinks, and accept."""
    begin(desk)
    draw_blink(desk, 0.0)
    call_absent(desk, len(jobs_of(desk)))
    settle(desk, 0.0, 1e18)


@entry
def iterate(  # noqa: PLR0913, PLR0917 - numbers and arrays side by side
    desk: int,
    rounds: int,
    temperature: float,
    fall: float,
    blink: float,
    mean_removed: float,
    longest_string: float,
    swaps: int,
    retried: int,
    handed: float,
) -> None:
    """Do so many rounds from a temperature (seconds-equivalent) on that falls by a factor with each."""
    draw_blink(desk, blink)
    for _ in range(rounds):
        begin(desk)
        ruin(desk, mean_removed, longest_string)
        fine = close_ranks(desk)
        if fine and roll(dice_of(desk)) < handed:
            fine = hand_over(desk)
        if not fine:
            restore(desk)
        else:
            call_absent(desk, retried)
            settle(desk, blink, temperature)
        for _ in range(swaps):
            swap_tails(desk, temperature)
        temperature *= fall


@compiled
def settle(desk: int, blink: float, temperature: float) -> None:
    """Recreate, then keep the new plan or take it back.

    The price to beat is drawn first: a plan that has reached it before all are inserted need not be finished.
    """
    jobs, tours, lists, now, queues = jobs_of(desk), tours_of(desk), lists_of(desk), now_of(desk), queues_of(desk)
    most = float(now[0].cost) - temperature * log_roll(dice_of(desk))
    cost = now[0].cost
    for place in range(now[0].tried):
        cost -= jobs[queues[place].absent].penalty
    for place in range(now[0].touched):
        cost += tours[lists[place].touched].cost - tours[len(lists) + place].cost
    cost = recreate(desk, cost, most, blink)
    if cost != now[0].cost:  # most often it is the same plan again
        note_promising(desk)
    if cost >= most or moves_too_many(desk):
        restore(desk)
        return
    forget_placed(jobs, queues, now)
    keep(desk)
    now[0].cost = cost
    if cost < now[0].best:
        note_best(desk)
