"""Tries the sources of travel times that the settings name, for whoever wants to know before a day begins."""

import asyncio
from collections.abc import Iterator

from services.matcher.adapters.travel.factors import load_factors
from services.matcher.adapters.travel.map_file import described, load_roads
from services.matcher.adapters.travel.osrm import OsrmServer
from services.matcher.adapters.travel.sources import KEPT_IN
from services.matcher.adapters.travel.street_map import StreetMap
from services.matcher.application.ports import NoWays
from services.matcher.settings import MatcherSettings

_ANYWHERE = (105.29, 29.34)


def examined(settings: MatcherSettings) -> Iterator[tuple[str, str]]:
    """Give each source in use, in words, and what is wrong with it; nothing is wrong if that is empty."""
    if settings.travel_streets is not None:
        yield _streets(settings)
    if settings.travel_osrm:
        yield _server(settings)
    yield _factors(settings)


def _streets(settings: MatcherSettings) -> tuple[str, str]:
    path = settings.travel_streets
    assert path is not None  # noqa: S101 - asked before
    try:
        roads = load_roads(path, settings.data_dir / KEPT_IN)
        StreetMap(roads)
    except ValueError as error:
        return "street map", str(error)
    nodes = described(roads)
    return f"street map {path} ({', '.join(f'{mode} {count:,} nodes' for mode, count in nodes.items())})", ""


def _server(settings: MatcherSettings) -> tuple[str, str]:
    unused = "; not asked, because a street map is set" if settings.travel_streets is not None else ""
    what = f"OSRM server {settings.travel_osrm}{unused}"

    async def ask() -> None:
        server = OsrmServer(settings.travel_osrm, settings.travel_osrm_profiles, farthest_m=float("inf"))
        try:
            await server.table([_ANYWHERE], [_ANYWHERE])
        finally:
            await server.close()

    try:
        asyncio.run(ask())
    except NoWays as error:
        return what, f"{error}; detour factors stand in"
    return what, ""


def _factors(settings: MatcherSettings) -> tuple[str, str]:
    if settings.travel_factors is None:
        return "detour factors (default)", ""
    try:
        areas = load_factors(settings.travel_factors).areas
    except ValueError as error:
        return "detour factors", f"{error}; the default ones stand in"
    return f"detour factors of {settings.travel_factors} ({len(areas)} areas of their own)", ""
