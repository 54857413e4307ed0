"""Examines this computer and the settings, so that a fault is named with its remedy before it costs a day."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
from rich.console import Console
from rich.markup import escape

from linli import starting
from services.intake.settings import IntakeSettings
from services.matcher.settings import MatcherSettings
from shared.catalogue.load import load_catalogue
from shared.runtime.settings import RuntimeSettings

_LEAST_PYTHON = (3, 11)
_LEAST_FREE_MIB = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at."""

    what: str
    well: bool
    remedy: str = ""
    needed: bool = True  # False: only some commands need it


def examine(out: Console) -> bool:
    """Print all findings; true if nothing that is needed is missing."""
    if faults := starting.faults_of_settings():
        out.print(f"[red]✗[/red] settings: {escape(' '.join(faults))}", soft_wrap=True)
        return False
    settings = RuntimeSettings()
    found = [finding for look in _LOOKS for finding in look(settings)]
    for finding in found:
        mark = "[green]✓[/green]" if finding.well else ("[red]✗[/red]" if finding.needed else "[yellow]–[/yellow]")
        said = finding.what if finding.well else f"{finding.what}: {finding.remedy}"
        out.print(f"{mark} {escape(said)}", soft_wrap=True)
    return all(finding.well or not finding.needed for finding in found)


def _python(_: RuntimeSettings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        what=f"Python {version}",
        well=sys.version_info >= _LEAST_PYTHON,
        remedy="Linli needs Python 3.11 or newer",
    )


def _data_dir(settings: RuntimeSettings) -> Iterator[Finding]:
    fault = starting.fault_of_data_dir(settings)
    yield Finding(what=f"data folder {settings.data_dir}", well=not fault, remedy=fault)
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    free_mib = shutil.disk_usage(folder).free // 2**20
    yield Finding(
        what=f"free disk {free_mib} MiB", well=free_mib >= _LEAST_FREE_MIB, remedy="less than 500 MiB; make room"
    )


def _words(settings: RuntimeSettings) -> Iterator[Finding]:
    fault = starting.fault_of_catalogue(settings)
    rows = "" if fault else f" of {len(load_catalogue(*settings.catalogue).services)} services"
    yield Finding(what=f"catalogue{rows}", well=not fault, remedy=fault)
    if (city := IntakeSettings()).city is not None:
        fault = starting.fault_of_city(city)
        yield Finding(what=f"register of the city {city.city}", well=not fault, remedy=fault)
    fault = starting.fault_of_timezone(settings)
    yield Finding(what=f"time zone {settings.timezone}", well=not fault, remedy=fault)


def _travel(_: RuntimeSettings) -> Iterator[Finding]:
    """Say where travel times come from, and whether it works; whatever is wrong, detour factors stand in."""
    from services.matcher.adapters.travel import examined  # noqa: PLC0415 - loads numpy

    for what, fault in examined.examined(MatcherSettings()):
        yield Finding(what=f"travel times by {what}", well=not fault, needed=False, remedy=fault)


def _services(settings: RuntimeSettings) -> Iterator[Finding]:
    base = f"http://{settings.host}:{settings.port}"
    urls = {
        "intake": f"{base}/intake",
        "matcher": f"{base}/matcher",
        "notifier": f"{base}/notifier",
        "console": base,
    }
    if settings.mode == "distributed":
        urls = {name: str(getattr(settings, f"{name}_url")) for name in urls}
    for name, url in urls.items():
        try:
            response = httpx.get(f"{url}/internal/ready", timeout=3)
        except (httpx.HTTPError, httpx.InvalidURL):
            yield Finding(
                what=f"{name} at {url}", well=False, needed=False, remedy="not running (`linli up` starts it)"
            )
            continue
        remedy = "" if response.is_success else _why_not_ready(response)
        yield Finding(what=f"{name} at {url}", well=response.is_success, needed=False, remedy=remedy)


def _why_not_ready(response: httpx.Response) -> str:
    """Give the reason of a service, or say that it is somebody else who answers there."""
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"something other than Linli answers there ({response.status_code}); set LINLI_PORT or the service's URL"


def _local_servers(_: RuntimeSettings) -> Iterator[Finding]:
    for tool, package in (("java", "default-jdk-headless"), ("mvn", "maven")):
        yield Finding(
            what=f"{tool} (only for make up-local and make test-connected)",
            well=shutil.which(tool) is not None,
            needed=False,
            remedy=f"not found; on Debian: apt-get install {package}",
        )


_LOOKS: tuple[Callable[[RuntimeSettings], Iterator[Finding]], ...] = (
    _python,
    _data_dir,
    _words,
    _travel,
    _services,
    _local_servers,
)
