"""What a plan costs, in seconds-equivalent: the one objective of every engine."""

from collections import Counter
from collections.abc import Mapping

from services.matcher.planning.params import Params
from services.matcher.planning.plan import Plan
from services.matcher.planning.problem import Job, Problem, Volunteer


def holders_of(present: Plan | None) -> dict[str, str]:
    """Job to volunteer, as the present plan has it; moving a job away from its holder is a change."""
    if present is None:
        return {}
    return {
        step.job: route.volunteer
        for route in present.routes
        for step in route.steps
        if step.action.finishes and not step.frozen
    }


def prefer_familiar(job: Job, volunteer: str, params: Params) -> int:
    """Seconds-equivalent for sending a stranger to a resident who knows somebody."""
    return params.unfamiliar_s if job.familiar and volunteer not in job.familiar else 0


def prefer_no_change(job: Job, volunteer: str, holders: Mapping[str, str], params: Params) -> int:
    """Seconds-equivalent for taking a job away from whom the present plan gives it to."""
    return params.change_s if holders.get(job.id, volunteer) != volunteer else 0


def prefer_rested(volunteer: Volunteer, params: Params) -> int:
    """Whole seconds-equivalent for one more job for somebody who will probably have done so many this week.

    The price grows with what is expected, so the sum is least where work is even.
    """
    return round(params.busy_s * volunteer.expected_jobs)


def prefer_fair_share(*, jobs: int, done: int, params: Params) -> int:
    """Seconds-equivalent for giving a volunteer so many open jobs.

    Parameters
    ----------
    jobs, done
        Open jobs in the plan, and finished ones in the frozen part.
    params
        The weights.
    """
    return params.crowding_s * max(0, jobs - jobs_free(done=done, params=params))


def jobs_free(*, done: int, params: Params) -> int:
    """How many more jobs are within one route's fair share."""
    return max(0, params.fair_share_jobs - done)


def prefer_staying_home(problem: Problem, volunteer: Volunteer) -> int:
    """Seconds-equivalent for giving somebody a first thing to do; nothing if they are at work already."""
    frozen = problem.frozen_of.get(volunteer.id)
    return 0 if frozen is not None and frozen.steps else volunteer.going_out_s


def prefer_placed(job: Job, *, on_board: bool, params: Params) -> int:
    """Seconds-equivalent for leaving a job unplaced; more if somebody already carries it."""
    return job.priority + (params.abandon_s if on_board else 0)


def assignment_cost(job: Job, volunteer: Volunteer, holders: Mapping[str, str], params: Params) -> int:
    """Everything that depends only on who does a job, in seconds-equivalent."""
    return (
        prefer_familiar(job, volunteer.id, params)
        + prefer_no_change(job, volunteer.id, holders, params)
        + prefer_rested(volunteer, params)
    )


def jobs_done(problem: Problem, volunteer: str) -> int:
    """How many jobs the frozen part of a volunteer's route finishes."""
    frozen = problem.frozen_of.get(volunteer)
    return sum(step.action.finishes for step in frozen.steps) if frozen else 0


def plan_cost(problem: Problem, plan: Plan, *, params: Params, present: Plan | None = None) -> int:
    """Add up the whole objective of a plan.

    Parameters
    ----------
    problem, plan
        The plan is one of this problem.
    params
        The weights.
    present
        The plan that people know; None if there is none.

    Returns
    -------
    int
        Seconds-equivalent: travel + who does what + fair shares + who goes out + what is unplaced. Frozen steps are
        sunk.
    """
    holders, open_jobs, cost = holders_of(present), Counter[str](), 0
    for route in plan.routes:
        cost, one = cost + route.travel_s, problem.volunteer_of[route.volunteer]
        cost += prefer_staying_home(problem, one) if route.open_steps else 0
        for step in route.open_steps:
            if step.action.finishes:
                open_jobs[route.volunteer] += 1
                cost += assignment_cost(problem.job_of[step.job], one, holders, params)
    for one in problem.volunteers:
        cost += prefer_fair_share(jobs=open_jobs[one.id], done=jobs_done(problem, one.id), params=params)
    on_board = problem.on_board
    for unplaced in plan.unplaced:
        cost += prefer_placed(problem.job_of[unplaced.job], on_board=unplaced.job in on_board, params=params)
    return cost
