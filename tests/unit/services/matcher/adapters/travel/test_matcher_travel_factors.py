from pathlib import Path

import pytest

from services.matcher.adapters.travel.factors import load_factors
from services.matcher.adapters.travel.sources import factors_of
from services.matcher.planning.travel import CAR, E_BIKE, SPEEDS, Speed
from services.matcher.settings import MatcherSettings


def written(folder: Path, text: str) -> Path:
    path = folder / "factors.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_area_overrides_everywhere_and_everywhere_the_default(tmp_path: Path) -> None:
    factors = load_factors(
        written(tmp_path, '[everywhere.walk]\nkm_h = 4.0\n[area."511083001".e_bike]\nkm_h = 12.5\nstop_s = 75\n')
    )
    walk = Speed(detour=1.3, km_h=4.0)
    assert factors.speeds("511083001") == (walk, Speed(detour=1.45, km_h=12.5, stop_s=75), CAR)
    assert factors.speeds("another") == (walk, E_BIKE, CAR)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("walk = 3", "walk is not known"),
        ("[everywhere.plane]", "everywhere may have the modes"),
        ("[everywhere]\nwalk = 3", r"everywhere\.walk may have detour"),
        ("[everywhere.walk]\nspeed = 3", r"everywhere\.walk may have detour"),
        ('[everywhere.walk]\nkm_h = "fast"', r"km_h is 'fast'"),
        ("[everywhere.walk]\nstop_s = 1.5", r"stop_s is 1\.5"),
        ("[everywhere.walk]\nkm_h = 0", "must be positive"),
        ("[area.a.car]\ndetour = 0.5", r"area\.a\.car: Speed\.detour"),
        ("area = 3", "area is not a table"),
        ("not toml", "is not valid TOML"),
    ],
)
def test_a_file_that_does_not_fit_names_the_field(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        load_factors(written(tmp_path, text))


def test_a_file_that_does_not_fit_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = MatcherSettings(travel_factors=tmp_path / "nowhere.toml")
    assert factors_of(settings).speeds("a") == SPEEDS
    assert "LINLI_TRAVEL_FACTORS" in caplog.records[-1].__dict__["reason"]
