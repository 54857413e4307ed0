"""Figures of hand-made histories, counted by hand."""

from services.console.domain.figures import figures_of, gini, share, spread
from shared.contracts.needs import NeedAccepted, NeedClosed, NeedReopened
from tests.unit.services.console import a_day
from tests.unit.services.console.history import History, a_request, minutes


def a_morning() -> History:
    """Four needs: two meals by one volunteer, one bulb unmet, one private talk still open; a second volunteer idle."""
    history = History()
    for volunteer in ("busy", "idle"):
        a_day.on_duty(history, volunteer)
    for need, start, kitchen_s in (("m1", 0, 1200), ("m2", 40, 3700)):
        a_day.accept(history, need, a_day.a_meal(), start)
        a_day.offer(history, need, "busy", start + 1)
        a_day.serve(
            history,
            need,
            "busy",
            begins=start + 20,
            ends=start + 22,
            kitchen_to_door_s=kitchen_s,
            distance_m=1500,
        )
        a_day.tell(history, need, "done", start + 23)
        a_day.confirm(history, need, start + 30)
    a_day.accept(history, "b1", a_request(offer_within_s=60), 0)
    a_day.offer(history, "b1", "idle", 10)
    a_day.tell(history, "b1", "unmet", 100)
    history.say(minutes(101), "b1", NeedClosed(outcome="unmet", reason="没有电工"))
    a_day.accept(history, "p1", a_day.a_private_request(), 50)
    return history


def test_needs_are_counted_by_service_and_outcome_with_sensitive_ones_together() -> None:
    counted = figures_of(a_morning().said())
    assert counted.needs == 4
    assert counted.outcomes == {"confirmed": 2, "unmet": 1, "refused": 0, "withdrawn": 0, "open": 1}
    assert counted.by_service["meal.lunch"]["confirmed"] == 2
    assert counted.by_service["home.bulb"] == {
        "asked": 1,
        "confirmed": 0,
        "unmet": 1,
        "refused": 0,
        "withdrawn": 0,
        "open": 0,
    }
    assert "care.counsel" not in counted.by_service
    assert counted.by_service["private"]["open"] == 1


def test_shares_carry_their_denominators() -> None:
    counted = figures_of(a_morning().said())
    assert (counted.confirmed.part, counted.confirmed.of, counted.confirmed.share) == (2, 4, 0.5)
    assert (counted.confirmed_of_closed.part, counted.confirmed_of_closed.of) == (2, 3)
    assert (counted.offered.part, counted.offered.of) == (3, 4)
    assert share(0, 0).share is None


def test_the_first_offer_is_timed_and_held_against_its_promise() -> None:
    counted = figures_of(a_morning().said())
    # waits: 60 s, 60 s, 600 s; the bulb promised 60 s, the private need was never offered
    assert (counted.first_offer.count, counted.first_offer.median_s, counted.first_offer.p99_s) == (3, 60, 600)
    assert (counted.first_offer_in_promise.part, counted.first_offer_in_promise.of) == (2, 4)


def test_meals_are_counted_on_time_and_hot() -> None:
    meals = figures_of(a_morning().said()).meals
    assert (meals.asked, meals.delivered, meals.on_time.part, meals.on_time.of) == (2, 2, 1, 2)
    assert meals.longest_kitchen_to_door_s == 3700
    assert (meals.over_hot_limit.part, meals.over_hot_limit.of) == (1, 2)


def test_help_is_shared_among_everybody_on_duty() -> None:
    counted = figures_of(a_morning().said())
    assert (counted.help.volunteers, counted.help.helped, counted.help.visits) == (2, 1, 2)
    assert counted.help.gini == 0.5  # one did everything, of two
    assert counted.distance_m == 3000


def test_gini_of_hand_calculated_shares() -> None:
    assert gini([1, 1, 1, 1]) == 0
    assert gini([0, 0, 0, 4]) == 0.75
    assert gini([1, 3]) == 0.25  # mean difference 1 over twice the mean 2
    assert gini([0, 0]) is None


def test_a_percentile_is_a_case_that_happened() -> None:
    assert spread([1.0] * 99 + [50.0]).p99_s == 1
    assert spread([1.0] * 98 + [40.0, 50.0]).p99_s == 40
    assert spread([]).median_s is None


def test_messages_and_reasons_are_listed() -> None:
    counted = figures_of(a_morning().said())
    assert counted.messages == {"done": 2, "unmet": 1}
    assert counted.unmet_because == {"没有电工": 1}


def test_a_need_opened_again_is_one_need_with_its_last_outcome() -> None:
    history = a_morning()
    history.say(minutes(110), "b1", NeedReopened(request=a_request(), reason="again", round=2))
    counted = figures_of(history.said())
    assert counted.needs == 4
    assert (counted.outcomes["unmet"], counted.outcomes["open"], counted.reopened.part) == (0, 2, 1)


def test_an_area_is_counted_alone() -> None:
    here, there = a_morning(), History(area="elsewhere")
    there.say(minutes(0), "x", NeedAccepted(request=a_request()))
    both = here.said() + there.said()
    assert figures_of(both).needs == 5
    assert figures_of(both, area="elsewhere").needs == 1
    assert figures_of(both, area="elsewhere").help.volunteers == 0
