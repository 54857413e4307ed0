"""When a vehicle is on duty: its time window, less its breaks."""

from dataclasses import dataclass

from services.matcher.application.solve_door.asked import Break, Vehicle
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.application.solve_door.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """The duty of one vehicle.

    Parameters
    ----------
    opens, closes
        The vehicle's time window, seconds of the span.
    duty
        The parts of it in which stops are planned, ascending.
    pauses
        The breaks in order, each with the moment for which it is planned.
    """

    opens: int
    closes: int
    duty: tuple[tuple[int, int], ...]
    pauses: tuple[tuple[int, Break], ...] = ()


def shift_of(path: str, vehicle: Vehicle, span: Span, *, longest_way_s: int) -> Shift:
    """Give the duty of a vehicle.

    Our rules let a way run through the gap between two duty windows, VROOM's do not. So what comes before a break ends
    earlier by the longest way: wherever the next stop is, the way there is behind one before the break begins. A break
    with several moments to choose from is held as late as it can be.

    Raises
    ------
    DoesNotFit
        If a break lies outside the vehicle's time window, or several cannot be held one after the other.
    """
    opens, closes = span.whole if vehicle.time_window is None else span.window(vehicle.time_window)
    duty, pauses, ends = list[tuple[int, int]](), list[tuple[int, Break]](), closes
    for number, pause in sorted(enumerate(vehicle.breaks), key=lambda one: one[1].time_windows[0], reverse=True):
        begins = _latest(pause, span, opens, ends)
        if begins is None:
            raise DoesNotFit.because(
                f"{path}.breaks.{number}.time_windows", "leave no moment for the break within the vehicle's time_window"
            )
        duty.append((begins + pause.service, ends))
        pauses.append((begins, pause))
        ends = begins - max(1, longest_way_s)
    if opens <= ends:
        duty.append((opens, ends))
    return Shift(opens=opens, closes=closes, duty=tuple(reversed(duty)), pauses=tuple(reversed(pauses)))


def _latest(pause: Break, span: Span, opens: int, ends: int) -> int | None:
    """Give the latest moment at which a break can begin so that it is over when it must be."""
    for window in reversed(pause.time_windows):
        first, last = span.window(window)
        begins = min(last, ends - pause.service)
        if begins >= max(first, opens):
            return begins
    return None
