"""Examines this computer and the settings, so that a fault is named with its remedy before it costs a day."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
from pydantic import ValidationError
from rich.console import Console

from shared.catalogue.load import CatalogueError, load_catalogue
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
    try:
        settings = RuntimeSettings()
    except ValidationError as error:
        out.print(
            "[red]✗[/red] settings: " + "; ".join(f"LINLI_{one['loc'][0]}: {one['msg']}" for one in error.errors())
        )
        return False
    found = [finding for look in _LOOKS for finding in look(settings)]
    for finding in found:
        mark = "[green]✓[/green]" if finding.well else ("[red]✗[/red]" if finding.needed else "[yellow]–[/yellow]")
        out.print(f"{mark} {finding.what}" + ("" if finding.well else f": {finding.remedy}"))
    return all(finding.well or not finding.needed for finding in found)


def _python(_: RuntimeSettings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        what=f"Python {version}",
        well=sys.version_info >= _LEAST_PYTHON,
        remedy="Linli needs Python 3.11 or newer",
    )


def _data_dir(settings: RuntimeSettings) -> Iterator[Finding]:
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    yield Finding(
        what=f"data folder {settings.data_dir}",
        well=os.access(folder, os.W_OK),
        remedy=f"{folder} cannot be written; set LINLI_DATA_DIR or change its owner",
    )
    free_mib = shutil.disk_usage(folder).free // 2**20
    yield Finding(
        what=f"free disk {free_mib} MiB", well=free_mib >= _LEAST_FREE_MIB, remedy="less than 500 MiB; make room"
    )


def _words(settings: RuntimeSettings) -> Iterator[Finding]:
    try:
        rows = len(load_catalogue(*settings.catalogue).services)
    except (CatalogueError, OSError) as error:
        yield Finding(what="catalogue", well=False, remedy=str(error))
    else:
        yield Finding(what=f"catalogue of {rows} services", well=True)
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        remedy = "no such time zone; set LINLI_TIMEZONE, for example Asia/Shanghai"
        yield Finding(what=f"time zone {settings.timezone}", well=False, remedy=remedy)
    else:
        yield Finding(what=f"time zone {settings.timezone}", well=True)


def _travel(_: RuntimeSettings) -> Iterator[Finding]:
    """Say where travel times come from, and whether it works; whatever is wrong, detour factors stand in."""
    from services.matcher.adapters.travel import examined  # noqa: PLC0415 - loads numpy
    from services.matcher.settings import MatcherSettings  # noqa: PLC0415 - only here

    try:
        found = examined.examined(MatcherSettings())
    except ValidationError as error:
        remedy = "; ".join(f"LINLI_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors())
        yield Finding(what="settings of the matcher", well=False, remedy=remedy)
        return
    for what, fault in found:
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
        except httpx.HTTPError:
            yield Finding(
                what=f"{name} at {url}", well=False, needed=False, remedy="not running (`linli up` starts it)"
            )
            continue
        reason = "" if response.is_success else response.json().get("detail", response.text)
        yield Finding(what=f"{name} at {url}", well=response.is_success, needed=False, remedy=str(reason))


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
