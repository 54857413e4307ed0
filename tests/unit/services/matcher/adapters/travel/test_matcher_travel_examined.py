import sys
from pathlib import Path

import pytest

from linli import doctor, starting
from services.matcher.adapters.travel.examined import examined
from services.matcher.adapters.travel.osrm import OsrmServer
from services.matcher.adapters.travel.sources import better_source
from services.matcher.adapters.travel.streets import Streets
from services.matcher.settings import MatcherSettings
from shared.runtime.settings import RuntimeSettings
from tests.osrm_like import osrm_like
from tests.street_grid import write_grid


def settings(folder: Path, **chosen: object) -> MatcherSettings:
    return MatcherSettings.model_validate({"data_dir": folder} | chosen)


def test_without_settings_there_are_only_factors(tmp_path: Path) -> None:
    assert better_source(settings(tmp_path)) is None
    assert list(examined(settings(tmp_path))) == [("detour factors (default)", "")]


def test_a_map_is_read_and_counted(tmp_path: Path) -> None:
    chosen = settings(tmp_path, travel_streets=write_grid(tmp_path / "grid.osm.pbf"))
    assert isinstance(better_source(chosen), Streets)
    (what, fault), _ = examined(chosen)
    assert "grid.osm.pbf (walk " in what
    assert fault == ""


def test_a_file_that_is_no_map_is_named(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text("lon,lat\n")
    found = list(examined(settings(tmp_path, travel_streets=tmp_path / "sheet.csv")))
    assert [what for what, _ in found] == ["street map", "detour factors (default)"]
    assert "sheet.csv cannot be read as a map" in found[0][1]


def test_a_map_that_was_kept_is_of_no_use_without_the_library_that_searches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings(tmp_path, travel_streets=write_grid(tmp_path / "grid.osm.pbf"))
    assert next(examined(chosen))[1] == ""
    monkeypatch.setitem(sys.modules, "igraph", None)
    assert "install the extra" in next(examined(chosen))[1]


def test_a_server_is_asked(tmp_path: Path) -> None:
    with osrm_like() as url:
        chosen = settings(tmp_path, travel_osrm=url)
        assert isinstance(better_source(chosen), OsrmServer)
        assert next(iter(examined(chosen))) == (f"OSRM server {url}", "")
    assert "does not answer" in next(iter(examined(chosen)))[1]


def test_factors_that_do_not_fit_are_named(tmp_path: Path) -> None:
    (tmp_path / "factors.toml").write_text("[everywhere.walk]\nkm_h = -1\n")
    (found,) = examined(settings(tmp_path, travel_factors=tmp_path / "factors.toml"))
    assert "Speed.km_h is -1" in found[1]
    assert "default ones stand in" in found[1]


def test_the_doctor_says_it_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LINLI_TRAVEL_STREETS", str(tmp_path / "nowhere.osm.pbf"))
    (streets, factors) = doctor._travel(RuntimeSettings())
    assert (streets.well, streets.needed, factors.well) == (False, False, True)
    monkeypatch.setenv("LINLI_TRAVEL_OSRM", "osrm.example")
    (fault,) = starting.faults_of_settings()
    assert "LINLI_TRAVEL_OSRM" in fault
