"""Find out which hard rule blocks a job, by relaxing one after the other and trying again."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from services.matcher.planning.draft import Draft
from services.matcher.planning.miss import missed, out_of_reach
from services.matcher.planning.placement import Placement
from services.matcher.planning.plan import Unplaced
from services.matcher.planning.problem import DAY_S, Job, Volunteer
from services.matcher.planning.reason import NearestMiss, Reason
from services.matcher.planning.relax import on_longer_duty, relaxed_job, relaxed_volunteer
from services.matcher.planning.schedule import FAR

# From the rule that is easiest to relax to the one that is hardest; the first that suffices is named.
RULES = (
    Reason.REFUSED,
    Reason.BATCH,
    Reason.BATCH_READY,
    Reason.STOPS,
    Reason.PEOPLE,
    Reason.CAPACITY,
    Reason.HOT_LIMIT,
    Reason.WINDOW,
    Reason.DUTY,
    Reason.SKILL,
)
# How far a window, a duty or a hot limit is widened, in seconds, to find who comes nearest.
_WIDER_S = (300, 900, 1800, 3600, 7200, DAY_S)
_WIDENED = frozenset({Reason.HOT_LIMIT, Reason.WINDOW, Reason.DUTY})
_OF_VOLUNTEERS = frozenset({Reason.DUTY, Reason.STOPS})


def explain(draft: Draft, job_id: str) -> Unplaced:
    """Name the rule that keeps an unplaced job off every tour of a draft.

    Parameters
    ----------
    draft
        Is not changed.
    job_id
        An unplaced job that cannot be placed.

    Returns
    -------
    Unplaced
        The first rule that suffices alone; else rules that suffice together, of which none can be spared; and if all
        together do not suffice, that it is out of reach.
    """
    return Explainer(draft).why(job_id)


class Explainer:
    """Answers for many jobs of one draft, which must not change meanwhile.

    Parameters
    ----------
    draft
        The tours as they are.
    volunteers
        Who is asked; everybody, if None.
    """

    def __init__(self, draft: Draft, volunteers: Iterable[Volunteer] | None = None) -> None:
        self._draft = draft
        self.volunteers = draft.volunteers if volunteers is None else tuple(volunteers)
        self._boards: dict[tuple[frozenset[Reason], int | None], Draft] = {}

    def why(self, job_id: str) -> Unplaced:
        """Name the rule that keeps an unplaced job off every tour, as `explain` does."""
        job = self._draft.problem.job_of[job_id]
        if not self.volunteers:
            return Unplaced(job=job_id, reason=Reason.NO_VOLUNTEERS)
        rules = [rule for rule in RULES if self._concerns(job, rule)]
        for rule in rules:
            found = self.without(job, rule)
            if found is not None:
                return found
        beyond = self.out_of_reach(job)
        if beyond is not None:
            return beyond
        needed = self._irreducible(job, rules)
        return Unplaced(job=job_id, reason=needed[0], also=tuple(needed[1:]))

    def out_of_reach(self, job: Job) -> Unplaced | None:
        """Say that all rules together do not suffice, if they do not."""
        if self.tried(job, RULES) is not None:
            return None
        miss = out_of_reach(self._draft, job, self.volunteers)
        return Unplaced(job=job.id, reason=Reason.OUT_OF_REACH, nearest_miss=miss)

    def without(self, job: Job, rule: Reason) -> Unplaced | None:
        """Name this rule, if relaxing it alone suffices."""
        placement = self.tried(job, (rule,))
        if placement is None:
            return None
        return Unplaced(job=job.id, reason=rule, nearest_miss=self._nearest_miss(job, rule, placement))

    def tried(self, job: Job, rules: Collection[Reason], wider_s: int | None = None) -> Placement | None:
        """Place the job (with its group) where these rules are relaxed, and return its own placement."""
        board = self.board(rules, wider_s)
        if Reason.BATCH not in rules and not board.has_portion(job):
            return None
        if Reason.BATCH in rules and job.batch is not None:
            board = board.with_portion(job.batch)
        relaxed = relaxed_job(job, rules, wider_s)
        if relaxed.together is None:
            return next(iter(board.cheapest(relaxed)), None)
        others = [other for other in board.group_of(job) if other.id != job.id]
        placements = board.cheapest_together([relaxed, *others])
        return placements[0] if placements else None

    def board(self, rules: Collection[Reason], wider_s: int | None) -> Draft:
        """Return the draft with other limits of the volunteers; made once."""
        of_them = _OF_VOLUNTEERS.intersection(rules)
        if not of_them and self.volunteers is self._draft.volunteers:
            return self._draft
        key = (of_them, wider_s if Reason.DUTY in of_them else None)
        if key not in self._boards:
            volunteers = [relaxed_volunteer(one, of_them, wider_s) for one in self.volunteers]
            self._boards[key] = self._draft.for_volunteers(volunteers)
        return self._boards[key]

    def _concerns(self, job: Job, rule: Reason) -> bool:
        """Whether relaxing a rule could change anything for this job."""
        draft, carried = self._draft, job.id in self._draft.on_board
        concerns: dict[Reason, Callable[[], object]] = {
            Reason.REFUSED: lambda: not carried and (job.not_volunteers or job.only_volunteers is not None),
            Reason.BATCH: lambda: not draft.has_portion(job),
            Reason.BATCH_READY: lambda: job.batch is not None and not carried,
            Reason.STOPS: lambda: any(one.max_stops is not None for one in self.volunteers),
            Reason.PEOPLE: lambda: job.together is not None,
            Reason.CAPACITY: lambda: any(job.load) and not carried,
            Reason.HOT_LIMIT: lambda: job.max_ride_s is not None,
            Reason.SKILL: lambda: job.skills and not carried,
        }
        return bool(concerns.get(rule, lambda: True)())

    def _irreducible(self, job: Job, rules: Sequence[Reason]) -> list[Reason]:
        """Put back one rule after the other, the hardest to relax first, as long as the rest suffices."""
        needed = list(rules)
        for rule in reversed(rules):
            fewer = [other for other in needed if other is not rule]
            if fewer and self.tried(job, fewer):
                needed = fewer
        return needed

    def _nearest_miss(self, job: Job, rule: Reason, placement: Placement) -> NearestMiss:
        """Say who comes nearest to placing the job, and what is missing; the placement is one without the rule."""
        if rule not in _WIDENED:
            return missed(self._draft, job, rule, placement)
        enough = FAR
        for wider_s in _WIDER_S if len(self.volunteers) > 1 else ():
            nearer = self.tried(job, (rule,), wider_s)
            if nearer is not None:
                placement, enough = nearer, wider_s
                break
        who = self._draft.problem.volunteer_of[placement.volunteer]
        if rule is Reason.DUTY:
            return self._duty_miss(job, who, placement, min(enough, DAY_S))
        alone = self if len(self.volunteers) == 1 else Explainer(self._draft, [who])

        def fits(wider_s: int) -> bool:
            return alone.tried(job, (rule,), wider_s) is not None

        guess = missed(self._draft, job, rule, placement)
        return replace(guess, amount=_least(fits, guess.amount, enough))

    def _duty_miss(self, job: Job, who: Volunteer, placement: Placement, enough: int) -> NearestMiss:
        """Say how much longer somebody would be on duty: in the evening, else in the morning, else both."""
        for before, after in ((0, 1), (1, 0), (1, 1)):

            def longer(more_s: int, before: int = before, after: int = after) -> Placement | None:
                longer = on_longer_duty(who, before_s=before * more_s, after_s=after * more_s)
                return Explainer(self._draft, [longer]).tried(job, ())

            most = enough * (2 if before + after == 1 else 1)
            found = longer(most)
            if found is not None:
                guess = missed(self._draft, job, Reason.DUTY, found)
                least = _least(lambda more_s: longer(more_s) is not None, guess.amount, most)
                return replace(guess, amount=least * (before + after))
        return missed(self._draft, job, Reason.DUTY, placement)


def _least(fits: Callable[[int], bool], guess: int, enough: int) -> int:
    """Find the least number that fits, 1 or more, if `enough` does and every larger one; the guess is tried first."""
    short = 0
    if guess < enough and fits(guess):
        if not fits(guess - 1):
            return guess
        enough = guess - 1
    elif guess < enough:
        short = guess
    while enough - short > 1:
        middle = (short + enough) // 2
        short, enough = (short, middle) if fits(middle) else (middle, enough)
    return enough
