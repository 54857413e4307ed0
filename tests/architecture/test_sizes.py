"""A module that nobody can hold in mind is two modules: sizes, measured and bounded."""

from statistics import median

import pytest

from tests.architecture.repository import modules, named

MOST_LINES = 450
TYPICAL_LINES = 120


@pytest.fixture
def lines() -> dict[str, int]:
    return {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}


def test_no_module_outgrows_a_reader(lines: dict[str, int]) -> None:
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}, "look for the second noun"


def test_a_typical_module_fits_on_two_screens(lines: dict[str, int]) -> None:
    written = [count for name, count in lines.items() if not name.endswith("__init__.py")]
    print(f"{len(written)} modules, median {median(written):.0f} lines, longest {max(written)}")  # noqa: T201 - asked for
    assert median(written) <= TYPICAL_LINES
