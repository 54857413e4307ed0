import datetime as dt
from collections import Counter

import pytest

from linli.rehearsal.scenario.behaviour import Behaviour
from linli.rehearsal.scenario.chance import chance, seats, turns


def test_chance_does_not_depend_on_who_was_asked_before() -> None:
    alone = chance(7, "refuse", "V-0001", "GH-0042")
    _ = [chance(7, "refuse", f"V-{order:04d}", "GH-0042") for order in range(2, 50)]
    assert chance(7, "refuse", "V-0001", "GH-0042") == alone


def test_chance_keeps_its_values_for_ever() -> None:
    """A recorded rehearsal must replay the same next year and on another machine."""
    assert chance(7, "refuse", "V-0001", "GH-0042") == pytest.approx(0.7658256733994048, abs=1e-15)


def test_chance_lies_in_the_unit_interval_and_is_even() -> None:
    draws = [chance(1, "draw", order) for order in range(20_000)]
    assert 0 <= min(draws) < max(draws) < 1
    assert sum(draws) / len(draws) == pytest.approx(0.5, abs=0.01)


def test_keys_are_not_glued_together() -> None:
    assert chance(1, "ab", "c") != chance(1, "a", "bc")


def test_turns_are_proportional_from_the_start_and_a_longer_list_begins_with_the_shorter() -> None:
    weights = {"街道": 3.0, "镇": 1.0}
    assert Counter(turns(weights, 40)) == {"街道": 30, "镇": 10}
    assert turns(weights, 41)[:40] == turns(weights, 40)


def test_a_key_without_weight_gets_no_turn() -> None:
    assert seats({"a": 1.0, "b": 0.0}, 3) == {"a": (0, 1, 2), "b": ()}


def test_turns_for_nobody_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one weight"):
        turns({"a": 0.0}, 1)


def test_refusals_come_about_as_often_as_asked() -> None:
    refusals = sum(Behaviour().refuses(7, f"V-{order}", "GH-0042") for order in range(10_000))
    assert refusals / 10_000 == pytest.approx(0.03, abs=0.006)


def test_a_behaviour_of_zero_never_happens_and_of_one_always() -> None:
    calm, wild = Behaviour(no_show=0, nobody_home=0), Behaviour(no_show=1, nobody_home=1)
    assert not any(calm.stays_away(7, f"V-{order}") for order in range(100))
    assert all(wild.finds_nobody(7, f"GH-{order}") for order in range(100))


def test_delays_stay_within_their_bounds() -> None:
    delays = {Behaviour(late=1).delay_min(7, f"V-{order}", "GH-0001") for order in range(500)}
    assert (min(delays), max(delays)) == (5, 25)
    assert Behaviour(late=0).delay_min(7, "V-1", "GH-0001") == 0


def test_an_answer_takes_seconds() -> None:
    assert 5 <= Behaviour().answers_after_s(7, "V-0001", "GH-0001") <= 90


def test_ratings_are_mostly_good_and_sometimes_missing() -> None:
    ratings = Counter(Behaviour().rating(7, f"GH-{order}") for order in range(10_000))
    assert ratings[None] / 10_000 == pytest.approx(0.15, abs=0.02)
    assert 0 < ratings[False] < 300


def test_one_kitchen_closes_at_twenty_to_eleven() -> None:
    closing = Behaviour().kitchen_closing
    assert closing is not None
    assert (closing.canteen, closing.at) == ("C-02", dt.time(10, 40))


def test_a_share_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Behaviour(refuse=3)
