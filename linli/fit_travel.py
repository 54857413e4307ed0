"""Fits the factor model to finished trips: how long a metre takes, and what each stop costs besides.

Only the two together can be told apart from trips: seconds per metre of the great circle, which is detour divided by
speed, and seconds per stop. The detour stays what it is, and the speed is what follows.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from linli.trips import Trip
from services.matcher.application.travel_book import MODES
from services.matcher.planning.travel import SPEEDS, Numbers, great_circle_between

FEWEST: Final = 30  # trips; fewer are anecdotes
EVERYWHERE: Final = "everywhere"
_OUTLIER: Final = 3.5  # robust standard deviations from the line: a chat on the way, a forgotten report
_ROUNDS: Final = 30
_NORMAL: Final = 1.96  # 95 % of a normal distribution
_MAD: Final = 1.4826  # median absolute deviation to standard deviation, for a normal distribution
_WIDEST: Final = 0.25  # of the value; a wider interval says nothing


class TooUncertainError(ValueError):
    """The trips do not say how fast people are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A line through trips.

    Parameters
    ----------
    pace, stop
        Seconds per metre of the great circle, and seconds per stop.
    pace_within, stop_within
        Half the width of the 95 % interval.
    used, left_out
        Trips.
    """

    pace: float
    stop: float
    pace_within: float
    stop_within: float
    used: int
    left_out: int


def fit(metres: Numbers, seconds: Numbers) -> Fit:
    """Lay a line through trips: robustly first, then by least squares through what is no outlier.

    Parameters
    ----------
    metres, seconds
        Great circle and duration of each trip.

    Raises
    ------
    TooUncertainError
        If fewer than 30 trips are left, or the interval of the pace is wider than a quarter of it on either side.

    Notes
    -----
    The robust line has the least sum of absolute residuals, by iteratively reweighted least squares (E. J.
    Schlossmacher, "An Iterative Technique for Absolute Deviations Curve Fitting", JASA 68(344), 1973). Cells of 100 m
    blur the distances of short trips, which flattens the line: a little more per stop, a little less per metre.
    """
    if len(metres) < FEWEST:
        raise TooUncertainError(f"{len(metres)} trips; at least {FEWEST} are needed")
    line = np.column_stack([metres, np.ones_like(metres)])
    robust = _weighted(line, seconds, np.ones_like(metres))
    for _ in range(_ROUNDS):
        robust = _weighted(line, seconds, 1 / np.maximum(np.abs(seconds - line @ robust), 1.0))
    residuals = seconds - line @ robust
    spread = max(1.0, _MAD * float(np.median(np.abs(residuals - np.median(residuals)))))
    stays = np.abs(residuals - np.median(residuals)) <= _OUTLIER * spread
    return _line(line[stays], seconds[stays], left_out=int(np.count_nonzero(~stays)))


def _line(line: Numbers, seconds: Numbers, *, left_out: int) -> Fit:
    used = len(seconds)
    if used < FEWEST:
        raise TooUncertainError(f"{used} trips lie near one line; at least {FEWEST} are needed")
    if np.ptp(line[:, 0]) == 0:
        raise TooUncertainError("all trips are equally long")
    best = _weighted(line, seconds, np.ones(used))
    if best[1] < 0:  # nobody gains time by stopping
        line = line[:, :1]
        best = _weighted(line, seconds, np.ones(used))
    residuals = seconds - line @ best
    variance = max(float(residuals @ residuals), used / 12) / (used - line.shape[1])  # reports are of whole seconds
    within = _NORMAL * np.sqrt(variance * np.linalg.inv(line.T @ line).diagonal())
    if not best[0] > 0 or within[0] > _WIDEST * best[0]:
        raise TooUncertainError(f"{used} trips give {best[0]:.2f} ± {within[0]:.2f} s a metre")
    stop, stop_within = (float(best[1]), float(within[1])) if len(best) > 1 else (0.0, 0.0)
    return Fit(
        pace=float(best[0]),
        stop=stop,
        pace_within=float(within[0]),
        stop_within=stop_within,
        used=used,
        left_out=left_out,
    )


def _weighted(line: Numbers, seconds: Numbers, weights: Numbers) -> Numbers:
    root: Numbers = np.sqrt(weights)
    best = np.linalg.lstsq(line * root[:, None], seconds * root, rcond=None)[0]
    return np.asarray(best, dtype=np.float64)


Fits = dict[tuple[str, str], Fit | TooUncertainError]


def fit_all(trips: Iterable[Trip]) -> Fits:
    """Fit each area and mode, and each mode everywhere; where there is one area only, everywhere says it all."""
    groups: defaultdict[tuple[str, str], list[Trip]] = defaultdict(list)
    for trip in trips:
        groups[EVERYWHERE, trip.mode].append(trip)
        groups[trip.area, trip.mode].append(trip)
    areas = {area for area, _ in groups} - {EVERYWHERE}
    order = list(MODES).index
    return {
        (area, mode): _tried(groups[area, mode])
        for area, mode in sorted(groups, key=lambda key: (key[0] != EVERYWHERE, key[0], order(key[1])))
        if area == EVERYWHERE or len(areas) > 1
    }


def _tried(trips: Sequence[Trip]) -> Fit | TooUncertainError:
    metres = [
        great_circle_between([(one.origin.lon, one.origin.lat)], [(one.destination.lon, one.destination.lat)])[0, 0]
        for one in trips
    ]
    try:
        return fit(np.array(metres), np.array([one.seconds for one in trips]))
    except TooUncertainError as error:
        return error


def snippet(fits: Fits) -> str:
    """Write what was fitted as the file that LINLI_TRAVEL_FACTORS names."""
    return "\n".join(_rows(fits))


def _rows(fits: Fits) -> Iterator[str]:
    for (area, mode), one in fits.items():
        if isinstance(one, Fit):
            detour = SPEEDS[MODES[mode]].detour
            table = EVERYWHERE if area == EVERYWHERE else f'area."{area}"'
            yield f"[{table}.{mode}]  # {one.used} trips"
            yield f"detour = {detour}"
            yield f"km_h = {detour * 3.6 / one.pace:.2f}"
            yield f"stop_s = {round(one.stop)}"
            yield ""


def show(trips: Sequence[Trip], out: Console, write: Path | None) -> bool:
    """Print what the trips say, and write it to a file if one is named; true if they say anything and it is written."""
    fits = fit_all(trips)
    table = Table("area", "mode", "trips", "left out", "s per 100 m", "± 95 %", "km/h", "s per stop", "± 95 %")
    for (area, mode), one in fits.items():
        if isinstance(one, Fit):
            km_h = SPEEDS[MODES[mode]].detour * 3.6 / one.pace
            numbers = [f"{one.pace * 100:.1f}", f"{one.pace_within * 100:.1f}", f"{km_h:.1f}"]
            stop = [f"{one.stop:.0f}", f"{one.stop_within:.0f}"]
            table.add_row(area, mode, str(one.used), str(one.left_out), *numbers, *stop)
        else:
            table.add_row(area, mode, "", "", str(one))
    out.print(table)
    text = snippet(fits)
    if not text:
        out.print(f"Nothing was fitted: {len(trips)} trips without waiting. The default factors stay.")
        return False
    if write is None:
        out.print(text, markup=False, highlight=False)
        return True
    try:
        write.write_text(text, encoding="utf-8")
    except OSError as error:
        out.print(text, markup=False, highlight=False)
        out.print(f"[bold red]Stopped:[/bold red] {write} cannot be written: {error.strerror}")
        return False
    out.print(f"Written to {write}. Set LINLI_TRAVEL_FACTORS={write} and restart the matcher.")
    return True
