"""The sketch keeps its proportions, stays inside its frame, and shows no private place."""

from math import dist
from zoneinfo import ZoneInfo

import pytest

from services.console.application.sketch import HEIGHT, WIDTH, draw
from services.console.domain.area import Area
from services.console.domain.take_in import take_in
from shared.contracts.places import Cell
from tests.unit.services.console import a_day
from tests.unit.services.console.history import History, a_request


def an_area(*cells: Cell) -> Area:
    history = History()
    for number, cell in enumerate(cells):
        a_day.accept(history, f"n{number}", a_request(cell=cell))
    return picture(history)


def picture(history: History) -> Area:
    area = Area(id=history.area)
    for fact in history.said():
        take_in(area, fact, ZoneInfo("Asia/Shanghai"))
    return area


def test_everything_lies_inside_the_frame() -> None:
    cells = [Cell(lon=105.2 + east / 100, lat=29.3 + north / 100) for east in range(6) for north in range(9)]
    for mark in draw(an_area(*cells), []).needs:
        assert 0 <= mark.x <= WIDTH
        assert 0 <= mark.y <= HEIGHT


def test_north_is_up_and_a_metre_is_as_long_in_both_directions() -> None:
    origin, east, north = Cell(lon=105.28, lat=29.34), Cell(lon=105.29, lat=29.34), Cell(lon=105.28, lat=29.35)
    zero, right, up = draw(an_area(origin, east, north), []).needs
    assert right.x > zero.x
    assert up.y < zero.y
    across = dist((zero.x, zero.y), (right.x, right.y)) / (0.01 * 111_320 * 0.8718)  # cosine of 29.34 degrees
    along = dist((zero.x, zero.y), (up.x, up.y)) / (0.01 * 111_320)
    assert across == pytest.approx(along, rel=0.01)


def test_a_single_place_is_drawn_in_the_middle() -> None:
    (mark,) = draw(an_area(Cell(lon=105.28, lat=29.34)), []).needs
    assert mark.x == pytest.approx(WIDTH / 2, abs=1)
    assert mark.y == pytest.approx(HEIGHT / 2, abs=1)


def test_a_private_need_is_not_drawn() -> None:
    history = History()
    a_day.accept(history, "private", a_day.a_private_request())
    assert draw(picture(history), []).needs == ()


def test_nothing_to_draw_is_an_empty_sketch() -> None:
    sketch = draw(Area(id="x"), [])
    assert (sketch.needs, sketch.kitchens, sketch.routes) == ((), (), ())
