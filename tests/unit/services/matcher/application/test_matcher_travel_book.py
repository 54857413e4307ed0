import numpy as np

from services.matcher.application.travel_book import Page, TravelBook, grown
from services.matcher.planning.travel import SPEEDS, Factors, Point, Speed, factor_table, travel_between
from tests.unit.services.matcher.play import cell

CELLS = [cell(250 * number, 130 * (number % 4)) for number in range(12)]


def test_a_page_that_grew_is_the_page_written_at_once() -> None:
    book = TravelBook()
    book.page("a", CELLS[:5])
    grown = book.page("a", CELLS)
    whole = travel_between([(one.lon, one.lat) for one in CELLS])
    assert [grown.place(one) for one in CELLS] == list(range(12))
    assert np.array_equal(grown.travel.metres, whole.metres)
    assert all(np.array_equal(one, other) for one, other in zip(grown.travel.seconds, whole.seconds, strict=True))


def test_a_page_is_kept_while_nothing_is_new() -> None:
    book = TravelBook()
    page = book.page("a", CELLS)
    assert book.page("a", CELLS[:3]) is page
    assert book.page("b", CELLS[:3]) is not page


def test_a_page_on_which_little_is_still_there_is_written_anew() -> None:
    book = TravelBook()
    book.page("a", [cell(100 * number) for number in range(300)])
    page = book.page("a", [cell(100, 5000)])
    assert len(page.index) == 1


SLOW = tuple(Speed(detour=5, km_h=speed.km_h) for speed in SPEEDS)


def surveyed(points: list[Point]) -> Page:
    nothing: list[Point] = []
    return grown(None, nothing, points, factor_table(points, points, SLOW), factor_table(nothing, points, SLOW), SPEEDS)


def test_a_surveyed_page_answers_while_it_knows_every_place() -> None:
    book = TravelBook()
    book.take("a", surveyed([(one.lon, one.lat) for one in CELLS[:5]]))
    assert book.page("a", CELLS[:3]) is book.surveyed("a")


def test_one_place_that_is_not_surveyed_makes_the_whole_page_one_by_factors() -> None:
    book, missed = TravelBook(), list[tuple[str, int]]()
    book.missed = lambda area, points: missed.append((area, len(points)))
    book.take("a", surveyed([(one.lon, one.lat) for one in CELLS[:5]]))
    page = book.page("a", CELLS[:6])
    assert missed == [("a", 6)]
    assert page.travel == travel_between([(one.lon, one.lat) for one in CELLS[:6]])


def test_an_area_has_its_own_factors() -> None:
    book = TravelBook(Factors(areas={"a": SLOW}))
    points = [(one.lon, one.lat) for one in CELLS]
    assert book.page("a", CELLS).travel == travel_between(points, SLOW)
    assert book.page("b", CELLS).travel == travel_between(points)
