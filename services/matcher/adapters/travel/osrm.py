"""Travel times of an OSRM server, or of one that answers like it: `GET /table/v1/{profile}/...`.

The service is described in OSRM's HTTP API, "Table service". Only coarse cells are sent, never a door.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx
import numpy as np

from services.matcher.application.ports import NoWays
from services.matcher.application.travel_book import MODES
from services.matcher.planning.travel import WALK, Numbers, Point, Table

_MOST_A_SIDE: Final = 50  # a server answers for 100 coordinates in one request, unless told otherwise
_TIMEOUT_S: Final = 10.0
OFF_THE_MAP_M: Final = 500.0
_A_DAY_S: Final = 86_400.0  # a way that takes longer is no way at all
_A_DAY_M: Final = 1_000_000.0  # nor is one that is longer


class OsrmServer:
    """A server by its address; one request after the other, each for at most 50 x 50 ways.

    Parameters
    ----------
    url
        For example `http://127.0.0.1:5000`; `{profile}` in it is replaced, for a server per profile.
    profiles
        The server's profile by travel mode.
    farthest_m
        A place farther than this from the server's streets is off its map.
    client
        Asks over HTTP; another one in tests.
    """

    name = "osrm"

    def __init__(
        self,
        url: str,
        profiles: Mapping[str, str],
        *,
        farthest_m: float = OFF_THE_MAP_M,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._farthest_m = farthest_m
        self._url = url.rstrip("/")
        self._profiles = profiles
        self._client = client or httpx.AsyncClient(timeout=_TIMEOUT_S)

    async def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Table:
        """Give the ways from each origin to each destination; what lies beside the street is walked.

        Raises
        ------
        NoWays
            If the server is away, refuses, leaves a hole, or a place is more than 500 m from its streets.
        """
        shape = (len(origins), len(destinations))
        seconds, metres = [np.zeros(shape) for _ in MODES], np.zeros(shape)
        for mode, number in MODES.items():
            for row in range(0, shape[0], _MOST_A_SIDE):
                for column in range(0, shape[1], _MOST_A_SIDE):
                    some = origins[row : row + _MOST_A_SIDE], destinations[column : column + _MOST_A_SIDE]
                    part = np.s_[row : row + _MOST_A_SIDE, column : column + _MOST_A_SIDE]
                    seconds[number][part], walked = await self._part(mode, *some)
                    if mode == "walk":
                        metres[part] = walked
        return Table(seconds=tuple(seconds), metres=metres)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _part(
        self, mode: str, origins: Sequence[Point], destinations: Sequence[Point]
    ) -> tuple[Numbers, Numbers]:
        profile = self._profiles.get(mode)
        if profile is None:
            raise NoWays(f"LINLI_TRAVEL_OSRM_PROFILES names no profile for {mode}")
        answer = await self._asked(profile, origins, destinations)
        try:
            beside = self._beside(answer["sources"], origins)[:, None] + self._beside(
                answer["destinations"], destinations
            )
            seconds = _whole_table(answer["durations"], _A_DAY_S, "durations", origins, destinations)
            metres = _whole_table(answer["distances"], _A_DAY_M, "distances", origins, destinations)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NoWays(
                f"the server at {self._url} does not answer as OSRM 5.18 or newer does: {type(error).__name__} {error}"
            ) from error
        elsewhere = np.array([[one != other for other in destinations] for one in origins])
        return (seconds + beside * 3.6 / WALK.km_h) * elsewhere, (metres + beside) * elsewhere

    def _beside(self, waypoints: Sequence[Mapping[str, Any]], places: Sequence[Point]) -> Numbers:
        """Give the metres from each place to the street that the server took for it."""
        if len(waypoints) != len(places):
            raise NoWays(f"the server names {len(waypoints)} streets for {len(places)} places")
        beside = np.array([float(waypoint.get("distance", 0.0)) for waypoint in waypoints])
        far = np.flatnonzero(~(beside <= self._farthest_m))
        if len(far):
            place = places[far[0]]
            raise NoWays(f"{_named(place)} is {beside[far[0]]:.0f} m from the server's streets", place)
        return beside

    async def _asked(self, profile: str, origins: Sequence[Point], destinations: Sequence[Point]) -> dict[str, Any]:
        places = ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in (*origins, *destinations))
        first, last = len(origins), len(origins) + len(destinations)
        query = {
            "sources": ";".join(map(str, range(first))),
            "destinations": ";".join(map(str, range(first, last))),
            "annotations": "duration,distance",
        }
        url = f"{self._url.replace('{profile}', profile)}/table/v1/{profile}/{places}"
        try:
            response = await self._client.get(url, params=query)
            answer = response.json()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoWays(f"the server at {self._url} does not answer ({type(error).__name__} {error})") from error
        except ValueError as error:
            raise NoWays(f"the server at {self._url} does not answer with JSON: is it an OSRM server?") from error
        if not isinstance(answer, dict) or answer.get("code") != "Ok":
            said = answer.get("message") or answer.get("code") if isinstance(answer, dict) else None
            raise NoWays(f"the server at {self._url} refuses the profile {profile}: {said or response.status_code}")
        return answer


def _whole_table(rows: Any, most: float, what: str, origins: Sequence[Point], destinations: Sequence[Point]) -> Numbers:
    shape = (len(origins), len(destinations))
    table = np.array([[math.nan if way is None else float(way) for way in row] for row in rows]).reshape(-1)
    if table.size != shape[0] * shape[1] or len(rows) != shape[0]:
        raise NoWays(f"the server's {what} are not {shape[0]} x {shape[1]}")
    table = table.reshape(shape)
    holes = np.argwhere(~((table >= 0) & (table <= most)))
    if len(holes):
        row, column = holes[0]
        ends = f"from {_named(origins[row])} to {_named(destinations[column])}"
        raise NoWays(f"the server knows no way {ends} within a day")
    return table


def _named(place: Point) -> str:
    return f"the place at {place[0]:.3f}, {place[1]:.3f}"
