"""Compose, Kubernetes and Prometheus name the services, variables and doors that the code knows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from deploy.local.line_up import SERVICES, Ports, line_up
from services.intake.settings import IntakeSettings
from shared.catalogue.city import load_city
from shared.runtime.settings import RuntimeSettings

ROOT = Path(__file__).resolve().parents[3]
BASE = ROOT / "k8s" / "base"
YAMLS = [*(ROOT / "deploy").rglob("*.y*ml"), *(ROOT / "k8s").rglob("*.yaml")]


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


@pytest.fixture(scope="module")
def compose() -> Any:
    return read(ROOT / "deploy" / "compose.yaml")


@pytest.mark.parametrize("path", YAMLS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_yaml_is_one_mapping(path: Path) -> None:
    assert isinstance(read(path), dict)


def test_every_package_of_services_is_deployed_everywhere(compose: Any) -> None:
    packages = {folder.name for folder in (ROOT / "services").iterdir() if (folder / "__init__.py").exists()}
    assert packages <= set(SERVICES)
    assert set(SERVICES) <= set(compose["services"])
    assert set(SERVICES) == {folder.name for folder in BASE.iterdir() if folder.is_dir()}


@pytest.mark.parametrize("service", SERVICES)
def test_a_deployment_and_its_service_have_the_package_s_name(service: str) -> None:
    deployment, door = read(BASE / service / "deployment.yaml"), read(BASE / service / "service.yaml")
    pod = deployment["spec"]["template"]
    label = {"app.kubernetes.io/name": service}
    assert deployment["metadata"]["name"] == door["metadata"]["name"] == service
    assert (
        pod["metadata"]["labels"] == deployment["spec"]["selector"]["matchLabels"] == door["spec"]["selector"] == label
    )
    assert [container["image"] for container in pod["spec"]["containers"]] == [f"linli/{service}"]


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_said_once_reaches_every_deployment(service: str) -> None:
    """Kustomize merges containers by name: another name would be a second container without an image."""
    patch = read(BASE / "every-deployment.yaml")["spec"]["template"]["spec"]["containers"]
    own = read(BASE / service / "deployment.yaml")["spec"]["template"]["spec"]["containers"]
    assert [container["name"] for container in patch] == [container["name"] for container in own]


def test_kubernetes_asks_the_doors_that_every_service_has() -> None:
    (container,) = read(BASE / "every-deployment.yaml")["spec"]["template"]["spec"]["containers"]
    doors = {
        probe: container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    assert doors == {
        "startupProbe": "/internal/alive",
        "livenessProbe": "/internal/alive",
        "readinessProbe": "/internal/ready",
    }


@pytest.mark.parametrize("folder", [BASE, ROOT / "k8s" / "overlays" / "local"], ids=["base", "local"])
def test_a_kustomization_lists_what_is_there(folder: Path) -> None:
    kustomization = read(folder / "kustomization.yaml")
    assert all((folder / resource).exists() for resource in kustomization["resources"])
    listed = {folder / resource for resource in kustomization["resources"]}
    listed |= {folder / patch["path"] for patch in kustomization.get("patches", [])}
    assert set(folder.rglob("*.yaml")) - listed == {folder / "kustomization.yaml"}


def test_the_local_overlay_speaks_of_all_services() -> None:
    overlay = read(ROOT / "k8s" / "overlays" / "local" / "kustomization.yaml")
    assert [image["name"] for image in overlay["images"]] == [f"linli/{service}" for service in SERVICES]
    assert [replica["name"] for replica in overlay["replicas"]] == list(SERVICES)


def test_every_variable_is_a_field_of_the_settings(compose: Any, tmp_path: Path) -> None:
    settings = (*RuntimeSettings.model_fields, *IntakeSettings.model_fields)
    fields = {f"LINLI_{name.upper()}" for name in settings} | {"LINLI_CITY_FILE"}  # the last is compose's own
    assert set(_variables(compose, tmp_path)) <= fields


def _variables(compose: Any, tmp_path: Path) -> Iterator[str]:
    for service in SERVICES:
        yield from compose["services"][service]["environment"]
    for process in line_up(tmp_path, Ports())[-1]:
        yield from process._environment
    for file in [ROOT / "deploy" / "Dockerfile", *(ROOT / "k8s").rglob("kustomization.yaml")]:
        yield from re.findall(r"\b(LINLI_[A-Z_]+)=", file.read_text())


def test_every_way_to_run_names_a_city_that_can_be_read(compose: Any, tmp_path: Path) -> None:
    (volume,) = compose["services"]["intake"]["volumes"]
    source, target, _ = re.fullmatch(r"\$\{LINLI_CITY_FILE:-(.+)\}:(.+):(ro)", volume).groups()  # type: ignore[union-attr]
    assert compose["services"]["intake"]["environment"]["LINLI_CITY"] == target
    assert load_city(ROOT / "deploy" / source).areas
    for process in line_up(tmp_path, Ports())[-1]:
        assert load_city(Path(process._environment["LINLI_CITY"])).areas


@pytest.mark.parametrize("service", SERVICES)
def test_compose_builds_each_image_for_its_service(compose: Any, service: str) -> None:
    entry = compose["services"][service]
    assert entry["image"] == f"linli/{service}"
    assert entry["build"]["args"] == {"SERVICE": service}
    assert entry["environment"][f"LINLI_{service.upper()}_URL"] == f"http://{service}:8080"


def test_containers_and_plain_processes_use_one_kafka(compose: Any) -> None:
    pom = ET.parse(ROOT / "deploy" / "local" / "kafka" / "pom.xml")  # noqa: S314 -- our own file
    maven = {"m": "http://maven.apache.org/POM/4.0.0"}
    versions = {
        dependency.findtext("m:artifactId", namespaces=maven): dependency.findtext("m:version", namespaces=maven)
        for dependency in pom.iterfind(".//m:dependency", maven)
    }
    assert compose["services"]["kafka"]["image"] == f"apache/kafka:{versions['kafka_2.13']}"


def test_ports_are_open_to_this_computer_only(compose: Any) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_prometheus_asks_every_service() -> None:
    (job,) = read(ROOT / "deploy" / "observability" / "prometheus.yml")["scrape_configs"]
    assert job["static_configs"] == [{"targets": [f"{service}:8080" for service in SERVICES]}]
