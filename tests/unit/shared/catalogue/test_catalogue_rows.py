import pytest
from pydantic import ValidationError

from shared.catalogue.load import load_catalogue
from shared.catalogue.model import Service

HAIRCUT = {
    "code": "care.haircut",
    "name": {"zh": "上门理发", "en": "haircut at home"},
    "mode": "visit",
    "duration_min": 30,
    "window": "chosen",
    "window_min": 180,
    "promise": {"offer_within_min": 60, "finish_within_min": 180},
    "evidence": ["checkin"],
}


def refused(**differences: object) -> str:
    with pytest.raises(ValidationError) as error:
        Service.model_validate(HAIRCUT | differences)
    return str(error.value)


def test_a_complete_row_is_accepted() -> None:
    assert Service.model_validate(HAIRCUT).people == 1


def test_a_row_never_changes() -> None:
    service = Service.model_validate(HAIRCUT)
    with pytest.raises(ValidationError, match="frozen"):
        service.points = 100  # type: ignore[misc]


def test_a_misspelt_field_is_refused() -> None:
    assert "durration_min" in refused(durration_min=30)


def test_minors_are_never_with_one_adult() -> None:
    assert "set people to 2 or more" in refused(minors=True, mode="shift", window="fixed")


def test_several_people_meet_at_a_fixed_time() -> None:
    assert "set window to 'fixed'" in refused(people=2)


def test_a_shift_has_announced_hours() -> None:
    assert "set window to 'fixed'" in refused(mode="shift")


def test_work_longer_than_its_window_is_refused() -> None:
    assert "raise window_min" in refused(window_min=20)


def test_a_delivery_without_a_load_is_refused() -> None:
    assert "set load.meals or load.grams" in refused(mode="delivery")


def test_a_meal_without_a_hot_limit_is_refused() -> None:
    assert "set hot_limit_min" in refused(mode="delivery", load={"meals": 1}, window="mealtime")


def test_a_hot_limit_without_a_meal_is_refused() -> None:
    assert "remove hot_limit_min" in refused(hot_limit_min=60)


def test_only_meals_follow_the_kitchen() -> None:
    assert "choose another window" in refused(window="mealtime")


def test_a_promise_shorter_than_the_work_is_refused() -> None:
    assert "raise it to 30 or more" in refused(promise={"offer_within_min": 5, "finish_within_min": 10})


def test_a_sensitive_service_takes_no_photo() -> None:
    assert "takes no photo" in refused(sensitive=True, evidence=["photo"])


def test_a_sensitive_service_never_hangs_on_the_wish_wall() -> None:
    assert "use mode 'visit'" in refused(sensitive=True, mode="claim")


def test_a_row_without_evidence_is_refused() -> None:
    assert "evidence" in refused(evidence=[])


def test_a_name_is_needed_in_both_languages() -> None:
    assert "fill in name.zh and name.en" in refused(name={"zh": "上门理发", "en": ""})


def test_lunch_is_at_most_an_hour_from_kitchen_to_door() -> None:
    lunch = load_catalogue().service("meal.lunch")
    assert (lunch.hot_limit_min, lunch.load.meals, lunch.standing) == (60, 1, True)


def test_wiring_needs_the_licence_and_counselling_the_certificate() -> None:
    catalogue = load_catalogue()
    assert catalogue.service("repair.electrics").credentials == {"电工证"}
    assert catalogue.service("care.counselling").credentials == {"社工师"}


def test_a_bag_of_rice_is_too_heavy_for_a_walker() -> None:
    walker_grams = 8_000
    assert load_catalogue().service("supply.rice").load.grams > walker_grams


def test_patrols_and_children_have_two_people() -> None:
    catalogue = load_catalogue()
    assert catalogue.service("patrol.round").people == 2
    assert catalogue.service("group.children").minors
    assert catalogue.service("group.children").people == 2


def test_counselling_health_cases_and_rights_are_sensitive() -> None:
    sensitive = {service.code for service in load_catalogue() if service.sensitive}
    assert {"care.counselling", "care.health-advice", "case.employment", "law.rights"} <= sensitive
