from importlib import resources

import pytest

from services.matcher.planning import Params


def test_the_defaults_are_read_from_the_file_beside_them() -> None:
    assert Params.default().unfamiliar_s == 300


def test_each_number_in_the_file_has_a_sentence() -> None:
    lines = resources.files("services.matcher.planning").joinpath("params.toml").read_text("utf-8").splitlines()
    numbers = [number for number, text in enumerate(lines) if "=" in text and not text.startswith("#")]
    assert numbers
    assert all(lines[number - 1].startswith("# ") and lines[number - 1].endswith(".") for number in numbers)


def test_a_misspelt_or_missing_weight_is_named() -> None:
    with pytest.raises(ValueError, match=r"missing \['abandon_s'.*unknown \['unfamilar_s'\]"):
        Params.from_toml("unfamilar_s = 1\ncrowding_s = 1\nfair_share_jobs = 1\nchange_s = 1")


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="change_s is -1"):
        Params(unfamiliar_s=0, fair_share_jobs=0, crowding_s=0, change_s=-1, abandon_s=0)
