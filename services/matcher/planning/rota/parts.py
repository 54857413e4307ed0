"""Takes a question apart: teams that share nobody are solved each for itself, which is what makes a city solvable."""

from dataclasses import dataclass

from services.matcher.planning.patience import Patience
from services.matcher.planning.rota.question import RotaQuestion
from services.matcher.planning.rota.standing import fits_alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Duties, and everybody who could stand on any of them; nobody of another part could.

    Parameters
    ----------
    duties, people
        Positions in the question, ascending; there may be nobody.
    may
        One a person of the part: the positions of duties that they could stand on, ascending.
    """

    duties: tuple[int, ...]
    people: tuple[int, ...]
    may: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> int:
        """Who could stand where: how many pairs."""
        return sum(map(len, self.may))


def parts_of(question: RotaQuestion, patience: Patience) -> tuple[Part, ...]:
    """Split a question into the smallest parts that have nothing to do with each other.

    Parameters
    ----------
    question
        Any.
    patience
        How long is looked who could stand where; whatever is not looked at is left out.

    Returns
    -------
    tuple of Part
        In the order of their first duties; every duty is in one. People who could stand nowhere are in none.
    """
    may = tuple(
        tuple(
            number
            for number, duty in enumerate(question.duties)
            if patience.lasts() and fits_alone(question, person, duty)
        )
        for person in question.people
    )
    root = list(range(len(question.duties)))

    def find(duty: int) -> int:
        while root[duty] != duty:
            root[duty] = root[root[duty]]
            duty = root[duty]
        return duty

    for mine in may:
        for duty in mine[1:]:
            one, other = sorted((find(mine[0]), find(duty)))
            root[other] = one
    duties = dict[int, list[int]]()
    for duty in range(len(question.duties)):
        duties.setdefault(find(duty), []).append(duty)
    people = {first: list[int]() for first in duties}
    for person, mine in enumerate(may):
        if mine:
            people[find(mine[0])].append(person)
    return tuple(
        Part(duties=tuple(some), people=tuple(people[first]), may=tuple(may[person] for person in people[first]))
        for first, some in duties.items()
    )
