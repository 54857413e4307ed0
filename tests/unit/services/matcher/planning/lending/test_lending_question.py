"""A question about lending that cannot be is refused with the name of its field."""

from collections.abc import Callable

import pytest

from services.matcher.planning.lending import Agreement
from services.matcher.planning.rota import Credential
from tests.unit.services.matcher.planning.lending.areas import a_duty, a_person, a_question

WANG, GATE = a_person("Wang", "East"), a_duty("gate", "West")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: a_duty("gate", "West", "12-8"), r"duties\.gate\.end is 480"),
        (lambda: a_duty("gate", "West", start=-1), r"duties\.gate\.start is -1"),
        (lambda: a_duty("gate", "West", needed=0), r"duties\.gate\.needed is 0"),
        (lambda: a_duty("", "West"), r"duties\.id is empty"),
        (lambda: a_person("", "West"), r"people\.id is empty"),
        (lambda: a_person("Wang", "East", windows=()), r"people\.Wang\.windows is empty"),
        (lambda: a_person("Wang", "East", windows=((9, 5),)), r"people\.Wang\.windows closes at 5"),
        (lambda: a_person("Wang", "East", most_min=-1), r"people\.Wang\.most_min is -1"),
        (lambda: a_person("W", "East", credentials=(Credential(name="a"),) * 2), r"people\.W\.credentials has"),
        (lambda: Agreement(lender="East", borrower="East"), r"agreements\.East-East is an agreement of an area with"),
        (
            lambda: Agreement(lender="East", borrower="West", most_people=-1),
            r"agreements\.East-West\.most_people is -1",
        ),
        (
            lambda: Agreement(lender="East", borrower="West", windows=((9, 5),)),
            r"agreements\.East-West\.windows closes",
        ),
        (lambda: a_question([], [GATE]), r"people is empty"),
        (lambda: a_question([WANG], []), r"duties is empty"),
        (lambda: a_question([WANG, WANG], [GATE]), r"people\.id has"),
        (lambda: a_question([WANG], [GATE, GATE]), r"duties\.id has"),
        (lambda: a_question([WANG], [GATE], areas=("East", "East", "West")), r"areas has"),
        (lambda: a_question([WANG], [GATE], travel_min=((0, 1),)), r"travel_min has 1 rows"),
        (lambda: a_question([WANG], [GATE], travel_min=((0, 1),) * 3), r"travel_min\.East has 2 numbers"),
        (lambda: a_question([WANG], [GATE], travel_min=((0, -1, 1),) * 3), r"travel_min\.East is .*cannot be negative"),
        (lambda: a_question([WANG], [GATE], travel_min=((0, 1, 1),) * 3), r"travel_min\.West is not 0"),
        (lambda: a_question([a_person("W", "North")], [GATE]), r"people\.W\.area names 'North'"),
        (lambda: a_question([WANG], [a_duty("gate", "North")]), r"duties\.gate\.area names 'North'"),
        (
            lambda: a_question([WANG], [GATE], (Agreement(lender="North", borrower="West"),)),
            r"agreements\.lender names 'North'",
        ),
        (
            lambda: a_question([WANG], [a_duty("gate", "West", credentials=("x",))], credentials=()),
            r"duties\.gate\.credentials names 'x'",
        ),
        (
            lambda: a_question(
                [WANG],
                [GATE],
                (
                    Agreement(lender="East", borrower="West"),
                    Agreement(lender="East", borrower="West", services=("patrol",)),
                ),
            ),
            r"agreements\.East-West\.services has \['patrol'\] in two agreements",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_name(make: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()
