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
        ("[everywhere.walk]\nkm_h = 0", r"everywhere\.walk: Speed\.km_h is 0; it must be 0\.5 to 200"),
        ("[everywhere.walk]\nkm_h = nan", r"Speed\.km_h is nan"),
        ("[everywhere.walk]\nkm_h = 1e-300", r"Speed\.km_h is 1e-300"),
        ("[everywhere.walk]\ndetour = inf", r"Speed\.detour is inf"),
        pytest.param(f"[everywhere.walk]\ndetour = {'9' * 400}", r"Speed\.detour is 999", id="400 digits"),
        pytest.param(f"[everywhere.walk]\nstop_s = {'9' * 5000}", r"factors\.toml is not valid TOML", id="5000 digits"),
        ("[everywhere.walk]\nstop_s = inf", r"everywhere\.walk\.stop_s is inf"),
        ("[everywhere.walk]\nstop_s = nan", r"everywhere\.walk\.stop_s is nan"),
        ("[everywhere.walk]\nstop_s = 3000000000", r"Speed\.stop_s is 3000000000"),
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
