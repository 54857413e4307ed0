import numpy as np

from services.matcher.application.travel_book import TravelBook
from services.matcher.planning.travel import travel_between
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
