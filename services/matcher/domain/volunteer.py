"""A volunteer: what matching needs to know about a person, and when they can be asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.contracts.fact import FactData
from shared.contracts.volunteers import (
    DutyWindow,
    Profile,
    VolunteerChanged,
    VolunteerEnrolled,
    VolunteerLeft,
    VolunteerOffDuty,
    VolunteerOnDuty,
)
from shared.kernel.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer:
    """A person who helps; their name and phone are kept elsewhere."""

    id: str
    area: str = ""
    profile: Profile | None = None
    windows: tuple[DutyWindow, ...] = ()
    left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol:
    """Join."""

    area: str
    profile: Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class GoOnDuty:
    """Say when one can be asked."""

    windows: tuple[DutyWindow, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GoOffDuty:
    """Say that one cannot be asked any more."""

    reason: str


VolunteerCommand = Enrol | GoOnDuty | GoOffDuty


def decide_volunteer(state: Volunteer, command: VolunteerCommand) -> Sequence[FactData]:
    """Say what follows from the command.

    Raises
    ------
    Refusal
        If a rule says no.
    """
    match command:
        case Enrol(area=area, profile=profile):
            return _enrol(state, area, profile)
        case GoOnDuty():
            return _go_on_duty(state, command)
        case GoOffDuty(reason=reason):
            _known(state)
            return [VolunteerOffDuty(reason=reason)] if state.windows else []


def _known(state: Volunteer) -> Profile:
    if state.profile is None or state.left:
        raise Refusal("volunteer.unknown", "没有这位志愿者。", "There is no such volunteer; enrol them first.")
    return state.profile


def _enrol(state: Volunteer, area: str, profile: Profile) -> Sequence[FactData]:
    if state.profile is None or state.left:
        return [VolunteerEnrolled(profile=profile, area=area)]
    if area != state.area:
        raise Refusal("volunteer.other_area", "已在别的片区登记。", f"They are enrolled in {state.area} already.")
    return [] if profile == state.profile else [VolunteerChanged(profile=profile)]


def _go_on_duty(state: Volunteer, command: GoOnDuty) -> Sequence[FactData]:
    profile = _known(state)
    windows = tuple(sorted(command.windows, key=lambda window: (window.opens, window.closes, window.standing)))
    if any(window.closes <= window.opens for window in windows):
        raise Refusal("duty.backwards", "值班结束早于开始。", "A duty window closes before it opens; swap the two.")
    if windows[-1].closes <= command.at:
        raise Refusal("duty.over", "值班时间已过。", "These duty windows are in the past; give later ones.")
    return [VolunteerOnDuty(profile=profile, windows=windows)]


def evolve_volunteer(state: Volunteer, data: FactData) -> Volunteer:
    """Give the volunteer after the fact."""
    match data:
        case VolunteerEnrolled(profile=profile, area=area):
            return replace(state, profile=profile, area=area, left=False)
        case VolunteerChanged(profile=profile):
            return replace(state, profile=profile)
        case VolunteerOnDuty(profile=profile, windows=windows):
            return replace(state, profile=profile, windows=windows)
        case VolunteerOffDuty():
            return replace(state, windows=())
        case VolunteerLeft():
            return replace(state, windows=(), left=True)
        case _:
            return state
