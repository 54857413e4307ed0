"""The doctor names what is wrong; whatever is wrong, it does not fall ill itself."""

from io import StringIO
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from linli import doctor


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Console:
    """A console that records; the data folder is empty, and somebody else answers at the services' addresses."""
    monkeypatch.setenv("LINLI_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(httpx, "get", lambda *_, **__: httpx.Response(404, text="<h1>Not Found</h1>"))
    return Console(record=True, file=StringIO())


def test_somebody_else_at_the_services_address_is_told(told: Console) -> None:
    assert doctor.examine(told)
    assert "something other than Linli answers there (404)" in told.export_text()


def test_a_setting_of_any_service_is_examined(told: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_SMTP_PORT", "0")
    assert not doctor.examine(told)
    assert "LINLI_SMTP_PORT: Input should be" in told.export_text()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [("LINLI_CITY", "nowhere.toml", "check LINLI_CITY"), ("LINLI_DATA_DIR", __file__, "is no folder")],
)
def test_what_would_keep_linli_from_starting_is_needed(
    told: Console, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert not doctor.examine(told)
    assert said in told.export_text()
