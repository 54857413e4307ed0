"""A cursor comes back as it went out, and nothing else is taken for one."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.console.application.cursor import fact_key, place_of, read_cursor, write_cursor
from shared.contracts.topics import TOPICS
from shared.kernel.refusals import Refusal

lanes = st.tuples(st.sampled_from([topic.name for topic in TOPICS]), st.integers(0, 99_999))
offsets = st.integers(0, 10**12 - 1)


@given(st.dictionaries(lanes, offsets, max_size=40))
def test_positions_survive_a_cursor(positions: dict[tuple[str, int], int]) -> None:
    assert read_cursor(write_cursor(positions)) == positions


@given(lanes, offsets, offsets)
def test_keys_of_a_lane_sort_like_its_offsets(lane: tuple[str, int], one: int, other: int) -> None:
    assert (fact_key(*lane, one) < fact_key(*lane, other)) == (one < other)
    assert place_of(fact_key(*lane, one)) == (lane, one)


@given(st.text(min_size=1, max_size=200))
def test_any_other_text_is_refused_and_never_breaks(text: str) -> None:
    with suppress(Refusal):
        read = read_cursor(text)
        assert read_cursor(write_cursor(read)) == read


@pytest.mark.parametrize(
    "lane", [["orders.v1", 0, 1], ["needs.v1", -1, 1], ["needs.v1", 0, 1.5], ["needs.v1", True, 1]]
)
def test_a_cursor_with_a_foreign_lane_is_refused(lane: list[object]) -> None:
    forged = write_cursor({(lane[0], lane[1]): lane[2]})  # type: ignore[dict-item]
    with pytest.raises(Refusal):
        read_cursor(forged)
