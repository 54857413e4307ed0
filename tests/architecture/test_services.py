"""What a service says about itself in its first four lines is what it does."""

import importlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_type_hints

import pytest

from shared.contracts.topics import TOPICS
from shared.runtime.environment import open_embedded
from shared.runtime.service import Service
from shared.runtime.settings import RuntimeSettings
from tests.architecture.repository import PACKAGES, ROOT


@pytest.fixture(params=PACKAGES)
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """One of the deployables, built and not started."""
    build_service = importlib.import_module(f"services.{request.param}.app").build_service
    settings_class: type[RuntimeSettings] = get_type_hints(build_service)["settings"]
    chosen = {"data_dir": tmp_path, "city": ROOT / "linli/rehearsal/data/longchang.toml"}
    settings = settings_class.model_validate(chosen)  # unknown ones are ignored, and the environment is not asked
    async with open_embedded(settings) as (environment, _):
        yield build_service(environment, settings)


def said(service: Service, word: str) -> set[str]:
    """Read one of the lines `Reads:`, `Writes:`, `Owns:` of the package's docstring."""
    text = importlib.import_module(f"services.{service.name}").__doc__ or ""
    lines = re.findall(rf"^{word}: (.+)$", text, flags=re.MULTILINE)
    assert len(lines) == 1, f"services/{service.name}/__init__.py has {len(lines)} lines `{word}: ...`, not one"
    return set() if lines[0] == "nothing" else set(re.split(r",\s*", lines[0]))


def test_topics_and_packages_name_the_same_services() -> None:
    named = {topic.owner for topic in TOPICS} | {reader for topic in TOPICS for reader in topic.readers}
    assert set(PACKAGES) == named


def test_a_service_hears_what_it_says_it_reads(service: Service) -> None:
    heard = {name for subscription in service.subscriptions for name in subscription.topics}
    assert heard == said(service, "Reads")
    assert heard == {topic.name for topic in TOPICS if service.name in topic.readers}


def test_a_service_says_what_it_says_it_writes(service: Service) -> None:
    owned = {topic.name for topic in TOPICS if topic.owner == service.name}
    assert owned == said(service, "Writes")
    assert {aggregates.kind.topic for aggregates in service.aggregates} == owned


def test_a_service_keeps_what_it_says_it_owns(service: Service) -> None:
    kept = {collection.name for collection in service.collections}
    assert kept == said(service, "Owns")
    assert {name.split(".")[0] for name in kept} == {service.name}
    assert {aggregates.kind.collection.name for aggregates in service.aggregates} <= kept


def test_every_group_of_consumers_is_named_after_its_service(service: Service) -> None:
    assert {subscription.group for subscription in service.subscriptions} == {service.name}


def test_every_index_stands_in_the_table_of_queries_and_no_other(service: Service) -> None:
    """`docs/architecture.md`: nobody adds a query without looking at its index."""
    architecture = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(rf"^\| `({service.name}\.\w+)` \| .+ \| (.+) \|$", architecture, flags=re.MULTILINE)
    ordinary = {"id", "due"}  # every collection has these
    listed = {(collection, index) for collection, index in rows if index not in ordinary}
    declared = {
        (collection.name, index)
        for collection in service.collections
        for index in (
            *(", ".join(f"`{field}`" for field in fields) for fields in collection.indexes),
            *(f"unique `{field}`" for field in collection.unique),
        )
    }
    assert listed == declared
    assert {collection for collection, _ in rows} == {collection.name for collection in service.collections}
