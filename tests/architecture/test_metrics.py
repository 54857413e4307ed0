"""Numbers that somebody is woken for: each carries a name, says what to do, and has a line in the runbook."""

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

from shared.runtime.metrics import RuntimeMetrics
from tests.architecture.repository import PACKAGES, ROOT

SHORTEST_HELP = 40  # letters; fewer cannot say what to do when the number moves
NAMES = re.compile(rf"\b(?:linli|{'|'.join(PACKAGES)})_[a-z_]+\b")


def plumbing() -> list[Metric]:
    return list(RuntimeMetrics(CollectorRegistry()).registry.collect())


def catalogue(package: str) -> list[Metric]:
    module = importlib.import_module(f"services.{package}.metrics")
    registry = CollectorRegistry()
    declared: list[Any] = [one for _, one in inspect.getmembers(module, inspect.isclass)]
    for metrics in declared:
        if metrics.__module__ == module.__name__:
            metrics(registry)
    return list(registry.collect())


def everything() -> Iterator[Metric]:
    yield from plumbing()
    for package in PACKAGES:
        yield from catalogue(package)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_service_s_numbers_carry_its_name(package: str) -> None:
    families = catalogue(package)
    assert families, f"services/{package}/metrics.py declares nothing"
    assert [family.name for family in families if not family.name.startswith(f"{package}_")] == []


def test_the_plumbing_s_numbers_carry_the_product_s_name() -> None:
    assert [family.name for family in plumbing() if not family.name.startswith("linli_")] == []


def test_every_number_says_what_to_do() -> None:
    assert [family.name for family in everything() if len(family.documentation) < SHORTEST_HELP] == []


def test_every_number_that_a_help_text_sends_people_to_exists() -> None:
    known = {family.name for family in everything()}
    named = {name for family in everything() for name in NAMES.findall(family.documentation)}
    assert named - known == set()


def test_the_runbook_has_a_line_for_every_number_and_no_other() -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    known = {family.name for family in everything()}
    named = {name for text in re.findall(r"`([^`\n]+)`", runbook) for name in NAMES.findall(text)}
    assert named == known
