"""The stretch of time in which a question plays: VROOM's moments may be timestamps or have no end, ours are small."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.matcher.application.solve_door.asked import Question, Window
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.application.solve_door.ground import Times
from services.matcher.planning.problem import DAY_S

_LONGEST_S: Final = 1 << 28  # eight years: with a way that is longer than all of it, moments stay below 2^30
# Beyond the end, so that what keeps a task off every route is not the end of the span: `explain` tries a day more.
_ROOM_S: Final = 2 * DAY_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when, and until how many seconds later, anything can happen.

    Parameters
    ----------
    origin
        The moment of the question that is our second 0.
    length_s
        Nothing that need be planned happens later.
    """

    origin: int
    length_s: int

    def window(self, window: Window) -> tuple[int, int]:
        """Move a window into the span; what lies beyond its end is cut off, for nobody need wait for it."""
        opens = window[0] - self.origin
        return opens, max(opens, min(window[1] - self.origin, self.length_s))

    @property
    def never_s(self) -> int:
        """A way that is too long for any duty, also for one that is relaxed by a day."""
        return self.length_s + _ROOM_S

    @property
    def whole(self) -> tuple[int, int]:
        """The window of whoever has none."""
        return 0, self.length_s


def span_of(question: Question, seconds: Mapping[str, Times]) -> Span:
    """Find the shortest span in which every sensible plan has room; where that is longer than eight years, those.

    So long it becomes by ways that stand for "not at all", such as 10,000,000 s: hardly a plan needs many of them.

    Raises
    ------
    DoesNotFit
        If windows open more than eight years after each other.
    """
    opens = [(window[0], path) for path, window in _windows(question)]
    (first, earliest), (last, latest) = min(opens, default=(0, "")), max(opens, default=(0, ""))
    room = _LONGEST_S - (last - first)
    if room < 0:
        raise DoesNotFit.because(
            latest,
            f"opens {last - first} s after {earliest}; at most {_LONGEST_S} s can be planned. Give all moments on one"
            " scale",
        )
    duties = [vehicle.time_window for vehicle in question.vehicles]
    work = _work(question, seconds)
    before = min(work, first, room // 2) if None in duties else 0
    ends = last + min(work, room - before)
    if duties and None not in duties:
        ends = max(last, min(ends, max(duty[1] for duty in duties if duty is not None)))
    return Span(origin=first - before, length_s=ends - first + before + _ROOM_S)


def _windows(question: Question) -> Iterator[tuple[str, Window]]:
    for path, stop in question.named_stops():
        yield from ((f"{path}.time_windows.{number}", one) for number, one in enumerate(stop.time_windows or ()))
    for number, vehicle in enumerate(question.vehicles):
        path = f"vehicles.{number}"
        if vehicle.time_window is not None:
            yield f"{path}.time_window", vehicle.time_window
        for position, pause in enumerate(vehicle.breaks):
            yield from (
                (f"{path}.breaks.{position}.time_windows.{place}", one)
                for place, one in enumerate(pause.time_windows or ())
            )


def _work(question: Question, seconds: Mapping[str, Times]) -> int:
    """Bound from above how long all tasks take one after the other, with the longest way between any two."""
    slowest = min((vehicle.speed_factor for vehicle in question.vehicles), default=1.0)
    longest = max((int(table.max(initial=0)) for table in seconds.values()), default=0)
    way = int(longest / slowest) + 1
    stops = [stop for _, stop in question.named_stops()]
    pauses = sum(pause.service for vehicle in question.vehicles for pause in vehicle.breaks)
    return sum(stop.setup + stop.service for stop in stops) + (len(stops) + 2) * way + pauses
