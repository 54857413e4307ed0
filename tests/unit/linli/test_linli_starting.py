"""What is wrong before a start ends with one line that says what to do; nothing has been opened by then."""

import socket
from pathlib import Path

import pytest

from linli.starting import CannotStartError, alone_in, check_door, check_start, check_store


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("LINLI_LOG_LEVEL", "LOUD", "LINLI_LOG_LEVEL: Input should be"),
        ("LINLI_PLANNER_CORES", "0", "LINLI_PLANNER_CORES: Input should be greater"),
        ("LINLI_SMTP_PORT", "smtp", "LINLI_SMTP_PORT: Input should be a valid integer"),
        ("LINLI_TRAVEL_OSRM_PROFILES", "foot", 'field "travel_osrm_profiles"'),
        ("LINLI_CITY", "nowhere.toml", "check LINLI_CITY"),
        ("LINLI_CATALOGUE", '["nowhere.toml"]', "nowhere.toml"),
        ("LINLI_TIMEZONE", "Mars", "an example is Asia/Shanghai"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(CannotStartError) as stopped:
        check_start(data_dir=tmp_path)
    assert said in str(stopped.value)
    assert str(stopped.value).count(said) == 1, "what all services share is said once"


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for data_dir in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(CannotStartError, match="set LINLI_DATA_DIR"):
            check_store(data_dir=data_dir)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "linli.sqlite").write_text("this is a letter, not a database")
    with pytest.raises(CannotStartError, match="is no database"):
        check_store(data_dir=tmp_path)


def test_a_folder_that_is_not_there_yet_will_be_made(tmp_path: Path) -> None:
    check_start(data_dir=tmp_path / "not" / "yet")


def test_a_port_that_somebody_listens_on_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStartError, match=f"Port {port} of 127.0.0.1"):
            check_door("127.0.0.1", port)
    check_door("127.0.0.1", port)


def test_a_folder_is_used_by_one_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with alone_in(folder):
        with pytest.raises(CannotStartError, match="Another Linli uses the folder"), alone_in(folder):
            pass
        with alone_in(tmp_path / "other"):
            pass
    with alone_in(folder):
        pass
