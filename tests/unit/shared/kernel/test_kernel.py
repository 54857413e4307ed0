"""Nouns and values refuse what makes no sense, and say what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.kernel.ids import derived_id
from shared.kernel.moments import TimeWindow
from shared.kernel.places import Place
from shared.kernel.refusals import Refusal
from shared.kernel.words import Words

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


def window(opens_h: int, closes_h: int) -> TimeWindow:
    return TimeWindow(opens=NOON + timedelta(hours=opens_h), closes=NOON + timedelta(hours=closes_h))


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [((0, 2), (1, 3), True), ((0, 1), (1, 2), True), ((0, 1), (2, 3), False), ((0, 9), (3, 4), True)],
)
def test_windows_are_closed_at_both_ends(first: tuple[int, int], second: tuple[int, int], *, overlap: bool) -> None:
    assert window(*first).overlaps(window(*second)) is overlap
    assert window(*second).overlaps(window(*first)) is overlap


def test_a_window_cannot_close_before_it_opens() -> None:
    with pytest.raises(ValueError, match="before it opens"):
        window(2, 1)


def test_a_window_of_one_moment_and_of_two_time_zones_is_one() -> None:
    beijing = timezone(timedelta(hours=8))
    assert TimeWindow(opens=NOON, closes=NOON.astimezone(beijing)).overlaps(window(0, 0))


def test_a_window_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        TimeWindow(opens=NOON.replace(tzinfo=None), closes=NOON)


@pytest.mark.parametrize(("lon", "lat"), [(181, 0), (-181, 0), (0, 91), (float("nan"), 0), (29.3, 105.3)])
def test_a_place_outside_the_earth_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(ValueError, match="lies outside"):
        Place(lon=lon, lat=lat)


def test_a_coarse_place_is_a_compound_and_never_a_door() -> None:
    assert Place(lon=105.287654, lat=29.338512).coarse() == Place(lon=105.288, lat=29.339)


def test_a_derived_id_is_the_same_for_the_same_parts_and_no_others() -> None:
    assert derived_id("need", "k1") == derived_id("need", "k1")
    assert len(derived_id("need", "k1")) == 26
    assert (
        len({derived_id("need", "k1"), derived_id("need", "k2"), derived_id("needk1"), derived_id("k1", "need")}) == 4
    )


def test_words_are_chinese_unless_english_is_asked_for() -> None:
    words = Words(zh="热饭", en="hot meal")
    assert [words.said_in(language) for language in ("zh", "en", "fr")] == ["热饭", "hot meal", "热饭"]


def test_a_refusal_reads_as_its_code_and_reason() -> None:
    assert str(Refusal("need.closed", "已办结", "it is closed")) == "need.closed: it is closed"


def test_a_refusal_comes_through_what_somebody_has_opened() -> None:
    """Leaving a context manager, Python writes the traceback into the exception."""

    @contextmanager
    def opened() -> Iterator[None]:
        yield

    with pytest.raises(Refusal), opened():
        raise Refusal("need.closed", "已办结。", "It is closed.")
