import pytest

from services.matcher.domain.volunteer import (
    Enrol,
    GoOffDuty,
    GoOnDuty,
    Volunteer,
    VolunteerCommand,
    decide_volunteer,
    evolve_volunteer,
)
from shared.contracts.fact import FactData
from shared.contracts.volunteers import (
    VolunteerChanged,
    VolunteerEnrolled,
    VolunteerLeft,
    VolunteerOffDuty,
    VolunteerOnDuty,
)
from shared.kernel.refusals import Refusal
from tests.unit.services.matcher.play import a_profile, a_window, at

ENROLLED = VolunteerEnrolled(profile=a_profile(), area="511083001")
ON_DUTY = VolunteerOnDuty(profile=a_profile(), windows=(a_window(),))


def given(*facts: FactData) -> Volunteer:
    state = Volunteer(id="wang")
    for fact in facts:
        state = evolve_volunteer(state, fact)
    return state


def test_joining_is_said_with_the_area() -> None:
    assert decide_volunteer(given(), Enrol(area="511083001", profile=a_profile())) == [ENROLLED]
    assert given(ENROLLED).area == "511083001"


def test_joining_twice_changes_nothing() -> None:
    assert decide_volunteer(given(ENROLLED), Enrol(area="511083001", profile=a_profile())) == []


def test_another_profile_is_a_change() -> None:
    other = a_profile(travel="car")
    assert decide_volunteer(given(ENROLLED), Enrol(area="511083001", profile=other)) == [
        VolunteerChanged(profile=other)
    ]


def test_one_person_helps_in_one_area() -> None:
    with pytest.raises(Refusal, match=r"volunteer\.other_area"):
        decide_volunteer(given(ENROLLED), Enrol(area="511083002", profile=a_profile()))


def test_duty_is_said_with_the_profile_as_it_is() -> None:
    (said,) = decide_volunteer(given(ENROLLED), GoOnDuty(windows=(a_window(),), at=at("08:00")))
    assert said == ON_DUTY


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (GoOnDuty(windows=(a_window("12:00", "08:00"),), at=at("07:00")), r"duty\.backwards"),
        (GoOnDuty(windows=(a_window("08:00", "12:00"),), at=at("12:00")), r"duty\.over"),
    ],
)
def test_windows_that_cannot_be_are_refused(command: VolunteerCommand, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        decide_volunteer(given(ENROLLED), command)


@pytest.mark.parametrize("command", [GoOnDuty(windows=(a_window(),), at=at("08:00")), GoOffDuty(reason="")])
@pytest.mark.parametrize("state", [given(), given(ENROLLED, VolunteerLeft())])
def test_nobody_else_has_a_duty(command: VolunteerCommand, state: Volunteer) -> None:
    with pytest.raises(Refusal, match=r"volunteer\.unknown"):
        decide_volunteer(state, command)


def test_going_off_duty_is_said_once() -> None:
    assert decide_volunteer(given(ENROLLED, ON_DUTY), GoOffDuty(reason="ill")) == [VolunteerOffDuty(reason="ill")]
    assert decide_volunteer(given(ENROLLED, ON_DUTY, VolunteerOffDuty()), GoOffDuty(reason="ill")) == []
