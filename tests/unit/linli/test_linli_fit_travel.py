import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from linli.fit_travel import EVERYWHERE, Fit, TooUncertainError, fit, fit_all, show, snippet
from linli.trips import Trip
from services.matcher.adapters.travel.factors import load_factors
from services.matcher.application.travel_book import MODES
from services.matcher.planning.travel import CAR, E_BIKE, WALK, Numbers, Speed, great_circle_between
from shared.contracts.places import Cell

MIDDLE = (105.29, 29.34)


def pace_of(speed: Speed) -> float:
    return speed.detour * 3.6 / speed.km_h


def some_trips(speed: Speed, *, count: int, seed: int, strays: float = 0.0) -> tuple[Numbers, Numbers]:
    """Draw trips as they are reported: a fifth slower or faster, some with a long chat on the way."""
    dice = np.random.default_rng(seed)
    metres = dice.uniform(100, 3000, count)
    seconds = metres * pace_of(speed) * dice.normal(1, 0.1, count) + speed.stop_s + dice.normal(0, 15, count)
    chats = dice.random(count) < strays
    return metres, np.round(seconds + chats * dice.uniform(1200, 5000, count))


@pytest.mark.parametrize("speed", [WALK, E_BIKE, CAR])
@pytest.mark.parametrize("seed", range(3))
def test_known_factors_are_found_within_the_interval(speed: Speed, seed: int) -> None:
    """The interval is of 95 %, so half as much again is allowed: one of 60 figures may well lie outside of it."""
    found = fit(*some_trips(speed, count=400, seed=seed, strays=0.05))
    assert found.pace == pytest.approx(pace_of(speed), abs=1.5 * found.pace_within)
    assert found.stop == pytest.approx(speed.stop_s, abs=1.5 * found.stop_within)
    assert found.pace_within < 0.05 * found.pace


def test_chats_on_the_way_are_left_out() -> None:
    found = fit(*some_trips(E_BIKE, count=400, seed=5, strays=0.1))
    assert 20 <= found.left_out <= 60
    assert found.used + found.left_out == 400


def test_more_trips_say_it_more_exactly() -> None:
    few, many = (fit(*some_trips(E_BIKE, count=count, seed=4)) for count in (60, 2000))
    assert many.pace_within < few.pace_within / 3


def test_nobody_gains_time_by_stopping() -> None:
    metres = np.linspace(500, 2000, 50)
    assert fit(metres, metres - 100).stop == 0


@pytest.mark.parametrize(
    ("metres", "seconds", "said"),
    [
        (np.linspace(100, 900, 29), np.linspace(100, 900, 29), "29 trips; at least 30"),
        (np.full(50, 400.0), np.linspace(300, 310, 50), "equally long"),
        (np.linspace(100, 110, 40), np.tile([100.0, 900.0], 20), "40 trips give"),
        (np.linspace(100, 2000, 40), np.linspace(2000, 100, 40), "40 trips give"),
    ],
)
def test_trips_that_say_nothing_are_refused(metres: Numbers, seconds: Numbers, said: str) -> None:
    with pytest.raises(TooUncertainError, match=said):
        fit(metres, seconds)


def trips(area: str, mode: str, speed: Speed, count: int) -> Iterator[Trip]:
    dice = np.random.default_rng(len(area) + count)
    for east, north in dice.integers(-20, 20, (count, 2)):
        there = (MIDDLE[0] + 0.001 * (east or 1), MIDDLE[1] + 0.001 * north)
        metres = float(great_circle_between([MIDDLE], [there])[0, 0])
        yield Trip(
            area=area,
            mode=mode,
            origin=Cell(lon=MIDDLE[0], lat=MIDDLE[1]),
            destination=Cell(lon=there[0], lat=there[1]),
            seconds=float(round(metres * pace_of(speed) + speed.stop_s)),
        )


def test_the_file_that_is_written_is_the_file_that_is_read(tmp_path: Path) -> None:
    slow = Speed(detour=E_BIKE.detour, km_h=11, stop_s=90)
    found = [*trips("hills", "e_bike", slow, 80), *trips("plain", "e_bike", E_BIKE, 80), *trips("plain", "car", CAR, 9)]
    printed = io.StringIO()
    path = tmp_path / "factors.toml"
    assert show(found, Console(file=printed, width=200), path)
    factors = load_factors(path)
    bike = MODES["e_bike"]
    assert factors.speeds("hills")[bike].km_h == pytest.approx(11, abs=0.2)
    assert factors.speeds("hills")[bike].stop_s == pytest.approx(90, abs=3)
    assert factors.speeds("plain")[bike].km_h == pytest.approx(E_BIKE.km_h, abs=0.3)
    assert factors.speeds("plain")[MODES["car"]] == CAR
    assert "9 trips; at least 30" in printed.getvalue()
    assert str(path) in printed.getvalue().replace("\n", "")


def test_where_there_is_one_area_everywhere_says_it_all() -> None:
    fits = fit_all(trips("plain", "walk", WALK, 40))
    assert list(fits) == [(EVERYWHERE, "walk")]
    assert isinstance(fits[EVERYWHERE, "walk"], Fit)


def test_a_file_that_cannot_be_written_is_named_and_the_factors_are_printed(tmp_path: Path) -> None:
    printed = io.StringIO()
    assert not show(
        list(trips("plain", "walk", WALK, 40)), Console(file=printed, width=200), tmp_path / "nowhere" / "x.toml"
    )
    assert "x.toml cannot be written: No such file" in printed.getvalue()
    assert "[everywhere.walk]" in printed.getvalue()


def test_nothing_is_written_of_nothing(tmp_path: Path) -> None:
    assert snippet({}) == ""
    assert not show([], Console(file=io.StringIO()), tmp_path / "factors.toml")
    assert not (tmp_path / "factors.toml").exists()
