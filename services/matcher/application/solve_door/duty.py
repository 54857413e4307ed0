"""When a vehicle is on duty: its time window, less the gaps in which its breaks are held."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.matcher.application.solve_door.asked import Break, Vehicle
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.application.solve_door.span import Span
from services.matcher.planning.schedule import first_allowed, last_allowed

Windows = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """One break of a vehicle; moments in seconds of the span.

    Parameters
    ----------
    asked, windows
        The break, and when it may begin.
    earliest, latest
        When it can begin at the earliest and the latest, so that all breaks of the vehicle can be held.
    """

    asked: Break
    windows: Windows
    earliest: int
    latest: int

    @property
    def service_s(self) -> int:
        """How long it takes."""
        return self.asked.service


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """The time window of one vehicle, seconds of the span, and its breaks in the order in which they are held."""

    opens: int
    closes: int
    pauses: tuple[Pause, ...] = ()


class Gap(NamedTuple):
    """For one break: stops end not after `since`, or begin not before `until`."""

    since: int
    until: int


def shift_of(path: str, vehicle: Vehicle, span: Span) -> Shift:
    """Give the shift of a vehicle; its breaks follow one another as in VROOM, by when their windows open.

    Raises
    ------
    DoesNotFit
        If the breaks cannot be held one after the other within the vehicle's time window.
    """
    opens, closes = span.whole if vehicle.time_window is None else span.window(vehicle.time_window)
    numbered = [(number, pause, _windows(pause, span)) for number, pause in enumerate(vehicle.breaks)]
    numbered.sort(key=lambda one: (one[2][0][0], one[2][-1][1]))
    earliest, free = list[int](), opens
    for number, pause, windows in numbered:
        begins = first_allowed(windows, free)
        if begins is None or begins + pause.service > closes:
            after = " and after the breaks that come first" if earliest else ""
            raise DoesNotFit.because(
                f"{path}.breaks.{number}.time_windows",
                f"leave no moment for the break within the vehicle's time_window{after}",
            )
        earliest.append(begins)
        free = begins + pause.service
    pauses, ends = list[Pause](), closes
    for (_, pause, windows), first in zip(reversed(numbered), reversed(earliest), strict=True):
        ends = max(first, last_allowed(windows, ends - pause.service) or first)
        pauses.append(Pause(asked=pause, windows=windows, earliest=first, latest=ends))
    return Shift(opens=opens, closes=closes, pauses=tuple(reversed(pauses)))


def _windows(pause: Break, span: Span) -> Windows:
    return (span.whole,) if pause.time_windows is None else tuple(map(span.window, pause.time_windows))


def moments_of(shift: Shift, wanted: Sequence[int]) -> tuple[int, ...]:
    """Give moments at which all breaks of a shift can be held, each at or soon after the wanted one if it can be."""
    found, free = list[int](), shift.opens
    for pause, moment in zip(shift.pauses, wanted, strict=True):
        begins = first_allowed(pause.windows, max(free, moment, pause.earliest))
        found.append(pause.latest if begins is None else min(begins, pause.latest))
        free = found[-1] + pause.service_s
    return tuple(found)


def middle_of(shift: Shift) -> tuple[int, ...]:
    """Give the moments in the middle between the earliest and the latest ones."""
    return moments_of(shift, [(pause.earliest + pause.latest) // 2 for pause in shift.pauses])


def duty_of(shift: Shift, gaps: Sequence[Gap]) -> Windows:
    """Give the windows in which stops are planned; a gap that begins before them leaves none before it."""
    duty, begins = list[tuple[int, int]](), shift.opens
    for since, until in gaps:
        if begins <= since:
            duty.append((begins, since))
            begins = since + 1  # duty windows must not touch
        begins = max(begins, until)
    if not duty or duty[-1][1] < shift.closes:  # else a break of no time is held when the shift closes
        duty.append((min(begins, shift.closes), shift.closes))
    return tuple(duty)
