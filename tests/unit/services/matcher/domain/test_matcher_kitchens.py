import pytest

from services.matcher.domain import commands as ask
from shared.contracts.dispatch import BatchChosen, CanteenClosed, NeedAdmitted, NeedEscalated, NeedUnplaced, OfferMade
from shared.kernel.refusals import Refusal
from tests.unit.services.matcher.play import Play, a_meal, a_window, at, cell, of


@pytest.fixture
def street() -> Play:
    play = Play("08:00")
    play.canteen("near", cell(), ("10:45", 1), ("11:15", 5), diets=("soft",))
    play.canteen("far", cell(3000), ("10:45", 10), diets=("halal",))
    play.post("carrier", a_window("10:15", "13:30", standing=True), home=cell(1500))
    return play


def chosen(play: Play, need: str, **changes: object) -> tuple[str | None, str | None]:
    (admitted,) = of(NeedAdmitted, play.admit(need, a_meal(cell=cell(200), **changes)))
    return admitted.canteen, admitted.batch


def test_the_nearest_kitchen_and_its_earliest_batch_are_chosen(street: Play) -> None:
    assert chosen(street, "m1") == ("near", "near-10:45")


def test_a_batch_feeds_no_more_than_it_has(street: Play) -> None:
    chosen(street, "m1")
    assert chosen(street, "m2") == ("near", "near-11:15")
    assert chosen(street, "m3", meals=9) == ("far", "far-10:45")


def test_a_diet_decides_the_kitchen(street: Play) -> None:
    assert chosen(street, "m1", diet=frozenset({"halal"})) == ("far", "far-10:45")


def test_a_batch_that_is_ready_too_late_is_not_chosen(street: Play) -> None:
    chosen(street, "m1", closes=at("11:20"))
    assert chosen(street, "m2", closes=at("11:20")) == ("far", "far-10:45")


def test_without_a_meal_the_need_says_so(street: Play) -> None:
    said = street.admit("m1", a_meal(diet=frozenset({"vegan"}), offer_within_s=300))
    assert of(OfferMade, said) == []
    assert of(NeedUnplaced, said)[0].rule == "batch"


def test_a_withdrawn_meal_can_be_eaten_by_another(street: Play) -> None:
    chosen(street, "m1")
    street.tell(ask.DropNeed(at=street.now, need="m1", reason=""))
    assert chosen(street, "m2") == ("near", "near-10:45")


def test_a_closed_kitchen_hands_its_meals_to_the_next(street: Play) -> None:
    chosen(street, "m1")
    said = street.tell(ask.CloseCanteen(at=street.now, canteen="near", closed_from=at("10:40"), reason="gas"))
    assert of(BatchChosen, said) == [BatchChosen(need="m1", canteen="far", batch="far-10:45")]
    assert street.board.route("carrier").stops[0].cell == cell(3000)


def test_what_has_left_a_kitchen_before_it_closed_stays_on_its_way(street: Play) -> None:
    chosen(street, "m1")
    street.clock("10:46").report(ask.PickUp, "m1")
    said = street.tell(ask.CloseCanteen(at=street.now, canteen="near", closed_from=street.now, reason="gas"))
    assert of(BatchChosen, said) == []
    assert street.slot("m1").status == "carrying"


def test_a_pickup_before_the_closing_stays(street: Play) -> None:
    chosen(street, "m1")
    said = street.tell(ask.CloseCanteen(at=street.now, canteen="near", closed_from=at("12:30"), reason="gas"))
    assert isinstance(said[0], CanteenClosed)
    assert of(BatchChosen, said) == []


def test_closing_twice_says_it_once(street: Play) -> None:
    command = ask.CloseCanteen(at=street.now, canteen="near", closed_from=at("10:40"), reason="gas")
    assert street.tell(command)
    assert street.tell(command) == []


def test_an_unknown_kitchen_cannot_close(street: Play) -> None:
    with pytest.raises(Refusal, match=r"canteen\.unknown"):
        street.tell(ask.CloseCanteen(at=street.now, canteen="none", closed_from=street.now, reason="gas"))


def test_a_kitchen_that_opens_feeds_who_waited() -> None:
    play = Play("08:00")
    play.post("carrier", a_window("10:15", "13:30", standing=True))
    play.admit("m1", a_meal())
    assert of(OfferMade, play.canteen("late", cell(), ("10:45", 5)))[0].need == "m1"


def test_when_no_kitchen_is_left_a_person_must_find_a_meal(street: Play) -> None:
    for need in ("m1", "m2"):
        street.admit(need, a_meal(cell=cell(200), diet=frozenset({"soft"})))
    street.clock("10:40")
    said = street.tell(ask.CloseCanteen(at=street.now, canteen="near", closed_from=street.now, reason="gas"))
    assert {one.need for one in of(NeedEscalated, said)} == {"m1", "m2"}
    assert all(street.slot(need).volunteer is None for need in ("m1", "m2"))
